"""Files made to hurt: refused, or read, in bounded memory and time, by a process that can be ended."""

import io
import resource
import struct
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt

from tests.intake.readers.samples import outcome, rows_of, workbook, zipped
from tests.intake.readers.test_reading_zips import packed
from xinheng.intake.readers import Limits, UnreadableFile, open_source

MOST_SECONDS = 60.0
MOST_MEMORY_KB = 700_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sent.xlsx"


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """Neither time nor the memory of any process that was started runs away."""
    begun, largest = time.monotonic(), _largest_child()
    yield
    assert time.monotonic() - begun < MOST_SECONDS
    # The kernel remembers the largest child of all: what other tests started before does not count. And a child begins
    # as a copy of who starts it, which counts though it is given up at once.
    assert _largest_child() < max(MOST_MEMORY_KB, largest + 1, _own_size() + 1)


def _largest_child() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def _own_size() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def swollen(members: dict[str, tuple[bytes, int]]) -> bytes:
    """A ZIP whose members are a piece repeated so many times, packed tightly."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, (piece, times) in members.items():
            with archive.open(name, "w", force_zip64=True) as stream:
                for _ in range(times):
                    stream.write(piece)
    return buffer.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_bombs(path: Path) -> None:
    piece = b" " * 1_000_000
    sheet = {name: (content, 1) for name, content in parts_of(workbook("<row/>")).items()}
    for content in (
        swollen({"a.csv": (piece, 100)}),
        swollen({"a.html": (b"<table>" + piece, 100)}),
        swollen(sheet | {"xl/worksheets/sheet1.xml": (piece, 100)}),
        swollen({"a.xlsx": (swollen(sheet | {"xl/worksheets/sheet1.xml": (piece, 100)}), 1)}),
    ):
        assert len(content) < 1_000_000
        assert outcome(path, content) == "file.bomb"


def test_a_bomb_of_xml(path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    for before in (f"<!DOCTYPE x [{laughs}]>", "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>"):
        assert outcome(path, workbook("<row/>", before=before)) == "file.entities"
        for part in ("xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "_rels/.rels"):
            parts = {name: text.decode() for name, text in parts_of(_book_with_texts()).items()}
            head, _, tail = parts[part].partition("?>")
            parts[part] = f"{head}?>{before}{tail}" if tail else before + head
            assert outcome(path, zipped(parts)) == "file.entities"


def _book_with_texts() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet().write(0, 0, "甲", book.add_format({"num_format": "yyyy"}))
    return buffer.getvalue()


def test_macros(path: Path, tmp_path: Path) -> None:
    for part in ("xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"):
        assert outcome(path, workbook("<row/>", more={part: "x"})) == "file.macros"
    content = _xls(tmp_path)
    assert outcome(path, _with_storage(content, "_VBA_PROJECT_CUR")) == "file.macros"
    changed = bytearray(content)
    changed[_record(content, 0x85) + 4 + 5] = 1
    assert outcome(path, bytes(changed)) == "file.macros"


def _xls(tmp_path: Path) -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("S").write(0, 0, "甲")
    book.save(str(tmp_path / "x"))
    return (tmp_path / "x").read_bytes()


def _with_storage(content: bytes, name: str) -> bytes:
    """The compound file with one entry of its directory turned into a folder of this name."""
    at = content.index("Workbook".encode("utf-16-le")) + 128
    entry = name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HB", 2 * len(name) + 2, 1)
    return content[:at] + entry + content[at + len(entry) :]


def _record(content: bytes, kind: int) -> int:
    """Where the first record of this kind stands in the workbook's stream."""
    at = content.index(b"\x09\x08\x10\x00")
    while True:
        found, size = struct.unpack_from("<2H", content, at)
        if found == kind:
            return at
        at += 4 + size


def test_links_to_other_files(path: Path, tmp_path: Path) -> None:
    links = {"xl/externalLinks/externalLink1.xml": "<externalLink/>"}
    assert outcome(path, workbook("<row/>", more=links)) == "file.external_links"
    book = openpyxl.Workbook()
    book.active["A1"] = "甲"
    book.active["A1"].hyperlink = "http://127.0.0.1:9/"
    book.save(tmp_path / "h.xlsx")
    assert outcome(path, (tmp_path / "h.xlsx").read_bytes()) == "xlsx", "a mere link to click is none"
    linked = xlwt.Workbook()
    linked.add_sheet("S").write(0, 0, xlwt.Formula("S!B1"))
    linked.save(str(tmp_path / "own"))
    content = bytearray((tmp_path / "own").read_bytes())
    assert outcome(path, bytes(content)) == "xls", "a link to a sheet of its own is none"
    at = _record(bytes(content), 0x1AE)
    struct.pack_into("<H", content, at + 6, 8)
    assert outcome(path, bytes(content)) == "file.external_links"


def test_dimensions_are_not_believed(path: Path) -> None:
    content = workbook('<row r="1"><c r="A1"><v>1</v></c></row>')
    parts = {name: text.decode() for name, text in parts_of(content).items()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    path.write_bytes(zipped(parts))
    assert [row.cells for row in rows_of(path)] == [(1,)]


def test_a_million_blank_rows_between_two(path: Path) -> None:
    path.write_bytes(workbook('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="B9"><v>2</v></c></row>'))
    with open_source(path) as source:
        count = sum(1 for _ in source.sheets[0].rows)
    assert count == 1_048_576


def test_more_cells_than_any_table(path: Path) -> None:
    wide = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 300))
    limits = Limits(cells=1_000_000)
    assert _refusal(path, workbook(wide), limits) == "file.too_large"
    merges = "".join(f'<mergeCell ref="{_letters(n)}1:{_letters(n)}1048576"/>' for n in range(2000))
    cells = "".join(f'<c r="{_letters(n)}1"><v>1</v></c>' for n in range(2000))
    tall = workbook(f'<row r="1">{cells}</row>', f"<mergeCells>{merges}</mergeCells>")
    assert _refusal(path, tall, limits) == "file.too_large"
    page = f"<table><tr>{'<td rowspan=65534>x' * 8_000}</tr>{'<tr>' * 20_000}</table>"
    assert _refusal(path, page.encode(), limits) == "file.too_large"


def _letters(number: int) -> str:
    return openpyxl.utils.get_column_letter(number + 1)


def _refusal(path: Path, content: bytes, limits: Limits) -> str | None:
    path.write_bytes(content)
    try:
        with open_source(path, limits=limits) as source:
            for _ in source.sheets[0].rows:
                pass
    except UnreadableFile as error:
        return error.rule
    return None


def test_one_text_in_many_cells(path: Path) -> None:
    """A small file that refers to one long text a million times."""
    rows = "".join(f'<row r="{n}"><c t="s"><v>0</v></c></row>' for n in range(1, 30_000))
    content = parts_of(_book_with_texts())
    parts = {name: text.decode() for name, text in content.items()}
    parts["xl/sharedStrings.xml"] = f"<sst><si><t>{'字' * 30_000}</t></si></sst>"
    sheet = "xl/worksheets/sheet1.xml"
    before, _, behind = parts[sheet].partition("<sheetData>")
    parts[sheet] = f"{before}<sheetData>{rows}</sheetData>{behind.partition('</sheetData>')[2]}"
    assert _refusal(path, zipped(parts), Limits(file_bytes=100_000_000)) == "file.too_large"
    wide = "".join('<c t="s"><v>0</v></c>' for _ in range(16_000))
    parts[sheet] = f"{before}<sheetData><row>{wide}</row></sheetData>{behind.partition('</sheetData>')[2]}"
    assert _refusal(path, zipped(parts), Limits()) == "file.too_large"


SHEET = "xl/worksheets/sheet1.xml"
EXPLOSIONS = {
    "styles": ("xl/styles.xml", "<styleSheet><cellXfs>", "<xf/>" * 200_001, "</cellXfs></styleSheet>"),
    "merges": (SHEET, "<worksheet><mergeCells>", "<mergeCell ref='A1'/>" * 1_000_001, "</mergeCells></worksheet>"),
    "one cell": (SHEET, "<worksheet><row><c t='str'><v>", "x" * 1_000_100, "</v></c></row></worksheet>"),
}


@pytest.mark.parametrize("kind", EXPLOSIONS)
def test_explosions(path: Path, kind: str) -> None:
    part, *texts = EXPLOSIONS[kind]
    parts = {name: content.decode() for name, content in parts_of(_book_with_texts()).items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in (parts | {part: "".join(texts)}).items():
            archive.writestr(name, content)
    assert outcome(path, buffer.getvalue()) == "file.too_large"


def test_sheets_that_are_one_part(path: Path) -> None:
    parts = {name: content.decode() for name, content in parts_of(workbook("<row/>")).items()}
    sheet = '<sheet name="S" sheetId="1" r:id="r1"/>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(sheet, sheet * 2)
    assert outcome(path, zipped(parts)) == "file.damaged"
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(sheet, sheet * 600)
    assert outcome(path, zipped(parts)) == "file.too_large"


@pytest.mark.parametrize(
    ("storm", "rule"),
    [
        ("<td a='" * 100_000, "file.damaged"),
        ("<a " * 100_000, "file.damaged"),
        ("<" * 900_000 + "</table>", "html"),
        ("<!-" * 300_000, "file.truncated"),
        ("&amp" * 200_000 + "</table>", "html"),
        (f"<td {'a ' * 25_000}>x</table>", "html"),
        ("<td>x<script>" + "y" * 900_000, "file.truncated"),
    ],
)
def test_storms_of_markup(path: Path, storm: str, rule: str) -> None:
    begun = time.monotonic()
    assert outcome(path, f"<table><tr><td>{storm}".encode()) == rule
    assert time.monotonic() - begun < MOST_SECONDS / 2


def test_a_tag_without_end(path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts_of(workbook("<row/>")).items():
            long = b"<worksheet a='" + b"x" * 60_000_000
            archive.writestr(name, long if "sheet1" in name else content)
    assert outcome(path, buffer.getvalue()) == "file.damaged"


@pytest.mark.parametrize(
    "limits", [Limits(memory_bytes=120 * 1024 * 1024), Limits(cpu_seconds=1), Limits(answer_seconds=0.3)]
)
def test_what_costs_too_much_is_ended(path: Path, limits: Limits) -> None:
    texts = "".join(f"<si><t>{n}</t></si>" for n in range(1_500_000))
    parts = {name: content.decode() for name, content in parts_of(_book_with_texts()).items()}
    parts["xl/sharedStrings.xml"] = f"<sst>{texts}</sst>"
    assert _refusal(path, zipped(parts), limits) == "file.too_costly"


def test_a_file_cut_anywhere(path: Path, tmp_path: Path) -> None:
    for content in (_book_with_texts(), _xls(tmp_path), packed([("a.csv", b"a,b\n" * 99)])):
        for end in range(8, len(content) - 1, len(content) // 7):
            assert outcome(path, content[:end]) in ("file.truncated", "file.damaged", "file.unknown_type")
