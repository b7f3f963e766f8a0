"""Closed lists: read against their own terms, never guessed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.choices import ChoiceList, ChoiceReading, Term, nearest_terms, read_choice

CATEGORIES = ChoiceList(
    "penalty_category",
    (
        Term("warning", "警告", "Warning", ("1",)),
        Term("criticism", "通报批评", "Notice of criticism"),
        Term("fine", "罚款", "Fine", ("2",)),
        Term("confiscation", "没收违法所得、没收非法财物", "Confiscation", ("3",)),
        Term("gains", "没收违法所得", "Confiscation of gains"),
        Term("closure", "责令停产停业", "Suspension of business", ("4",)),
        Term("other", "其他", "Other", ("其它", "9", "法律、行政法规规定的其他行政处罚")),
    ),
    other="other",
)


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("警告", ("warning",)),
        ("警告;罚款", ("warning", "fine")),
        ("警告；罚款", ("warning", "fine")),
        ("警告、罚款", ("warning", "fine")),
        ("警告，罚款", ("warning", "fine")),
        ("警告/罚款|责令停产停业", ("warning", "fine", "closure")),
        ("警告 罚款", ("warning", "fine")),
        ("警告\n罚款\n", ("warning", "fine")),
        ("罚款;罚款", ("fine",)),
        ("没收违法所得、没收非法财物", ("confiscation",)),
        ("罚款、没收违法所得、没收非法财物", ("fine", "confiscation")),
        ("没收违法所得、罚款", ("gains", "fine")),
        ("罚 款", ("fine",)),
        ("２", ("fine",)),
        ("1,2", ("warning", "fine")),
        ("\ufeff警告\u200b", ("warning",)),
        ("", ()),
        (" ；", ()),
    ],
)
def test_cells_that_choose(cell, codes):
    assert read_choice(cell, CATEGORIES) == ChoiceReading(codes)


@pytest.mark.parametrize("cell", ["警告罚款", "12", "罚款5万元", "责令停产", "其他行政处罚"])
def test_a_value_outside_the_list_is_unknown_as_a_whole(cell):
    reading = read_choice(cell, CATEGORIES)
    assert reading.codes == ()
    assert reading.unknown == (cell,)
    assert reading.problems == ("choice.unknown",)


def test_known_and_unknown_values_side_by_side():
    reading = read_choice("罚款、约谈、警告", CATEGORIES)
    assert reading.codes == ("fine", "warning")
    assert reading.unknown == ("约谈",)


@pytest.mark.parametrize(
    ("cell", "nearest"),
    [
        ("责令停产", "责令停产停业"),
        ("通报", "通报批评"),
        ("罚金", "罚款"),
        ("没收非法财物", "没收违法所得、没收非法财物"),
    ],
)
def test_the_nearest_permitted_value_comes_first(cell, nearest):
    assert nearest_terms(cell, CATEGORIES)[0] == nearest
    assert read_choice(cell, CATEGORIES).nearest[0] == nearest


@pytest.mark.parametrize(
    ("cell", "codes", "explanation"),
    [
        ("其他（撤销登记）", ("other",), "撤销登记"),
        ("其他(撤销（部分）登记);警告", ("other", "warning"), "撤销(部分)登记"),
        ("其它：约谈、告诫", ("other",), "约谈、告诫"),
        ("罚款；其他-公开道歉；警告", ("fine", "other", "warning"), "公开道歉"),
        ("其他—公开道歉", ("other",), "公开道歉"),
        ("9：公开道歉", ("other",), "公开道歉"),
    ],
)
def test_other_with_its_explanation(cell, codes, explanation):
    assert read_choice(cell, CATEGORIES) == ChoiceReading(codes, explanation=explanation)


@pytest.mark.parametrize("cell", ["其他", "其他（）", "其他：", "9", "罚款、其他", "法律、行政法规规定的其他行政处罚"])
def test_other_alone_says_too_little(cell):
    assert read_choice(cell, CATEGORIES).problems == ("choice.other_without_explanation",)


def test_a_list_without_other_has_no_other():
    status = ChoiceList("status", (Term("valid", "有效", "Valid", ("1",)), Term("void", "无效", "Void", ("2",))))
    assert read_choice("其他（注销）", status).problems == ("choice.unknown",)
    assert read_choice("1.0", status).problems == ("choice.unknown",)


def test_several_values_where_one_may_stand():
    assert read_choice("警告;罚款", CATEGORIES, multiple=False).problems == ("choice.several",)
    assert read_choice("没收违法所得、没收非法财物", CATEGORIES, multiple=False).problems == ()


def test_a_list_that_contradicts_itself_does_not_exist():
    with pytest.raises(ValueError, match="names two terms"):
        ChoiceList("x", (Term("a", "甲", "A", ("1",)), Term("b", "乙", "B", ("１",))))
    with pytest.raises(ValueError, match="not one of its terms"):
        ChoiceList("x", (Term("a", "甲", "A"),), other="b")
    with pytest.raises(KeyError, match="no term"):
        CATEGORIES.term("nothing")
    assert CATEGORIES.term("fine").en == "Fine"


SPELLINGS = {spelling: term.code for term in CATEGORIES.terms for spelling in (term.zh, *term.aliases)}
PLAIN = sorted(spelling for spelling, code in SPELLINGS.items() if code != "other")


def slow(cell: str) -> list[str] | None:
    """The reference: cut at every separator, then join the most pieces that make a term, from the left."""
    pieces = re.split(r"([;；,，、/| \n])", cell)
    best: list[str] = []
    at = 0
    while at < len(pieces):
        ends = [end for end in range(len(pieces), at, -1) if "".join(pieces[at:end]) in SPELLINGS]
        if not ends:
            return None
        best.append(SPELLINGS["".join(pieces[at : ends[0]])])
        at = ends[0] + 1
    return best


@given(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=6), st.data())
def test_any_row_of_terms_with_any_separators(terms, data):
    cell = terms[0] + "".join(data.draw(st.sampled_from(list(";；,，、/| \n"))) + term for term in terms[1:])
    expected = slow(cell)
    assert expected is not None
    assert read_choice(cell, CATEGORIES) == ChoiceReading(tuple(dict.fromkeys(expected)))


@given(st.text("警告罚款其他、；() 1:", max_size=12))
def test_nothing_is_lost_and_nothing_invented(cell):
    reading = read_choice(cell, CATEGORIES)
    assert set(reading.codes) <= {term.code for term in CATEGORIES.terms}
    assert bool(reading.codes or reading.unknown) == bool(cell.strip("、； "))
    assert all(piece in cell.replace(" ", "") or piece in cell for piece in reading.unknown)
    assert ("choice.unknown" in reading.problems) == bool(reading.unknown) == bool(reading.nearest)
