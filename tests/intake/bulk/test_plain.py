"""A plain cell is one of which the row engine says nothing: each predicate alone, against the verdict on the cell."""

from dataclasses import replace
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.validation.worked_cases import context, rulebook
from tests.intake.bulk.effort import effort
from tests.intake.bulk.nasty import AMOUNTS, CODES, DATES, EVERYTHING, TEXTS
from tests.intake.bulk.test_judge import EDITIONS, gate_of
from xinheng.core.rulebook.types import Check, FieldKind
from xinheng.core.validation.checks import CHECK_NAMES, run_checks
from xinheng.core.validation.columns import Header
from xinheng.core.validation.desk import Desk
from xinheng.core.validation.single import Alarm, CellVerdict, judge_cell, judge_sound_code
from xinheng.core.values import Severity
from xinheng.intake.bulk.checks import CheckJudge
from xinheng.intake.bulk.codes import plain_codes, sound_codes
from xinheng.intake.bulk.plain import plain_cells, surely_filled
from xinheng.synth.codes import organisation_body, unified_code

FIELDS = list(
    {
        (item.keeps_representative, item.persons is None, field.kind): (item, field)
        for item in EDITIONS
        for field in item.fields
    }.values()
)
PIECES = (
    *EVERYTHING,
    *"0123456789-－ .年月日第号〔〕（）()，。：;'\"＝=<>xX万元",
    "罚款",
    "甲",
    "\u200b",
    "\u3000",
    "１",
    "①",
    "²",
    "Ａ",
)
cells = st.lists(
    st.one_of(
        st.sampled_from(EVERYTHING),
        st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
        st.from_regex(r"[A-Z0-9]{0,4}[0-9]{6,19}[-. /X〕年]?[0-9]{0,8}", fullmatch=True),
        st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
    ),
    min_size=40,
    max_size=120,
)


def masked(texts, predicate):
    return pl.DataFrame({"a": texts}, schema={"a": pl.String}).select(predicate.alias("a")).to_series().to_list()


@pytest.mark.parametrize(("item", "about"), FIELDS, ids=lambda each: getattr(each, "kind", each.id))
def test_a_plain_cell_is_silent(item, about):
    gate = gate_of(item)
    header = Header(1, 1, {0: about.id}, {}, 1)
    predicate = plain_cells(pl.col("a"), about, header, gate)
    desk = Desk(gate, frozenset())
    unnamed = item.persons is not None and item.persons.unnamed and about.kind is FieldKind.SUBJECT_NAME

    @effort(15)
    @given(cells)
    def silent(texts):
        for text, plain in zip(texts, masked(texts, predicate), strict=True):
            if plain:
                verdict = judge_cell(text, header, desk)
                # Whoever is unnamed in an item with persons' rows is looked at row by row.
                verdict = replace(verdict, alarm=Alarm.NONE) if unnamed else verdict
                assert verdict == CellVerdict(True, True, text, text, text), text

    if predicate is not None:
        silent()


@effort(30)
@given(cells)
def test_a_plain_cell_under_an_unknown_heading(texts):
    gate = context("penalty")
    header = Header(1, 1, {}, {0: "窗口叫号"}, 1)
    for text, plain in zip(texts, masked(texts, plain_cells(pl.col("a"), None, header, gate)), strict=True):
        if plain:
            assert judge_cell(text, header, Desk(gate, frozenset())) == CellVerdict(True, True, text, text), text


@effort(30)
@given(cells)
def test_what_surely_says_something(texts):
    placeholders = rulebook().placeholders
    for text, filled in zip(texts, masked(texts, surely_filled(pl.col("a"), placeholders)), strict=True):
        assert not (filled and placeholders.is_placeholder(text, numeric_zero=True)), text


@effort(20)
@given(st.integers(0, 2**32), st.lists(st.sampled_from(CODES)))
def test_codes(seed, others):
    """Codes with and without letters, with days of birth in them, of regions in force, retired and unknown."""
    rng, texts = Random(seed), list(others)
    for _ in range(150):
        prefix = rng.choice(("91", "92", "11", "12", "51", "52", "N1", "62", "13", "A1", "G1", "81"))
        region = rng.choice(("610802", "110105", "999999", "110103", "610118", "441900", "119819", "140681"))
        day = f"{rng.randrange(0, 100):02d}{rng.randrange(1, 13):02d}{rng.randrange(1, 32):02d}{rng.randrange(100):02d}"
        body = rng.choice((day, organisation_body(rng, True), organisation_body(rng, False), "XXX12345", "20010112"))
        code = unified_code(prefix, region, body, rng.choice((None, None, None, "0", "X")))
        texts.append(
            rng.choice((code, code, code, code.lower(), code[:-1] + "X", code[:5] + code[6] + code[5] + code[7:]))
        )
    for item_id in ("penalty", "registration"):
        gate = context(item_id)
        header, desk = Header(1, 1, {0: "subject_code"}, {}, 1), Desk(gate, frozenset())
        column = pl.Series(texts, dtype=pl.String)
        sound, plain = sound_codes(column, gate.rulebook.uscc), plain_codes(column, gate.rulebook.uscc)
        assert plain.any()
        for text, is_sound, is_plain in zip(texts, sound, plain, strict=True):
            assert is_sound or not is_plain
            if is_sound:
                verdict = judge_cell(text, header, desk)
                assert verdict == judge_sound_code(text, gate.item.field("subject_code"), desk), text
                assert bool(verdict.said) or is_plain or text in gate.rulebook.uscc.exceptions, text
            if is_plain:
                assert verdict == CellVerdict(True, True, text, text, text, names_organisation=True), text


AMOUNT_TEXTS = st.lists(
    st.sampled_from(
        (
            *TEXTS[:14],
            "罚款",
            "没收",
            "2",
            "20000",
            "0.35",
            "3500",
            "万",
            "元",
            "万元",
            "，",
            "。",
            "5角",
            "二",
            "约",
            " ",
            "人民币",
            "\u200b",
        )
    ),
    max_size=8,
).map("".join)


@effort(150)
@given(st.lists(st.tuples(st.sampled_from((*AMOUNTS, *DATES)), AMOUNT_TEXTS, st.sampled_from(CODES)), min_size=1))
def test_a_check_that_may_not_speak_is_silent(rows):
    """Every check of the penalty's catalogue over all rows, against the core's own word on each."""
    gate = context("penalty")
    amounts = [amount if amount.replace(".", "", 1).isdigit() and amount[0] != "." else None for amount, _, _ in rows]
    values = {
        "fine_amount": amounts,
        "confiscated_amount": [None if each is None else str(float(each) / 10).removesuffix(".0") for each in amounts],
        "content": [text or None for _, text, _ in rows],
        "decided_on": [cell for cell, _, _ in rows],
        "valid_until": [DATES[at % len(DATES)] for at, _ in enumerate(rows)],
        "public_until": ["open" if at % 2 else None for at, _ in enumerate(rows)],
        "subject_category": ["individual_business" if at % 3 else "organisation" for at, _ in enumerate(rows)],
        "subject_code": [code for _, _, code in rows],
        "penalty_types": ["fine;detention" if at % 5 == 0 else "fine" for at, _ in enumerate(rows)],
    }
    plain = {amount for amount in values["confiscated_amount"] if amount and "e" not in amount}
    values["confiscated_amount"] = [each if each in plain else None for each in values["confiscated_amount"]]
    columns = {name: pl.Series(cells, dtype=pl.String) for name, cells in values.items()}
    desk = Desk(gate, frozenset())
    said: dict[int, list[object]] = {}
    held = set()
    for row, findings, waits in CheckJudge(gate.item).spoken(columns, desk, set()):
        said.setdefault(row, []).extend(findings)
        held.update([row] if waits else [])
    for row in range(len(rows)):
        spoken = run_checks({name: cells[row] for name, cells in values.items() if cells[row] is not None}, desk)
        assert tuple(said.get(row, ())) == spoken.findings
        assert (row in held) == spoken.held


def test_a_check_without_a_predicate_is_asked_of_every_row():
    """A name that only the core knows; here it borrows the function of another."""
    from xinheng.core.validation import checks
    from xinheng.intake.bulk.checks import _MAY_SPEAK

    assert set(_MAY_SPEAK) <= CHECK_NAMES
    gate = context("penalty")
    check = Check("newly_invented", {"from": "decided_on", "to": "valid_until"}, Severity.ERROR)
    item = replace(gate.item, checks=(check,))
    columns = {name: pl.Series(["2026-03-02", "2026-01-01"]) for name in ("decided_on", "valid_until")}
    columns["decided_on"] = pl.Series(["2026-02-02", "2026-02-02"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "_CHECKS", {**checks._CHECKS, "newly_invented": checks._order})
        spoken = list(CheckJudge(item).spoken(columns, Desk(replace(gate, item=item), frozenset()), set()))
    assert [row for row, _, _ in spoken] == [1]
