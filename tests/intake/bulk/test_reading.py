"""Columns by blocks hold exactly the rows that the row reader gives, whatever stands in the file."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.intake.bulk.effort import effort
from xinheng.core.cells import RawRow
from xinheng.intake.bulk.reading import column_blocks
from xinheng.intake.readers.delimited import read_delimited
from xinheng.intake.readers.delimiters import Layout, detect_layout
from xinheng.intake.readers.encoding import Encoding, lines, marked, open_text
from xinheng.intake.readers.files import Limits, open_file

SMALL = Limits(line_chars=60, quoted_lines=3)
PIECES = (
    "甲",
    "乙有限公司",
    "1",
    "a",
    ",",
    ",",
    ",",
    '"',
    '""',
    ' "',
    "\n",
    "\n",
    "\r\n",
    "\r",
    "",
    " ",
    "\ufeff",
    "\0",
    "x" * 70,
)
ROW = "一,二,三"


def by_rows(path: Path, encoding: Encoding, layout: Layout, limits: Limits) -> list[RawRow]:
    file = open_file(path, limits)
    try:
        physical = lines(open_text(file, encoding), limits.line_chars)
        return list(read_delimited(marked(physical) if encoding.mixed else physical, layout, limits))
    finally:
        file.close()


def by_blocks(path: Path, encoding: Encoding, layout: Layout, limits: Limits, block_bytes: int) -> list[RawRow]:
    file = open_file(path, limits)
    try:
        blocks = list(column_blocks(file, encoding, layout, limits, block_bytes=block_bytes))
    finally:
        file.close()
    for block in blocks:
        assert all(len(column) == len(block) for column in block.columns)
    return [block.row(place) for block in blocks for place in range(len(block))]


def same(path: Path, data: bytes, encoding: Encoding, layout: Layout, block_bytes: int, limits: Limits = SMALL) -> None:
    path.write_bytes(data)
    assert by_blocks(path, encoding, layout, limits, block_bytes) == by_rows(path, encoding, layout, limits)


nasty = st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join)
quoted_row = st.lists(
    st.sampled_from(('"甲,乙"', '"甲""乙"', '"甲"', "丙", '""', '"a\nb"', "")), min_size=3, max_size=3
)
orderly = st.lists(st.one_of(st.just(ROW), quoted_row.map(",".join), nasty), min_size=1, max_size=12)
sizes = st.sampled_from((1, 7, 30, 200, 10_000))
encodings = st.sampled_from(("utf-8", "gb18030", "utf-16-le"))


@effort(250)
@given(orderly, st.sampled_from(("\n", "\r\n", "\r")), st.booleans(), encodings, sizes, st.sampled_from((1, 2, 3, 5)))
@example([ROW, '一,"二', ROW, ROW, ROW, ROW], "\n", True, "utf-8", 1, 3)
@example(['一,"二' + "长" * 80, "三", '四"', "x" * 300, ROW], "\n", True, "utf-8", 7, 3)
@example(['"', '"甲,乙","甲,乙","a\nb"', "x" * 70], "\r", False, "utf-8", 1, 2)
def test_any_text(tmp_path, lines, end, last, encoding, size, width):
    data = (end.join(lines) + (end if last else "")).encode(encoding)
    if data:
        same(tmp_path / "a.csv", data, Encoding(encoding), Layout(",", width), size)


@effort(100)
@given(
    st.lists(
        st.sampled_from((b"\xd6\xd0", b"\xff", b"\x81", b"a", b",", b",", b"\n", b'"', b"\x81\x30\x81")), min_size=1
    ),
    sizes,
)
def test_bytes_that_are_no_text(tmp_path, pieces, size):
    for encoding in ("gb18030", "utf-8"):
        same(tmp_path / "a.csv", b"".join(pieces), Encoding(encoding), Layout(",", 2), size)


@pytest.mark.parametrize("size", [50, 1000, 1 << 20])
def test_a_quote_that_spans_blocks(tmp_path, size):
    rows = ["一,二,三"] * 50 + ['一,"二\n二",三'] + ["一,二,三"] * 50 + ['"一,二,三'] + ["一,二,三"] * 50
    same(tmp_path / "a.csv", "\n".join(rows).encode(), Encoding("utf-8"), Layout(",", 3), size, Limits())


def test_a_stray_quote_before_an_endless_line_keeps_memory_small(tmp_path):
    limits = Limits(line_chars=1000, quoted_lines=5)
    rows = ["一,二,三", '一,"二', "x" * 500_000, "一,二,三", "一,二"]
    same(tmp_path / "a.csv", "\n".join(rows).encode(), Encoding("utf-8"), Layout(",", 3), 2000, limits)


def test_regular_lines_go_as_columns(tmp_path):
    path = tmp_path / "a.csv"
    text = "一,二,三\r\n" * 500 + '"一","二,二",三\r\n' * 500 + "一,二\r\n"
    path.write_bytes(text.encode("gb18030"))
    file = open_file(path, Limits())
    blocks = list(column_blocks(file, Encoding("gb18030"), detect_layout(text), Limits()))
    file.close()
    assert [len(block) for block in blocks] == [1001]
    assert list(blocks[0].irregular) == [1000]


@pytest.mark.parametrize("odd", ["一,二,三,四", "一", "一,二,三,四,五", '"一', ""])
def test_an_odd_first_line_of_a_block_makes_no_other_line_odd(tmp_path, odd):
    path = tmp_path / "a.csv"
    path.write_bytes((f"{odd}\n" + "一,二,三\n" * 500).encode())
    file = open_file(path, Limits())
    blocks = list(column_blocks(file, Encoding("utf-8"), Layout(",", 3), Limits()))
    file.close()
    assert [list(block.irregular) for block in blocks] == [[0]]


@effort(60)
@given(
    st.lists(
        st.sampled_from(("甲公司,二\n".encode("gb18030"), "乙公司,三\n".encode(), b"a,b\n", '"甲",二\n'.encode()))
    ),
    sizes,
)
def test_lines_in_two_encodings(tmp_path, pieces, size):
    data = b"".join(pieces)
    if data:
        same(tmp_path / "a.csv", data, Encoding("gb18030", mixed=True), Layout(",", 2), size)
