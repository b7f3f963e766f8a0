"""JSON given back: one more member a row, everything else as written."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.returned.samples import KNOWN, finding, full_row, judged, right, wrong
from xinheng.intake.readers.source import open_source
from xinheng.intake.returned import Said, annotate

ROW = {"行政相对人名称": "甲", "统一社会信用代码": "1"}


def annotated(folder: Path, content: str, said: list[Said], encoding: str = "utf-8") -> str:
    (folder / "in.json").write_bytes(content.encode(encoding))
    annotate(folder / "in.json", said, folder / "out.json", **KNOWN)
    return (folder / "out.json").read_bytes().decode(encoding)


def exact(text: str) -> Any:
    """JSON in which numbers stay as they are written."""
    return json.loads(text, parse_float=str, parse_int=str)


def checked(row: Any) -> str | None:
    return row.pop("_check", {}).get("outcome")


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=8),
    st.sampled_from(["{}[],\"\\", '"_check": 1', "1.10", "}"]),
)  # fmt: skip
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
objects = st.dictionaries(st.text('名称代码a"\\{}', max_size=5), values, max_size=4).map(lambda more: ROW | more)


@settings(max_examples=80, deadline=None)
@given(
    rows=st.lists(objects, min_size=1, max_size=6),
    indent=st.sampled_from([None, 1, 4]),
    wrapped=st.booleans(),
    ascii=st.booleans(),
)
def test_values_stay_and_every_row_gets_its_member(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], indent: int | None, wrapped: bool, ascii: bool
) -> None:
    whole: Any = {"code": 0, "data": rows, "page": "[{"} if wrapped else rows
    text = json.dumps(whole, ensure_ascii=ascii, indent=indent)
    folder = tmp_path_factory.mktemp("json")
    said = [wrong(n) if n % 2 else right(n) for n in range(1, len(rows) + 1)]
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    out = exact(annotated(folder, text, said))
    after = out["data"] if wrapped else out
    assert [checked(row) for row in after] == ["rejected" if n % 2 else "accepted" for n in range(1, len(rows) + 1)]
    assert out == exact(text)


def test_bytes_between_rows_and_numbers_stay_as_written(tmp_path: Path) -> None:
    text = '\ufeff[ {"行政相对人名称" : "甲", "n":1.10E+2 , "m":12345678901234567890.0} ,\n\t{ } , 5 ]\n'
    said = [wrong(1), right(2), wrong(3)]
    out = annotated(tmp_path, text, said)
    first, rest = out.split(', "_check": ', 1)
    assert first == '\ufeff[ {"行政相对人名称" : "甲", "n":1.10E+2 , "m":12345678901234567890.0'
    assert rest.endswith('} ,\n\t{"_check": {"outcome": "accepted", "findings": []} } , 5 ]\n')


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_lines(tmp_path: Path, encoding: str) -> None:
    lines = [json.dumps(ROW | {"n": n}, ensure_ascii=False) for n in range(3)]
    text = "\r\n".join([lines[0], "", lines[1], "no object", lines[2]])
    said = [wrong(1), Said(2, None, None, "ignored", ()), right(3), wrong(4), wrong(5)]
    after = annotated(tmp_path, text, said, encoding).split("\r\n")
    assert [after[1], after[3]] == ["", "no object"]
    rows = [json.loads(after[place].lstrip("\ufeff")) for place in (0, 2, 4)]
    assert [checked(row) for row in rows] == ["rejected", "accepted", "rejected"]
    assert rows == [ROW | {"n": n} for n in range(3)]


def test_one_object_is_one_row(tmp_path: Path) -> None:
    out = json.loads(annotated(tmp_path, json.dumps(ROW), [wrong(1)]))
    assert checked(out) == "rejected"
    assert out == ROW


@pytest.mark.parametrize(
    "row",
    [
        '{"_check": {"a": [1, "}"]}, "行政相对人名称": "甲"}',
        '{"行政相对人名称": "甲", "_check": 7}',
        '{"行政相对人名称": "甲"}',
    ],
)
def test_a_second_check_replaces_the_first(tmp_path: Path, row: str) -> None:
    out = annotated(tmp_path, f"[{row}]", [right(1)])
    assert out.replace("{ ", "{") == '[{"行政相对人名称": "甲", "_check": {"outcome": "accepted", "findings": []}}]'


def test_the_member_says_everything(tmp_path: Path) -> None:
    out = json.loads(annotated(tmp_path, json.dumps([ROW]), [wrong(1, finding(zh='="x"\n'))]))
    assert out[0]["_check"]["findings"] == [
        {"field": "subject_code", "rule": "code.length", "severity": "error", "message_zh": '="x"\n',
         "message_en": "wrong length", "value": "1"}
    ]  # fmt: skip


def test_what_is_sent_again_is_judged_as_before(tmp_path: Path) -> None:
    rows = [full_row(), full_row(行政处罚决定书文号="")]
    (tmp_path / "in.json").write_text(json.dumps(rows), "utf-8")
    before = judged(tmp_path / "in.json")
    annotate(tmp_path / "in.json", before, tmp_path / "out.json", **KNOWN)
    assert (
        [each.outcome for each in judged(tmp_path / "out.json")]
        == [each.outcome for each in before]
        == ["accepted", "rejected"]
    )


def test_rows_longer_than_a_piece(tmp_path: Path) -> None:
    rows = [ROW | {"内容": '长"{' * 100_000}, ROW]
    after = json.loads(annotated(tmp_path, json.dumps(rows, ensure_ascii=False), [wrong(1), right(2)]))
    assert [checked(row) for row in after] == ["rejected", "accepted"]
    assert after == rows
    with open_source(tmp_path / "out.json") as source:
        assert len(list(source.sheets[0].rows)) == 2
