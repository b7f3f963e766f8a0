"""Workbooks that were tampered with: a refusal in words or a file that can be read, never a fault."""

import random
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.intake.returned.samples import KNOWN, finding, right, wrong
from tests.intake.returned.test_workbooks import SHEET, styled
from xinheng.intake.readers.source import open_source
from xinheng.intake.returned import annotate
from xinheng.runtime.errors import RuntimeRefusal

SAID = [wrong(4, finding("subject_name"), sheet=SHEET), right(5, SHEET), wrong(6, finding("decided_on"), sheet=SHEET)]
PIECES = [
    b"", b"<", b">", b'"', b"/>", b"<a>", b"</row>", b"<row r='9'>", b"&lt;", b"<!-- -->", b"<![CDATA[x]]>", b"<?x ?>",
    b"\xff", b'<c r="ZZZ1"/>', b"<c/>", b' r="G4"', b"<xf/>", b"<fills>", b"</cellXfs>", b"<comment ref='A4'/>", b"0",
]  # fmt: skip
EDITED = (
    "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml",
    "xl/worksheets/_rels/sheet1.xml.rels", "[Content_Types].xml", "xl/workbook.xml",
)  # fmt: skip


@cache
def original() -> dict[str, bytes]:
    with TemporaryDirectory() as folder:
        styled(Path(folder) / "in.xlsx")
        with zipfile.ZipFile(Path(folder) / "in.xlsx") as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def tampered(seed: int) -> dict[str, bytes]:
    """The workbook with some bytes of one or two edited parts replaced, or a part missing."""
    chance = random.Random(seed)
    parts = dict(original())
    for name in chance.sample(EDITED, chance.randint(1, 2)):
        if chance.random() < 0.05:
            del parts[name]
            continue
        data = parts[name]
        start = chance.randrange(len(data))
        end = start + chance.choice((0, 0, 1, 5, 40))
        parts[name] = data[:start] + chance.choice(PIECES) + data[end:]
    return parts


@pytest.mark.parametrize("seed", range(60))
def test_tampered_workbooks(tmp_path: Path, seed: int) -> None:
    source, out = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    with zipfile.ZipFile(source, "w") as archive:
        for name, data in tampered(seed).items():
            archive.writestr(name, data)
    try:
        annotate(source, SAID, out, **KNOWN)
    except RuntimeRefusal:
        assert not out.exists()
        assert {each.name for each in tmp_path.iterdir()} == {"in.xlsx"}
        return
    with open_source(out) as opened:
        assert [sheet.name for sheet in opened.sheets][:1] == [SHEET] or opened.sheets
        assert sum(len(list(sheet.rows)) for sheet in opened.sheets) > 0
