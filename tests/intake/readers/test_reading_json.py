"""JSON: arrays, wrappers, single objects, lines; exact numbers, repeated keys, broken parts."""

import json
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.readers.samples import outcome, read
from xinheng.core.cells import RawRow, RowProblem
from xinheng.intake.readers import Limits, UnreadableFile, open_source

TWO = [RawRow(1, ("甲", 1), keys=("名称", "n")), RawRow(2, ("乙", None), keys=("名称", "n"))]
ITEMS = '[{"名称": "甲", "n": 1}, {"名称": "乙", "n": null}]'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sent.json"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize(
    "text",
    [
        ITEMS,
        f"\n {ITEMS}\n",
        f'{{"data": {ITEMS}}}',
        f'{{"code": 200, "msg": "ok", "rows": {ITEMS}, "errors": []}}',
        f'{{"result": {{"total": 2, "records": {ITEMS}}}}}',
        f'{{"a": {{"b": {{"c": {ITEMS}}}}}}}',
        json.dumps({"data": json.loads(ITEMS)}, ensure_ascii=False, indent=2),
    ],
)
def test_an_array_alone_or_in_a_wrapper(path: Path, text: str, encoding: str) -> None:
    source, rows = read(path, text.encode(encoding))
    assert (source.kind, rows) == ("json", TWO)


def test_lines_with_blank_and_broken_ones(path: Path) -> None:
    lines = ['{"a": 1}', "", '{"a": 2', '{"a": 3}', "7", '{"a": 4}{"a": 5}', "null", '{"a": 6}']
    source, rows = read(path, "\r\n".join(lines) + "\r\n")
    assert source.kind == "json_lines"
    broken = RowProblem.BROKEN_LINE
    assert [(row.number, row.cells, row.problem) for row in rows] == [
        (1, (1,), None),
        (2, (), None),
        (3, (), broken),
        (4, (3,), None),
        (5, (), broken),
        (6, (), broken),
        (7, (), broken),
        (8, (6,), None),
    ]


@pytest.mark.parametrize("first", ['{"a": 1', '{"a": ', "not json at all", '{"a": 1,}'])
def test_lines_whose_first_is_broken(path: Path, first: str) -> None:
    source, rows = read(path, "\n".join([first, '{"a": 2}', '{"a": 3}', '{"a": 4}']))
    assert source.kind == "json_lines"
    assert [row.problem for row in rows] == [RowProblem.BROKEN_LINE, None, None, None]


def test_a_single_object_is_one_row(path: Path) -> None:
    source, rows = read(path, '{\n "a": "x",\n "b": [1, 2]\n}')
    assert source.kind == "json"
    assert rows == [RawRow(1, ("x", "[1,2]"), keys=("a", "b"))]


@pytest.mark.parametrize("text", ["[]", '{"data": []}', '{"result": {"records": []}, "total": 0}'])
def test_no_rows_are_readable(path: Path, text: str) -> None:
    assert read(path, text)[1] == []


def test_numbers_are_exact_and_words_for_none_survive(path: Path) -> None:
    text = '[{"a": 0.10, "b": 91350100000100434300, "c": 1E400, "d": NaN, "e": true, "f": 12.0, "g": "1"}]'
    cells = read(path, text)[1][0].cells
    assert cells == (
        Decimal("0.10"),
        91350100000100434300,
        Decimal("1E400"),
        "NaN",
        True,
        Decimal("12.0"),
        "1",
    )
    assert str(cells[0]) == "0.10"
    assert [type(cell) for cell in cells] == [Decimal, int, Decimal, str, bool, Decimal, str]


def test_numbers_beyond_any_number_stay_text(path: Path) -> None:
    long, huge = "9" * 5000, "1e9999999999999999999999"
    assert read(path, f'[{{"a": {long}, "b": {huge}}}]')[1][0].cells == (long, huge)


def test_nested_values_are_compact_text(path: Path) -> None:
    text = '[{"a": {"b": [1, 0.50, null, "甲\\n", true], "b": {}}}]'
    assert read(path, text)[1][0].cells == ('{"b":[1,0.50,null,"甲\\n",true],"b":{}}',)


def test_a_list_of_texts_is_one_text_with_separators(path: Path) -> None:
    assert read(path, '[{"a": ["罚款", "警告"], "b": ["x", 1], "c": []}]')[1][0].cells == ("罚款;警告", '["x",1]', "[]")


def test_repeated_keys_are_both_kept(path: Path) -> None:
    row = read(path, '[{"a": 1, "b": 2, "a": 3}]')[1][0]
    assert (row.keys, row.cells) == (("a", "b", "a"), (1, 2, 3))


def test_elements_that_are_no_objects(path: Path) -> None:
    rows = read(path, '[{"a": 1}, 7, null, ["x"], {"a": 2}]')[1]
    assert [(row.number, row.problem) for row in rows] == [
        (1, None),
        (2, RowProblem.BROKEN_LINE),
        (3, RowProblem.BROKEN_LINE),
        (4, RowProblem.BROKEN_LINE),
        (5, None),
    ]


def test_characters_that_are_none(path: Path) -> None:
    rows = read(path, b'[{"a": "\\ud800"}, {"a": "\xff"}, {"a": "\\ud83d\\ude00"}, {"a": "x\\u0000"}]')[1]
    assert [row.problem for row in rows] == [RowProblem.UNDECODABLE] * 2 + [None] * 2
    assert [row.cells for row in rows[2:]] == [("😀",), ("x\0",)]


def test_deep_nesting_refuses_its_row_only(path: Path) -> None:
    deep = "[" * 200 + "]" * 200
    rows = read(path, f'[{{"a": {deep}}}, {{"a": 1}}]')[1]
    assert [row.problem for row in rows] == [RowProblem.BROKEN_LINE, None]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[1, 2]", "json.not_rows"),
        ('[["a", "b"], ["1", "2"]]', "json.not_rows"),
        ('[{"a": 1}, {"a": 2}', "file.truncated"),
        ('[{"a": 1}, {"a": "x', "file.truncated"),
        ('{"data": [{"a": 1}, {"a"', "file.truncated"),
        ('{"data": [{"a": 1} {"a": 2}]}', "file.damaged"),
        ('[{"a": 1} {"a": 2}]', "file.damaged"),
        ('[{"a": 1}, ]', "file.damaged"),
        ('[{"a": 1}] x', "file.damaged"),
        ("[" * 5000 + "]" * 5000, "file.damaged"),
        ('{"a": ' * 5000, "file.truncated"),
        ("[", "file.truncated"),
        ('{"x": [{"a": 1}], "y": [{"a": 2}]}', "json.several_lists"),
    ],
)
def test_json_that_is_no_rows(path: Path, text: str, rule: str) -> None:
    assert outcome(path, text.encode()) == rule


def test_the_lists_are_named_but_no_content(path: Path) -> None:
    path.write_text(
        '{"penalties": [{"a": 1}], "11010519491231002X 某人": [{"a": 2}], "a11010519491231002X": [{"a": 3}]}'
    )
    with pytest.raises(UnreadableFile) as refused:
        open_source(path)
    assert "penalties" in refused.value.message.zh
    assert "11010519491231002X" not in refused.value.message.zh + refused.value.message.en + str(refused.value)


def test_a_table_whose_first_cell_has_a_bracket(path: Path) -> None:
    assert read(path, "[代码],名称\n1,甲\n")[0].kind == "csv"
    assert read(path, "{代码},名称\n1,甲\n")[0].kind == "csv"


def test_a_single_object_above_the_limit(path: Path) -> None:
    path.write_text('{"data": [{"a": "' + "x" * 5000 + '"}]}')
    with pytest.raises(UnreadableFile) as refused:
        open_source(path, limits=Limits(json_bytes=1000))
    assert refused.value.rule == "file.too_large"


def test_an_array_is_not_held_in_memory(path: Path) -> None:
    item = json.dumps({"code": "91350100M000100Y43", "text": "某公司" * 30}, ensure_ascii=False)
    path.write_text("[" + ",\n".join([item] * 40_000) + "]")
    tracemalloc.start()
    try:
        with open_source(path) as source:
            count = sum(1 for _ in source.sheets[0].rows)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 40_000
    assert path.stat().st_size > 10_000_000
    assert peak < 8_000_000


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=9),
)
OBJECTS = st.lists(st.dictionaries(st.text("甲ab_", max_size=4), SCALARS, max_size=4), min_size=1, max_size=6)


@settings(max_examples=100, deadline=None)
@given(
    objects=OBJECTS,
    layout=st.sampled_from(["array", "pretty", "wrapped", "lines"]),
    escaped=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-16", "gb18030"]),
)
def test_any_objects_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    objects: list[dict[str, object]],
    layout: str,
    escaped: bool,
    encoding: str,
) -> None:
    texts = {
        "array": lambda: json.dumps(objects, ensure_ascii=escaped),
        "pretty": lambda: json.dumps(objects, ensure_ascii=escaped, indent=2),
        "wrapped": lambda: json.dumps({"code": 0, "data": objects}, ensure_ascii=escaped),
        "lines": lambda: "".join(json.dumps(item, ensure_ascii=escaped) + "\n" for item in [*objects, {"z": 1}]),
    }
    path = tmp_path_factory.mktemp("json") / "t"
    rows = read(path, texts[layout]().encode(encoding))[1]
    expected = [*objects, {"z": 1}] if layout == "lines" else objects
    assert [dict(zip(row.keys or (), row.cells, strict=True)) for row in rows] == expected
    assert [row.number for row in rows] == list(range(1, len(expected) + 1))
