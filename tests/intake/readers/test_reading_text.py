"""Delimited text: encodings, delimiters, quotes, broken lines, row numbers."""

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.intake.readers.samples import outcome, read, table
from xinheng.core.cells import RawRow, RowProblem
from xinheng.intake.readers import Limits, open_source
from xinheng.intake.readers.encoding import Decoder

HEADER = "统一社会信用代码,名称,金额"
BODY = f"{HEADER}\r\n91350100M000100Y43,榕城某某有限公司,100\r\n"
CELLS = [("统一社会信用代码", "名称", "金额"), ("91350100M000100Y43", "榕城某某有限公司", "100")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sent.csv"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (BODY.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + BODY.encode(), "utf-8"),
        (b"\xef\xbb\xbf\xef\xbb\xbf" + BODY.encode(), "utf-8"),
        (BODY.encode("gb18030"), "gb18030"),
        (BODY.encode("gbk"), "gb18030"),
        (b"\xff\xfe" + BODY.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + BODY.encode("utf-16-be"), "utf-16-be"),
        (b"\xff\xfe\xff\xfe" + BODY.encode("utf-16-le"), "utf-16-le"),
        (BODY.encode("utf-16-le"), "utf-16-le"),
        (BODY.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_every_encoding_reads_the_same(path: Path, content: bytes, encoding: str) -> None:
    source, rows = read(path, content)
    assert (source.kind, source.encoding, source.delimiter) == ("csv", encoding, ",")
    assert [row.cells for row in rows] == CELLS
    assert [row.number for row in rows] == [1, 2]


def test_a_rare_character_of_gb18030_four_bytes_long(path: Path) -> None:
    name = "㐀𠮷某公司"
    assert table(path, f"代码,名称\n1,{name}\n".encode("gb18030"))[1] == ("1", name)


def test_the_encoding_is_decided_by_the_whole_text(path: Path) -> None:
    long = "code,name\n" + "1,plain ascii\n" * 20_000
    source, rows = read(path, (long + "2,榕城有限公司\n").encode("gb18030"))
    assert source.encoding == "gb18030"
    assert rows[-1].cells == ("2", "榕城有限公司")


def test_one_undecodable_line_does_not_take_the_others_along(path: Path) -> None:
    lines = [HEADER.encode(), *(f"{n},第{n}家公司,{n}".encode() for n in range(2, 12))]
    lines[4] = b"5,\xff\xfe\xff,5"
    source, rows = read(path, b"\n".join(lines))
    assert source.encoding == "utf-8"
    assert rows[4] == RawRow(5, (), problem=RowProblem.UNDECODABLE)
    assert [row.number for row in rows if row.problem is None] == [1, 2, 3, 4, 6, 7, 8, 9, 10, 11]
    assert rows[5].cells == ("6", "第6家公司", "6")


def test_a_gbk_line_pasted_into_a_utf_8_text(path: Path) -> None:
    lines = [f"{n},第{n}家公司".encode() for n in range(1, 9)]
    lines[6] = "7,第七家公司".encode("gbk")
    source, rows = read(path, b"\n".join(lines))
    assert source.encoding == "utf-8"
    assert [row.problem for row in rows] == [None] * 6 + [RowProblem.UNDECODABLE, None]


def test_one_bad_byte_in_plain_ascii(path: Path) -> None:
    rows = read(path, b"a,b\n" + b"1,2\n" * 5 + b"3,\xff\n4,5\n")[1]
    assert [row.problem for row in rows] == [None] * 6 + [RowProblem.UNDECODABLE, None]


def test_a_gb18030_text_with_a_cut_character(path: Path) -> None:
    good = "".join(f"{n},第{n}家公司\n" for n in range(1, 9)).encode("gb18030")
    source, rows = read(path, good + b"9,\xb5\n")
    assert source.encoding == "gb18030"
    assert [row.problem for row in rows] == [None] * 8 + [RowProblem.UNDECODABLE]


def test_a_half_character_at_the_end_of_utf_16(path: Path) -> None:
    rows = read(path, b"\xff\xfe" + "a,b\n1,2\n3,4".encode("utf-16-le")[:-1])[1]
    assert [row.cells for row in rows[:2]] == [("a", "b"), ("1", "2")]
    assert rows[2].problem is RowProblem.UNDECODABLE


def test_control_characters_and_nul_are_characters(path: Path) -> None:
    source, rows = read(path, "代码,名\0称\n1\0,\x01公司\x1a\n".encode())
    assert source.encoding == "utf-8"
    assert [row.cells for row in rows] == [("代码", "名\0称"), ("1\0", "\x01公司\x1a")]


def test_nul_inside_quotes(path: Path) -> None:
    assert table(path, 'a,b\n"x\0\ny",2\n') == [("a", "b"), ("x\0\ny", "2")]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("代码,名称\n1,甲\n", ","),
        ("代码\t名称\n1\t甲\n", "\t"),
        ("代码;名称\n1;甲\n", ";"),
        ("代码|名称\n1|甲\n", "|"),
        ("代码\n1\n", ","),
        ("代码;金额;日期\n1;1,5;2\n2;2,5;3\n3;3,5;4\n", ";"),
        ("代码\t地址\n1\t甲,乙,丙\n2\t丁,戊,己\n3\t庚,辛,壬\n", "\t"),
        ('"a;b;c;d;e",名称\n"x;y;z;z;z",甲\n', ","),
        ("代码,备注\n1,a|b\n2,c|d\n3,e|f\n", ","),
        ("某局行政处罚信息表\n代码\t名称\t事由\n1\t甲\ta;b\n", "\t"),
    ],
)
def test_the_delimiter_is_the_one_of_the_header(path: Path, text: str, delimiter: str) -> None:
    assert read(path, text)[0].delimiter == delimiter


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_line_ends_and_the_missing_last_one(path: Path, end: str) -> None:
    closed = table(path, f"a,b{end}1,2{end}")
    assert closed == table(path, f"a,b{end}1,2") == [("a", "b"), ("1", "2")]


def test_blank_lines_are_rows_and_count(path: Path) -> None:
    rows = read(path, "\n\na,b\n\n1,2\n\n")[1]
    assert [(row.number, row.cells) for row in rows] == [
        (1, ()),
        (2, ()),
        (3, ("a", "b")),
        (4, ()),
        (5, ("1", "2")),
        (6, ()),
    ]


def test_a_quoted_line_break_is_one_row(path: Path) -> None:
    rows = read(path, 'a,b,c\n1,"one\r\ntwo\n\nthree",""""\n2,x,y\n')[1]
    assert [(row.number, row.cells) for row in rows[1:]] == [
        (2, ("1", "one\r\ntwo\n\nthree", '"')),
        (3, ("2", "x", "y")),
    ]


def test_quotes_inside_a_cell_are_text(path: Path) -> None:
    assert table(path, 'a,b\n1,甲"乙"丙\n2,"甲"乙\n3,4"\n')[1:] == [
        ("1", '甲"乙"丙'),
        ("2", "甲乙"),
        ("3", '4"'),
    ]


@pytest.mark.parametrize("stray", ['2,"公司,x,d', '"2,公司,x,d', '2,公司,x,"d', '2,公司,x,"'])
@pytest.mark.parametrize(
    "rest",
    [
        ["3,乙,y,d", "4,丙,z,d"],
        ['3,"乙,乙",y,d', "4,丙,z,d"],
        ["3,乙,y,d", '"4","丙","z","d"'],
        ['3,乙,y,5"', "4,丙,z,d"],
        ['3,"乙\n乙",y,d', "4,丙,z,d"],
        ['3,乙,y,""', "4,丙,z,d"],
        [f"{n},乙,y,d" for n in range(3, 900)],
    ],
)
def test_a_stray_quote_takes_its_line_only(path: Path, stray: str, rest: list[str]) -> None:
    before = ["代码,名称,备注,日期", "1,甲,w,d"]
    rows = read(path, "\n".join([*before, stray, *rest]) + "\n")[1]
    assert [row.cells for row in rows[:2]] == [tuple(line.split(",")) for line in before]
    assert rows[2] == RawRow(3, (), problem=RowProblem.UNCLOSED_QUOTE)
    expected = csv.reader(io.StringIO("\n".join(rest), newline=""))
    assert [row.cells for row in rows[3:]] == [tuple(cells) for cells in expected if cells]


def test_a_quote_open_at_the_end_of_the_file(path: Path) -> None:
    rows = read(path, 'a,b\n1,"x\n2,y')[1]
    assert [(row.number, row.cells, row.problem) for row in rows] == [
        (1, ("a", "b"), None),
        (2, (), RowProblem.UNCLOSED_QUOTE),
        (3, ("2", "y"), None),
    ]


def test_a_line_beyond_the_limit_is_refused_alone(path: Path) -> None:
    rows = read(path, "a,b\n" + "x" * 5000 + "\n1,2\n", Limits(line_chars=1000))[1]
    assert [(row.cells, row.problem) for row in rows] == [
        (("a", "b"), None),
        ((), RowProblem.BROKEN_LINE),
        (("1", "2"), None),
    ]


@pytest.mark.parametrize("text", ["代码,名称", "代码,名称\n", "\n\n\n", "\ufeff"])
def test_without_rows_it_is_still_readable(path: Path, text: str) -> None:
    assert outcome(path, text.encode()) == "csv"


def test_rows_can_be_read_again_and_side_by_side(path: Path) -> None:
    path.write_text(BODY)
    with open_source(path) as source:
        path.unlink()
        rows = source.sheets[0].rows
        assert [(one, two) for one, two in zip(rows, rows, strict=True)] == [(row, row) for row in rows]


PLAIN = st.text(alphabet=st.sampled_from('甲乙a1,;\t"|\r\n 。〔'), max_size=6)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"])


@settings(max_examples=150, deadline=None)
@given(
    rows=st.integers(2, 6).flatmap(
        lambda width: st.lists(st.lists(PLAIN, min_size=width, max_size=width), min_size=1, max_size=6)
    ),
    delimiter=st.sampled_from(",\t;"),
    encoding=ENCODINGS,
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_an_independent_writer_wrote_reads_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    delimiter: str,
    encoding: str,
    end: str,
    quoting: int,
) -> None:
    # Lines with as many delimiters as the table, inside a cell, are taken for swallowed rows.
    width = len(rows[0])
    assume(width < 4 or not any(cell.count(delimiter) >= width - 1 for row in rows for cell in row))
    # This writer leaves a lone carriage return unquoted where lines end otherwise.
    assume(end == "\r\n" or not any("\r" in cell for row in rows for cell in row))
    header = [f"列{n}" for n in range(width)]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([header, *rows])
    path = tmp_path_factory.mktemp("text") / "t.csv"
    source, found = read(path, buffer.getvalue().encode(encoding))
    assert source.delimiter == delimiter
    assert [row.cells for row in found] == [tuple(row) for row in [header, *rows]]
    assert [row.number for row in found] == list(range(1, len(rows) + 2))


def test_memory_stays_flat(path: Path) -> None:
    line = '91350100M000100Y43,"榕城某某,有限公司",行政处罚\n'
    with path.open("w", encoding="gb18030") as file:
        for _ in range(80_000):
            file.write(line)
    tracemalloc.start()
    try:
        with open_source(path) as source:
            count = sum(1 for _ in source.sheets[0].rows)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 80_000
    assert path.stat().st_size > 3_000_000
    assert peak < 2_000_000


def test_the_narrow_codec_reads_what_gb18030_reads():
    for first in range(256):
        for octets in (bytes([first]), *(bytes([first, second]) for second in range(256))):
            try:
                narrow = octets.decode("gbk")
            except UnicodeDecodeError:
                continue
            assert narrow == octets.decode("gb18030")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_pieces_are_decoded_as_the_whole(size):
    octets = "甲乙\U00020087丙䶮，ab\n".encode("gb18030") * 20
    decoder = Decoder("gb18030")
    pieces = [decoder.decode(octets[at : at + size]) for at in range(0, len(octets), size)]
    assert "".join((*pieces, decoder.decode(b"", final=True))) == octets.decode("gb18030")
