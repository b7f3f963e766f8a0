"""Lines in another encoding than the rest are refused one by one; their neighbours are unharmed."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.readers.samples import read
from xinheng.core.cells import RowProblem
from xinheng.intake.readers.encoding import is_other_encoding

UNDECODABLE = RowProblem.UNDECODABLE
FULL = "91350100M000100Y43,福州市鼓楼区榕城餐饮管理有限公司,食品安全违法,罚款壹万元整,福州市市场监督管理局"
EVEN = "91350100M000100Y43,榕城,公司"
"""Each run of Chinese has an even number of characters: in UTF-8 its bytes are whole characters of GB18030 too."""


def lines_of(encodings: list[str], text: str = EVEN) -> bytes:
    return b"".join(f"{text},{number}\n".encode(encoding) for number, encoding in enumerate(encodings))


@pytest.mark.parametrize("text", [EVEN, FULL])
@pytest.mark.parametrize(("main", "other"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_lines_of_the_other_encoding(tmp_path: Path, main: str, other: str, text: str) -> None:
    encodings = [main, main, main, other, main, main, other, main, main]
    source, rows = read(tmp_path / "m", lines_of(encodings, text))
    assert source.encoding == main
    assert [row.number for row in rows] == list(range(1, 10))
    assert [row.problem for row in rows] == [None if each == main else UNDECODABLE for each in encodings]
    expected = [(*text.split(","), str(number)) for number, each in enumerate(encodings) if each == main]
    assert [row.cells for row in rows if row.problem is None] == expected


@pytest.mark.parametrize("form", ['{{"名称":"榕城","n":{n}}}\n', ' {{"名称":"榕城","n":{n}}},\n'])
def test_json_of_two_encodings(tmp_path: Path, form: str) -> None:
    parts = [form.format(n=n).encode("utf-8" if n == 4 else "gb18030") for n in range(9)]
    content = b"".join(parts) if form.startswith("{") else b"[" + b"".join(parts).rstrip(b",\n") + b"]"
    source, rows = read(tmp_path / "j", content)
    assert source.encoding == "gb18030"
    assert [row.problem for row in rows] == [None] * 4 + [UNDECODABLE] + [None] * 4
    assert rows[5].cells == ("榕城", 5)


def test_a_line_inside_quotes_takes_its_row_only(tmp_path: Path) -> None:
    good = "1,甲,榕城公司\n".encode("gb18030")
    bad = '2,乙,"榕城\n'.encode("gb18030") + '公司"\n'.encode()
    rows = read(tmp_path / "q", good * 3 + bad + good)[1]
    assert [row.problem for row in rows] == [None, None, None, UNDECODABLE, None]


def test_pure_files_pay_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: str) -> bool:
        raise AssertionError

    monkeypatch.setattr("xinheng.intake.readers.encoding.is_other_encoding", never)
    for encoding in ("utf-8", "gb18030"):
        assert all(row.problem is None for row in read(tmp_path / "p", lines_of([encoding] * 50, FULL))[1])


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=30))
def test_chinese_in_utf_8_read_as_gb18030_is_told(text: str) -> None:
    even = text[: len(text) // 2 * 2]
    try:
        misread = even.encode().decode("gb18030")
    except UnicodeDecodeError:
        return
    assert is_other_encoding(f"1,{misread}\r\n")


def test_chinese_in_gb18030_is_hardly_ever_mistaken() -> None:
    """Texts of the 3,755 commonest characters: level one of GB 2312, seed 20261122."""
    chance = random.Random(20261122)
    level_one = [
        bytes([lead, trail]).decode("gb2312")
        for lead in range(0xB0, 0xD8)
        for trail in range(0xA1, 0xFF if lead < 0xD7 else 0xFA)
    ]
    texts = ("".join(chance.choices(level_one, k=chance.randint(1, 6))) for _ in range(200_000))
    assert sum(is_other_encoding(text) for text in texts) == 0
