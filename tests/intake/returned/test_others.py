"""Formats that are rebuilt, archives, copies to keep, findings as a table, and where all of it is written."""

import csv
import errno
import json
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.intake.returned.samples import ACCEPTED, HEADER, KNOWN, finding, right, wrong
from tests.intake.returned.test_workbooks import SHEET, WRONG, notes, styled
from xinheng.intake.readers.source import open_source
from xinheng.intake.returned import TITLE, Said, annotate, blanked_copy, findings_csv, placing
from xinheng.runtime.errors import RuntimeRefusal

PERSON = "610802180101010014"
"""Of a person's shape, with a birth date that nobody living has."""


def table(path: Path) -> list[list[object]]:
    with open_source(path) as source:
        return [list(row.cells) for row in source.sheets[0].rows]


def test_a_web_page_becomes_a_workbook_with_all_its_values(tmp_path: Path) -> None:
    head = "".join(f"<th>{name}</th>" for name in HEADER)
    rows = f"<tr>{head}</tr><tr><td>甲</td><td>=1+1</td><td>号</td></tr>"
    page = f"<html><table>{rows}</table><table><tr><td>别的</td></tr></table></html>"
    (tmp_path / "in.xls").write_text(page, "utf-8")
    annotate(tmp_path / "in.xls", [wrong(2, sheet="表1")], tmp_path / "out.xlsx", **KNOWN)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert [[cell.value for cell in row] for row in book["表1"]] == [[*HEADER, TITLE], ["甲", "=1+1", "号", WRONG]]
    assert book["表1"]["B2"].data_type != "f"
    assert book["表2"]["A1"].value == "别的"
    assert notes(tmp_path / "out.xlsx", "表1") == {"B2": "代码长度不对\nwrong length"}


def test_a_second_check_of_a_rebuilt_workbook(tmp_path: Path) -> None:
    head = "".join(f"<th>{name}</th>" for name in HEADER)
    (tmp_path / "in.xls").write_text(
        f"<html><table><tr>{head}</tr><tr><td>甲</td><td>1</td><td>号</td></tr></table>", "utf-8"
    )
    annotate(tmp_path / "in.xls", [wrong(2, sheet="表1")], tmp_path / "out.xlsx", **KNOWN)
    annotate(tmp_path / "out.xlsx", [right(2, "表1")], tmp_path / "again.xlsx", **KNOWN)
    book = openpyxl.load_workbook(tmp_path / "again.xlsx")
    assert [cell.value for cell in book["表1"][2]] == ["甲", "1", "号", ACCEPTED]
    assert notes(tmp_path / "again.xlsx", "表1") == {}
    assert book["表1"]["B2"].fill.fill_type is None


def test_an_archive_gives_back_each_of_its_files(tmp_path: Path) -> None:
    styled(tmp_path / "book.xlsx")
    text = (",".join(HEADER) + "\n甲,1,号\n").encode("gb18030")
    rows = json.dumps([dict(zip(HEADER, ("甲", "1", "号"), strict=True))]).encode()
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("处罚/甲.csv", text)
        archive.writestr("__MACOSX/._甲.csv", b"\0")
        archive.write(tmp_path / "book.xlsx", "book.xlsx")
        archive.writestr("c.json", rows)
    said = [wrong(2, file="处罚/甲.csv"), wrong(4, sheet=SHEET, file="book.xlsx"), right(1, file="c.json")]
    annotate(tmp_path / "in.zip", said, tmp_path / "out.zip", **KNOWN)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["处罚/甲.csv", "__MACOSX/._甲.csv", "book.xlsx", "c.json"]
        assert archive.read("处罚/甲.csv").decode("gb18030") == f"{','.join(HEADER)},{TITLE}\n甲,1,号,{WRONG}\n"
        assert json.loads(archive.read("c.json"))[0]["_check"]["outcome"] == "accepted"
        archive.extract("book.xlsx", tmp_path / "made")
    assert openpyxl.load_workbook(tmp_path / "made" / "book.xlsx")[SHEET]["G4"].value == WRONG


def person_rows(tmp_path: Path) -> tuple[Path, list[Said]]:
    (tmp_path / "in.csv").write_text(
        "填表人：张三丰\n"
        + ",".join((*HEADER, "法定代表人", "联系人姓名", "备注"))
        + f"\n甲公司,91610802MA70XH014D,号,李四海,王五江,见{PERSON}\n赵六河,{PERSON},号,,,\n"
        + f"钱七溪合计,,,,,\n乙公司,{PERSON[:-1]},=号,,,\n",
        "utf-8",
    )
    said = [right(3), Said(4, None, None, "excluded_person", ()), Said(5, None, None, "ignored", ()), wrong(6)]
    return tmp_path / "in.csv", said


def test_a_copy_to_keep_holds_no_person(tmp_path: Path) -> None:
    source, said = person_rows(tmp_path)
    blanked_copy(source, said, tmp_path / "kept.csv", **KNOWN)
    kept = (tmp_path / "kept.csv").read_text("utf-8-sig")
    for personal in ("张三丰", "李四海", "王五江", "赵六河", "钱七溪", PERSON, PERSON[:-1]):
        assert personal not in kept
    rows = list(csv.reader(kept.splitlines()))
    assert rows[2][:3] == ["甲公司", "91610802MA70XH014D", "号"]
    assert rows[2][5] == "见[身份证号已隐去]"
    assert rows[3] == ["", "", "", "", "", "", "自然人，不予接收 / Natural person, refused"]
    assert rows[5][2] == "'=号"


def test_the_senders_file_holds_what_the_sender_sent(tmp_path: Path) -> None:
    source, said = person_rows(tmp_path)
    annotate(source, said, tmp_path / "out.csv", **KNOWN)
    sent, back = source.read_text("utf-8").splitlines(), (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert all(after.startswith(before) for before, after in zip(sent, back, strict=True))


def test_a_workbook_to_keep_holds_values_alone(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    for row in ([*HEADER], ["甲公司", "91610802MA70XH014D", "号"], ["赵六河", PERSON, "号"]):
        sheet.append(row)
    sheet["A2"].comment = openpyxl.comments.Comment(f"张三丰 {PERSON}", "张三丰")
    sheet["E2"] = f'="{PERSON}"'
    book.create_sheet("名单").append(["赵六河", PERSON])
    book.properties.creator = "张三丰"
    book.save(tmp_path / "in.xlsx")
    said = [right(2, SHEET), Said(3, SHEET, None, "excluded_person", ())]
    blanked_copy(tmp_path / "in.xlsx", said, tmp_path / "kept.xlsx", **KNOWN)
    with zipfile.ZipFile(tmp_path / "kept.xlsx") as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for personal in (PERSON, "张三丰", "赵六河"):
        assert personal not in whole
    assert table(tmp_path / "kept.xlsx")[1][:3] == ["甲公司", "91610802MA70XH014D", "号"]


@pytest.mark.parametrize("kind", ["json", "zip"])
def test_other_copies_to_keep(tmp_path: Path, kind: str) -> None:
    rows = json.dumps([dict(zip(HEADER, row, strict=True)) for row in (("甲", "1", "号"), ("赵六河", PERSON, "号"))])
    source, member = tmp_path / "in", None
    if kind == "json":
        source.write_text(rows, "utf-8")
    else:
        member = "赵六河.json"
        with zipfile.ZipFile(source, "w") as archive:
            archive.writestr(member, rows)
    said = [right(1, file=member), Said(2, None, member, "excluded_person", ())]
    blanked_copy(source, said, tmp_path / "kept", **KNOWN)
    data = (tmp_path / "kept").read_bytes()
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / "kept") as archive:
            assert archive.namelist() == ["001.json"]
            data = archive.read("001.json")
    kept = json.loads(data)
    assert kept[0]["行政相对人名称"] == "甲"
    assert list(kept[1]) == ["_check"]


def test_findings_as_a_table(tmp_path: Path) -> None:
    said = iter(
        [right(2), wrong(3, finding(zh='=HYPERLINK("x")', en="@SUM(1)\n2"), finding(None), sheet="表", file="a.csv")]
    )
    findings_csv(said, tmp_path / "f.csv", **KNOWN, file_findings=[finding(None, "全文件", "the whole file")])
    data = (tmp_path / "f.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    assert [row["row"] for row in rows] == ["", "3", "3"]
    assert rows[1]["header_zh"] == "统一社会信用代码"
    assert (rows[1]["file"], rows[1]["sheet"]) == ("a.csv", "表")
    assert rows[1]["message_zh"] == '\'=HYPERLINK("x")'
    assert rows[1]["message_en"] == "'@SUM(1) 2"


def source_of(tmp_path: Path) -> Path:
    (tmp_path / "in.csv").write_text(",".join(HEADER) + "\n甲,1,号\n", "utf-8")
    return tmp_path / "in.csv"


def refused(source: Path, out: Path) -> str:
    with pytest.raises(RuntimeRefusal) as caught:
        annotate(source, [wrong(2)], out, **KNOWN)
    return caught.value.rule


def test_the_source_is_never_overwritten(tmp_path: Path) -> None:
    source = source_of(tmp_path)
    before = source.read_bytes()
    (tmp_path / "link.csv").symlink_to(source)
    os.link(source, tmp_path / "twin.csv")
    for out in (source, tmp_path / "link.csv", tmp_path / "twin.csv"):
        assert refused(source, out) == "annotated.same_file"
    assert source.read_bytes() == before


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    source = source_of(tmp_path)
    (tmp_path / "folder").mkdir()
    assert refused(source, tmp_path / "folder") == "annotated.not_a_file"
    assert refused(source, tmp_path / "nowhere" / "out.csv").startswith("data.")
    assert refused(source, source / "out.csv").startswith("data.")


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(placing.os, "fsync", full)
    source = source_of(tmp_path)
    assert refused(source, tmp_path / "out.csv") == "disk.full"
    assert [each.name for each in tmp_path.iterdir()] == ["in.csv"]


def test_the_result_replaces_an_older_one_and_is_its_owners_alone(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("older")
    annotate(source_of(tmp_path), [wrong(2)], out, **KNOWN)
    assert out.stat().st_mode & 0o777 == 0o600
    assert out.read_text("utf-8").count("\n") == 2
    assert {each.name for each in tmp_path.iterdir()} == {"in.csv", "out.csv"}


def test_a_file_system_that_names_no_files_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "no")

    monkeypatch.setattr(placing.os, "link", refuse)
    annotate(source_of(tmp_path), [wrong(2)], tmp_path / "out.csv", **KNOWN)
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600
    assert table(tmp_path / "out.csv")[1][3] == WRONG


def test_an_unfinished_result_has_no_name(tmp_path: Path) -> None:
    source = source_of(tmp_path)
    seen: list[set[str]] = []

    def said() -> object:
        seen.append({each.name for each in tmp_path.iterdir()})
        yield wrong(2)

    annotate(source, said(), tmp_path / "out.csv", **KNOWN)  # type: ignore[arg-type]
    assert seen == [{"in.csv"}]
