"""Delimited text given back: one more cell a row, every other byte as it was."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.returned.samples import ACCEPTED, HEADER, KNOWN, finding, full_row, judged, right, wrong
from xinheng.intake.readers.source import open_source
from xinheng.intake.returned import TITLE, Said, annotate
from xinheng.runtime.errors import RuntimeRefusal

WRONG = "已退回：代码长度不对 / Rejected: wrong length"
ENCODINGS = [
    ("utf-8", b""),
    ("utf-8", b"\xef\xbb\xbf"),
    ("gb18030", b""),
    ("utf-16-le", b"\xff\xfe"),
    ("utf-16-be", b"\xfe\xff"),
]


def annotated(folder: Path, content: bytes, said: list[Said]) -> bytes:
    source, out = folder / "in.csv", folder / "out.csv"
    source.write_bytes(content)
    annotate(source, said, out, **KNOWN)
    return out.read_bytes()


def quoted(cell: str, mark: str, always: bool) -> str:
    """RFC 4180, written down once more."""
    needs = always or any(each in cell for each in (mark, '"', "\n", "\r"))
    return '"' + cell.replace('"', '""') + '"' if needs else cell


names = st.text('甲乙丙abc ,;"\n（）', min_size=1, max_size=12).filter(lambda text: text.strip() and not text.isspace())
rows = st.lists(st.tuples(names, st.integers(1, 3), st.booleans()), min_size=1, max_size=8)


@settings(max_examples=120, deadline=None)
@given(
    rows=rows, end=st.sampled_from(["\r\n", "\n", "\r"]), mark=st.sampled_from([",", "\t", ";"]),
    coding=st.sampled_from(ENCODINGS), closed=st.booleans(), title=st.booleans(),
)  # fmt: skip
def test_every_byte_stays_and_every_row_gets_its_cell(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list,
    end: str,
    mark: str,
    coding: tuple[str, bytes],
    closed: bool,
    title: bool,
) -> None:
    encoding, bom = coding
    lines: list[tuple[str, str]] = [("报送表" + mark * 2, "")] if title else []
    lines.append((mark.join(HEADER), mark + TITLE))
    said: list[Said] = []
    for name, width, always in rows:
        number = len(lines) + 1
        cells = [name, "91610802MA70XH014D", f"文号{number}号"][:width]
        raw = mark.join(quoted(cell, mark, always) for cell in cells)
        is_wrong = number % 2 == 0
        said.append(wrong(number) if is_wrong else right(number))
        words = quoted(WRONG if is_wrong else ACCEPTED, mark, False)
        lines.append((raw, mark * (4 - width) + words))
    last = end if closed else ""
    content = bom + (end.join(raw for raw, _ in lines) + last).encode(encoding)
    expected = bom + (end.join(raw + more for raw, more in lines) + last).encode(encoding)
    folder = tmp_path_factory.mktemp("text")
    (folder / "in.csv").write_bytes(content)
    with open_source(folder / "in.csv") as source:
        read = source.encoding, source.delimiter, len(list(source.sheets[0].rows))
    # Where the reader takes a short text for something else, there is nothing to compare.
    if read != (encoding, mark, len(lines)):
        return
    assert annotated(folder, content, said) == expected


def test_blank_lines_and_rows_above_the_header_stay(tmp_path: Path) -> None:
    head = ",".join(HEADER)
    content = f"二〇二六年处罚\r\n\r\n{head}\r\n\r\n甲,1,号\r\n\r\n".encode()
    said = [Said(4, None, None, "ignored", ()), wrong(5), Said(6, None, None, "ignored", ())]
    expected = f"二〇二六年处罚\r\n\r\n{head},{TITLE}\r\n\r\n甲,1,号,{WRONG}\r\n\r\n".encode()
    assert annotated(tmp_path, content, said) == expected


def test_broken_lines_get_their_reason_and_keep_their_bytes(tmp_path: Path) -> None:
    head = ",".join(HEADER).encode("gb18030")
    broken = "甲".encode("gb18030") + b"\xff\xff,1,2"
    content = head + b"\n" + broken + b'\n"never closed,1,2\n' + "乙,1,2".encode("gb18030")
    said = [wrong(2, finding(None, "无法解码", "a,b")), wrong(3, finding(None, "引号", 'a,"b"')), right(4)]
    lines = annotated(tmp_path, content, said).split(b"\n")
    assert lines[1] == broken + b"," + '"已退回：无法解码 / Rejected: a,b"'.encode("gb18030")
    assert lines[2] == b'"never closed,1,2,' + "已退回：引号 / Rejected: a，”b”".encode("gb18030")
    assert lines[3].decode("gb18030") == f"乙,1,2,{ACCEPTED}"


def test_a_second_check_replaces_the_first(tmp_path: Path) -> None:
    content = (",".join(HEADER) + '\n甲,"x\ny",号\n"open,1,2\n乙\n丙,2,3,4,5\n丁,2,3,,5\n').encode()
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir(), second.mkdir()
    once = annotated(first, content, [wrong(row) for row in (2, 3, 4, 5, 6)])
    twice = annotated(second, once, [right(row) for row in (2, 3, 4, 5, 6)])
    assert twice == annotated(first, content, [right(row) for row in (2, 3, 4, 5, 6)])
    assert WRONG.encode() in once
    assert WRONG.encode() not in twice


def test_the_check_column_may_have_been_moved(tmp_path: Path) -> None:
    content = f'{HEADER[0]},{TITLE},{HEADER[1]},{HEADER[2]}\n甲,"已退回：旧, words",1,2\n乙,,1,2\n'.encode()
    expected = f"{HEADER[0]},{TITLE},{HEADER[1]},{HEADER[2]}\n甲,{WRONG},1,2\n乙,{ACCEPTED},1,2\n".encode()
    assert annotated(tmp_path, content, [wrong(2), right(3)]) == expected


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "'=", "＝", "|"])
def test_no_message_becomes_a_formula(tmp_path: Path, start: str) -> None:
    said = [wrong(2, finding(zh=f"{start}cmd|' /C calc'!A0", en=f"{start}1+1\n=2"))]
    out = annotated(tmp_path, (",".join(HEADER) + "\n甲,1,2\n").encode(), said).decode()
    assert out.split("\n")[1].startswith("甲,1,2,已退回") or out.split("\n")[1].startswith('甲,1,2,"已退回')
    assert out.count("\n") == 2, "one row is one line"


def test_a_line_of_many_megabytes_passes_through(tmp_path: Path) -> None:
    long = b"x" * 9_000_000
    content = (",".join(HEADER) + "\n").encode() + long + b"\r\n" + "甲,1,2\n".encode()
    lines = annotated(tmp_path, content, [wrong(2), right(3)]).split(b"\n")
    assert lines[1] == long + f",,,{WRONG}".encode() + b"\r"
    assert lines[2].decode() == f"甲,1,2,{ACCEPTED}"


def test_what_is_sent_again_is_judged_as_before(tmp_path: Path) -> None:
    good, bad = full_row(), full_row(行政处罚决定书文号="")
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    lines = [good.keys(), good.values(), bad.values(), list(good.values())[:5], []]
    source.write_text("\n".join(",".join(quoted(cell, ",", False) for cell in line) for line in lines), "utf-8")
    before = judged(source)
    annotate(source, before, out, **KNOWN)
    after = judged(out)
    assert [(each.row, each.outcome) for each in after] == [(each.row, each.outcome) for each in before]
    assert {each.outcome for each in before} >= {"accepted", "rejected"}


def test_an_answer_without_its_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeRefusal) as refused:
        annotated(tmp_path, (",".join(HEADER) + "\n甲,1,2\n").encode(), [wrong(2), wrong(9)])
    assert refused.value.rule == "annotated.changed"
    assert not (tmp_path / "out.csv").exists()


def test_a_hundred_thousand_rows_in_flat_memory(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    count = 100_000
    with source.open("w", encoding="gb18030", newline="") as file:
        file.write(",".join(HEADER) + "\r\n")
        file.writelines(f"示例市第{n}号商贸有限公司,91610802MA70XH014D,示市监罚〔2026〕{n}号\r\n" for n in range(count))

    def said() -> Iterator[Said]:
        return (wrong(row) if row % 20 == 0 else right(row) for row in range(2, count + 2))

    tracemalloc.start()
    annotate(source, said(), out, **KNOWN)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 24_000_000, peak
    with out.open(encoding="gb18030", newline="") as file:
        lines = list(file)
    assert len(lines) == count + 1
    assert sum(WRONG in line for line in lines) == count // 20
