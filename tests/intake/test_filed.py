"""Columns of filed rows against the core's own functions, row by row."""

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import codes
from xinheng.archive.copying import _lines
from xinheng.core.canonical import canonical_json, record_digest, record_key
from xinheng.core.findings import Outcome
from xinheng.core.identifiers.uscc import bucket_of
from xinheng.core.identity import FORMER_CODE, Claim
from xinheng.core.validation.gate import RowVerdict
from xinheng.intake.bulk.block import ResolvedBlock
from xinheng.intake.bulk.verdicts import from_verdicts
from xinheng.intake.filed import filed_columns
from xinheng.intake.staged import ordered_fields
from xinheng.runtime.context import load_rulebook

RULEBOOK = load_rulebook()
ITEM = RULEBOOK.item("penalty", date(2026, 11, 22))
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=300)
FIELDS = [field.id for field in ITEM.fields if field.id != ITEM.decided_on]


@st.composite
def verdicts(draw: st.DrawFn) -> RowVerdict:
    values = draw(st.dictionaries(st.sampled_from(FIELDS), TEXTS, max_size=8))
    day = draw(st.none() | st.dates().map(lambda each: each.isoformat()))
    values |= {ITEM.decided_on or "": day} if day else {}
    code = draw(st.none() | st.integers(1, 40).map(codes.enterprise))
    old = (("registration_number", draw(TEXTS)),) if code is None or draw(st.booleans()) else ()
    former = ((FORMER_CODE, code),) if code else ()
    outcome = draw(st.sampled_from([Outcome.ACCEPTED, Outcome.HELD, Outcome.REJECTED, Outcome.IGNORED]))
    return RowVerdict(
        1, outcome, values=values, claim=Claim(code, (*old, *former), "某公司"), body=draw(st.none() | TEXTS)
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(verdicts(), min_size=1, max_size=30))
def test_columns_say_what_the_core_says_of_each_row(rows: list[RowVerdict]) -> None:
    block = from_verdicts(rows, ITEM)
    open_rows = [n for n, row in enumerate(rows) if row.outcome in (Outcome.ACCEPTED, Outcome.HELD)]
    resolved = ResolvedBlock(block, block.outcomes, block.code, {}, {})
    filed = filed_columns(ITEM, resolved, pl.Series(open_rows, dtype=pl.Int64))
    assert len(filed) == len(open_rows)
    for place, told in zip(open_rows, filed.iter_rows(named=True), strict=True):
        row = rows[place]
        code = row.claim.code
        owner = code or ":".join(row.claim.old_codes[0])
        parts = [
            owner if part in ("subject", ITEM.subject_code) else row.body or "" if part == ITEM.body_code
            else row.values.get(part, "") for part in ITEM.key
        ]  # fmt: skip
        assert told["key"] == record_key(item="penalty", parts=parts)
        assert told["content"] == canonical_json(dict(row.values)).decode()
        assert told["bucket"] == (bucket_of(code) if code else None)
        assert told["digest"] == record_digest(
            salt=told["salt"], item="penalty", edition=ITEM.edition, subject=code or "",
            fields=ordered_fields(ITEM, row.values),
        )  # fmt: skip
        assert len(told["salt"]) == 16
        assert (told["effective_on"].isoformat() if told["effective_on"] else None) == row.values.get("decided_on")
        assert told["document_number"] == row.values.get(ITEM.document_number or "")
    assert filed["salt"].n_unique() == len(open_rows)


@given(st.lists(st.tuples(st.none() | TEXTS, st.none() | st.binary(max_size=9), st.none() | st.integers(-5, 5))))
def test_copied_lines_read_back_by_the_rules_of_the_format(
    rows: list[tuple[str | None, bytes | None, int | None]],
) -> None:
    """PostgreSQL, "COPY", text format: backslash escapes, tab between cells, \\N for null."""
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.Binary, "c": pl.Int32}, orient="row")
    text = bytes(_lines(frame)).decode() if len(frame) else ""
    unescape = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}

    def cell(written: str) -> str | None:
        if written == "\\N":
            return None
        pieces, at = [], 0
        while at < len(written):
            two = written[at : at + 2]
            pieces.append(unescape.get(two, written[at]))
            at += 2 if two in unescape else 1
        return "".join(pieces)

    lines = [line.split("\t") for line in text.split("\n")[:-1]]
    read = [tuple(map(cell, line)) for line in lines]
    wanted = [(a, None if b is None else f"\\x{b.hex()}", None if c is None else str(c)) for a, b, c in rows]
    assert read == wanted
    assert all("\n" not in piece for line in lines for piece in line)
