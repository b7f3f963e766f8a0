"""A ZIP of data files: each member's sheets, in order, under its name; what is refused and how it is said."""

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.intake.readers.samples import outcome, workbook, zipped
from xinheng.intake.readers import Limits, UnreadableFile, open_source

CSV = "代码,名称\n1,甲公司\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sent.xlsx"


def packed(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def refused(path: Path, content: bytes, limits: Limits | None = None) -> UnreadableFile:
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        _read_all(path, limits or Limits())
    return caught.value


def _read_all(path: Path, limits: Limits) -> None:
    with open_source(path, limits=limits) as source:
        for sheet in source.sheets:
            list(sheet.rows)


def sheets(path: Path, content: bytes, sheet: str | None = None) -> list[tuple[str | None, str | None, list[object]]]:
    path.write_bytes(content)
    with open_source(path, sheet=sheet) as source:
        assert source.kind == "zip"
        return [(each.file, each.name, [row.cells for row in each.rows]) for each in source.sheets]


def _xlsx(titles: list[str]) -> bytes:
    book = openpyxl.Workbook()
    for title in titles:
        book.create_sheet(title).append([title])
    del book["Sheet"]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_of_every_format_in_their_order(path: Path, method: int) -> None:
    members = [
        ("市监局/二.csv", CSV.encode("gb18030")),
        ("市监局/一.xlsx", _xlsx(["甲", "乙"])),
        ("a.json", b'[{"k": 1.50}]'),
        ("b.xls", "<table><tr><td>页</td></tr></table>".encode()),
        ("c.txt", "\ufeffx\ty\n".encode("utf-16-le")),
    ]
    assert sheets(path, packed(members, method)) == [
        ("市监局/二.csv", None, [("代码", "名称"), ("1", "甲公司")]),
        ("市监局/一.xlsx", "甲", [("甲",)]),
        ("市监局/一.xlsx", "乙", [("乙",)]),
        ("a.json", None, [(pytest.approx(1.5),)]),
        ("b.xls", "表1", [("页",)]),
        ("c.txt", None, [("x", "y")]),
    ]


def test_one_member_or_one_sheet_can_be_picked(path: Path) -> None:
    content = packed([("甲.csv", b"a,b\n"), ("乙.xlsx", _xlsx(["一", "二"]))])
    assert [(file, name) for file, name, _ in sheets(path, content, "乙.xlsx")] == [
        ("乙.xlsx", "一"),
        ("乙.xlsx", "二"),
    ]
    assert [(file, name) for file, name, _ in sheets(path, content, "二")] == [("乙.xlsx", "二")]
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"sheet\.missing"):
        open_source(path, sheet="三")


def test_rows_of_several_members_side_by_side(path: Path) -> None:
    path.write_bytes(packed([(f"{n}.xlsx", workbook(f"<row><c><v>{n}</v></c></row>" * 600)) for n in range(3)]))
    with open_source(path) as source:
        together = list(zip(*(sheet.rows for sheet in source.sheets), strict=True))
    assert len(together) == 600
    assert {tuple(row.cells for row in rows) for rows in together} == {((0,), (1,), (2,))}


def test_what_operating_systems_add_is_no_data(path: Path) -> None:
    added = ["__MACOSX/._a.csv", ".DS_Store", "子/Thumbs.db", "子/", "._a.csv", "desktop.ini"]
    content = packed([*((name, b"") for name in added), ("子/a.csv", b"a,b\n")])
    assert [file for file, _, _ in sheets(path, content)] == ["子/a.csv"]
    assert refused(path, packed([(name, b"") for name in added])).rule == "archive.no_files"


def test_chinese_names_in_any_code_page(path: Path) -> None:
    marker = "x" * len("处罚.csv".encode("gbk"))
    unmarked = packed([(marker, b"a,b\n")]).replace(marker.encode(), "处罚.csv".encode("gbk"))
    assert sheets(path, unmarked)[0][0] == "处罚.csv"
    marker = "x" * len("处罚.csv".encode())
    utf_8 = packed([(marker, b"a,b\n")]).replace(marker.encode(), "处罚.csv".encode())
    assert sheets(path, utf_8)[0][0] == "处罚.csv"
    assert sheets(path, packed([("处罚.csv", b"a,b\n")]))[0][0] == "处罚.csv"


def test_names_carry_no_persons_numbers(path: Path) -> None:
    content = packed([("11010519491231002X.csv", b"a,b\n"), ("440524188001010014.csv", b"c,d\n")])
    assert [file for file, _, _ in sheets(path, content)] == ["[身份证号已隐去].csv", "[身份证号已隐去].csv (2)"]
    said = refused(path, packed([("11010519491231002X.csv", b"%PDF-1.7")]))
    assert said.rule == "file.pdf_or_image"
    assert "1949" not in said.message.zh + said.message.en + str(said)
    assert "[身份证号已隐去].csv" in said.message.zh


@pytest.mark.parametrize(
    ("member", "rule"),
    [
        (b"", "file.empty"),
        (b"%PDF-1.7", "file.pdf_or_image"),
        (zipped({"x.csv": "a,b"}), "archive.nested"),
        (b"Rar!\x1a\x07\x01\0", "file.archive"),
        (zipped({"[Content_Types].xml": "", "word/document.xml": ""}), "file.unknown_type"),
        (b"<html><table><tr><td>1", "file.truncated"),
        (b'[{"a":', "file.truncated"),
        (bytes(range(256)) * 40, "file.not_text"),
    ],
)
def test_a_member_that_cannot_be_read_refuses_the_whole_and_is_named(path: Path, member: bytes, rule: str) -> None:
    said = refused(path, packed([("好.csv", b"a,b\n"), ("月报/坏.dat", member)]))
    assert said.rule == rule
    assert "月报/坏.dat" in said.message.zh
    assert "月报/坏.dat" in said.message.en


@pytest.mark.parametrize("name", ["../a.csv", "a/../../b.csv", "/etc/a.csv", "C:\\a.csv", "..\\a.csv", "a\x1b[31m.csv"])
def test_unsafe_names(path: Path, name: str) -> None:
    assert refused(path, packed([(name, b"a,b\n")])).rule == "archive.unsafe_name"


def test_a_link_is_no_file(path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(path, buffer.getvalue()).rule == "archive.unsafe_name"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name(path: Path) -> None:
    for twin in ("a.csv", "A.CSV"):
        assert refused(path, packed([("a.csv", b"a,b\n"), (twin, b"c,d\n")])).rule == "archive.duplicate"


def test_too_many_members(path: Path) -> None:
    content = packed([(f"{number}.csv", b"a,b\n") for number in range(6)])
    assert refused(path, content, Limits(archive_files=5)).rule == "file.too_large"


def test_an_encrypted_member(path: Path) -> None:
    content = bytearray(packed([("a.csv", b"a,b\n")]))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refused(path, bytes(content)).rule == "file.encrypted"


@pytest.mark.parametrize("declared", [0, 3, 5, 1 << 20, (1 << 32) - 2])
def test_a_lie_about_the_size(path: Path, declared: int) -> None:
    content = bytearray(packed([("a.csv", b"a,b\n")]))
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, declared)
    assert refused(path, bytes(content)).rule in ("file.damaged", "file.empty")


def test_a_wrong_checksum(path: Path) -> None:
    content = packed([("a.csv", b"a,b\n1,2\n")], zipfile.ZIP_STORED).replace(b"1,2", b"1,3")
    assert refused(path, content).rule == "file.damaged"


def test_members_that_lie_in_each_other(path: Path) -> None:
    content = bytearray(packed([("a.csv", b"a,b\n" * 9), ("b.csv", b"a,b\n" * 9)]))
    second = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, second + 42, 0)
    assert refused(path, bytes(content)).rule == "file.damaged"


def test_more_than_may_be_unpacked(path: Path) -> None:
    content = packed([(f"{number}.csv", b"a,b\n" * 50_000) for number in range(3)])
    assert refused(path, content, Limits(archive_bytes=500_000)).rule == "file.too_large"
    book = packed([("a.xlsx", workbook("<row/>" * 1000))], zipfile.ZIP_STORED)
    assert refused(path, book, Limits(member_bytes=500)).rule == "file.too_large"


def test_a_zip_cut_short(path: Path) -> None:
    content = packed([("a.csv", b"a,b\n" * 1000)])
    assert outcome(path, content[:-30]) == "file.truncated"
    assert outcome(path, content[:40]) == "file.truncated"
