"""Files that cannot be read: content decides, the rule is stable, the sentence tells what to do."""

import gzip
import io
import os
import random
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.intake.readers.samples import outcome, workbook, zipped
from xinheng.intake.readers import Limits, UnreadableFile, open_source
from xinheng.intake.readers.errors import MESSAGES

KINDS = {"csv", "xlsx", "xls", "json", "json_lines", "html", "xml", "zip"}
PAGE = "<html><table><tr><td>91350100M000100Y43</td></tr></table></html>"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sent.xls"


@pytest.fixture
def xls(tmp_path: Path) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for row in range(50):
        sheet.write(row, 0, f"第{row}行")
    book.save(str(tmp_path / "b.xls"))
    return (tmp_path / "b.xls").read_bytes()


@pytest.fixture
def xlsx(tmp_path: Path) -> bytes:
    book = openpyxl.Workbook()
    for row in range(50):
        book.active.append([f"第{row}行", row])
    book.save(tmp_path / "b.xlsx")
    return (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "file.empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "file.pdf_or_image"),
        (b"\x89PNG\r\n\x1a\n", "file.pdf_or_image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "file.pdf_or_image"),
        (b"Rar!\x1a\x07\x01\0", "file.archive"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "file.archive"),
        (gzip.compress(b"a,b\n", mtime=0), "file.archive"),
        (zipped({"a.csv": "a,b\n", "b.csv": "a,b\n"}), "zip"),
        (zipped({}), "archive.no_files"),
        (zipped({"OFD.xml": "<ofd/>"}), "file.pdf_or_image"),
        (zipped({"[Content_Types].xml": "", "word/document.xml": ""}), "file.unknown_type"),
        (zipped({"[Content_Types].xml": "", "xl/workbook.bin": ""}), "file.unknown_type"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "file.unknown_type"),
        (zipped({"xl/workbook.xml": "<workbook/>"}), "workbook.no_sheets"),
        (PAGE.encode(), "html"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html>" + PAGE.encode(), "html"),
        (b"\xff\xfe" + PAGE.encode("utf-16-le"), "html"),
        (b"<html><frameset><frame src='sheet001.htm'></frameset></html>", "file.html"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "file.html"),
        (b'<?xml version="1.0"?><Workbook/>', "file.xml"),
        (b"{\\rtf1\\ansi a}", "file.unknown_type"),
        (b"SQLite format 3\0" + bytes(100), "file.unknown_type"),
        (b"PK\x03\x04" + bytes(60), "file.truncated"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "file.damaged"),
        (bytes(range(256)) * 40, "file.not_text"),
        (random.Random(7).randbytes(20_000), "file.not_text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_content_decides(path: Path, content: bytes, rule: str) -> None:
    assert outcome(path, content) == rule


def test_names_decide_nothing(tmp_path: Path, xls: bytes, xlsx: bytes) -> None:
    assert outcome(tmp_path / "a.csv", xlsx) == "xlsx"
    assert outcome(tmp_path / "a.xlsx", xls) == "xls"
    assert outcome(tmp_path / "b.xls", b"a,b\n1,2\n") == "csv"
    assert outcome(tmp_path / "c.xlsx", b'[{"a": 1}]') == "json"


def test_places_that_are_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    places = {
        tmp_path / "none": "file.missing",
        tmp_path: "file.is_folder",
        tmp_path / "pipe": "file.not_regular",
        tmp_path / ("x" * 300): "file.missing",
        tmp_path / "\0": "file.missing",
    }
    for place, rule in places.items():
        with pytest.raises(UnreadableFile) as refused:
            open_source(place)
        assert refused.value.rule == rule


def test_a_file_above_the_limit(path: Path) -> None:
    path.write_bytes(b"a,b\n" * 100)
    with pytest.raises(UnreadableFile) as refused:
        open_source(path, limits=Limits(file_bytes=100))
    assert refused.value.rule == "file.too_large"


def test_text_has_no_sheets(path: Path) -> None:
    path.write_bytes(b"a,b\n")
    with pytest.raises(UnreadableFile) as refused:
        open_source(path, sheet="S")
    assert refused.value.rule == "sheet.missing"


def test_a_workbook_with_a_password(path: Path, xls: bytes) -> None:
    assert outcome(path, _named_stream(xls, "Workbook", "EncryptedPackage")) == "file.encrypted"
    assert outcome(path, _with_password_record(xls)) == "file.encrypted"
    assert outcome(path, _named_stream(xls, "Workbook", "WordDocument")) == "file.unknown_type"


def _named_stream(content: bytes, old: str, new: str) -> bytes:
    """The compound file with a stream renamed in its directory."""
    at = content.index(old.encode("utf-16-le"))
    name = (new.encode("utf-16-le") + b"\0\0").ljust(64, b"\0")
    return content[:at] + name + struct.pack("<H", 2 * len(new) + 2) + content[at + 66 :]


def _with_password_record(content: bytes) -> bytes:
    """The workbook with the record after its first one turned into the one that announces encryption."""
    start = content.index(b"\x09\x08\x10\x00")
    at = start + 4 + 16
    return content[:at] + b"\x2f\x00" + content[at + 2 :]


def test_an_encrypted_archive(path: Path) -> None:
    content = bytearray(workbook("<row/>"))
    local, central = content.index(b"PK\x03\x04"), content.index(b"PK\x01\x02")
    for at in _all(content, b"PK\x03\x04"):
        content[at + 6] |= 1
    for at in _all(content, b"PK\x01\x02"):
        content[at + 8] |= 1
    assert local < central
    assert outcome(path, bytes(content)) == "file.encrypted"


def _all(content: bytes, mark: bytes) -> list[int]:
    return [at for at in range(len(content)) if content.startswith(mark, at)]


def test_workbooks_cut_short(path: Path, xls: bytes, xlsx: bytes) -> None:
    assert outcome(path, xlsx[: len(xlsx) // 2]) == "file.truncated"
    assert outcome(path, xls[: len(xls) // 2]) in ("file.truncated", "file.damaged")


def test_a_damaged_part_is_found_before_the_first_row(path: Path) -> None:
    content = bytearray(workbook("<row><c><v>1</v></c></row>" * 3000))
    at = content.index(b"xl/worksheets/sheet1.xml") + 60
    content[at : at + 20] = bytes(20)
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as refused:
        open_source(path)
    assert refused.value.rule == "file.damaged"


def test_a_workbook_without_its_sheet(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in _members(workbook("<row/>"), path).items():
            if "sheet1" not in name:
                archive.writestr(name, text)
    assert outcome(path, path.read_bytes()) == "file.damaged"


def _members(content: bytes, path: Path) -> dict[str, bytes]:
    path.write_bytes(content)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_refusal_teaches_in_both_languages() -> None:
    for rule, message in MESSAGES.items():
        assert "请" in message.zh, rule
        assert message.en.endswith("."), rule
        assert message.en.count(".") >= 2, rule


@settings(max_examples=300, deadline=None)
@given(
    content=st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
)
@example(b'[{"a":')
@example(b"\xff\xfe\n")
@example(b'"')
@example(b"\xfe\xff\xd8\x00")
def test_random_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    assert outcome(tmp_path_factory.mktemp("r") / "r", content) in KINDS | MESSAGES.keys()


@settings(max_examples=200, deadline=None)
@given(data=st.data(), kind=st.sampled_from(["xls", "xlsx", "ole"]))
def test_damaged_workbooks_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, kind: str
) -> None:
    content = bytearray(_BOOKS[kind])
    for _ in range(data.draw(st.integers(1, 6))):
        # Most of a compound file is cells; its head and directory are where damage leads astray.
        most = len(content) if kind != "ole" else 600
        content[data.draw(st.integers(0, most - 1))] = data.draw(st.integers(0, 255))
    assert outcome(tmp_path_factory.mktemp("r") / "r", bytes(content)) in KINDS | MESSAGES.keys()


def _small_xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for row in range(8):
        sheet.write(row, 0, f"第{row}行")
        sheet.write(row, 1, row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


_CELL = '<row><c t="inlineStr"><is><t>x</t></is></c><c><f>1</f></c></row>'
_BOOKS = {"xls": _small_xls(), "ole": _small_xls(), "xlsx": workbook(_CELL)}
