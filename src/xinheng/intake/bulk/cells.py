"""One column of a block judged: plain cells as they are, every other distinct text by the row engine's functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import polars as pl

from xinheng.core.cells import RawRow
from xinheng.core.persons import find_person_numbers
from xinheng.core.rulebook.types import Field, FieldKind
from xinheng.core.text import tidy
from xinheng.core.validation.columns import Header
from xinheng.core.validation.desk import PERSONAL, Desk
from xinheng.core.validation.gate import GateContext
from xinheng.core.validation.persons import ambiguous_codes, is_emptied, names_persons
from xinheng.core.validation.single import Alarm, CellVerdict, judge_cell, one_column
from xinheng.intake.bulk.plain import plain_cells, surely_filled

_MOST_REMEMBERED = 20_000
_LONGEST_REMEMBERED = 200
_FEW = 4
"""A column in which each text stands this often on average is judged by its distinct texts alone."""
_SOME_NAME = "某某"

Property = TypeVar("Property")


@dataclass(slots=True)
class JudgedColumn:
    """What came of one column, all of the block's length.

    ``value``: canonical text or null; ``kept``; ``held``, ``filled``, ``sure`` (names an organisation): Boolean;
    ``plain``: which cells needed no second look; ``name``: what a claim gives as the subject's name ("" where none),
    of that field's columns alone; ``speaking``: cells that say more than that, by row; ``shaped``: rows with something
    like a person's number.
    """

    value: pl.Series
    kept: pl.Series
    held: pl.Series
    filled: pl.Series
    sure: pl.Series
    plain: pl.Series | None = None
    name: pl.Series | None = None
    speaking: dict[int, CellVerdict] = field(default_factory=dict)
    shaped: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Rest:
    """Cells that are not plain: their rows (None: all), and for each the place of its text among the distinct ones."""

    plain: pl.Series | None
    rows: pl.Series | None
    texts: list[str]
    places: pl.Series
    shaped: frozenset[str]


class ColumnJudge:
    """Judges one column, block after block; remembers texts that stand in it often.

    Nothing is remembered that has a person's number in it or stands in a person's field.
    """

    def __init__(self, header: Header, column: int, about: Field | None) -> None:
        self.about = about
        self.header = one_column(header, column)
        self._remembered: dict[str, CellVerdict] = {}
        self._emptied: CellVerdict | None = None

    def look(self, texts: pl.Series, gate: GateContext) -> _Rest:
        """What of a column is not plain."""
        distinct = texts.unique()
        coded = self.about is not None and self.about.kind is FieldKind.SUBJECT_CODE
        few = len(distinct) * _FEW <= len(texts) and not coded
        plain = None if few else self._plain(texts, gate)
        rows = None if plain is None else (~plain).arg_true()
        rest = texts if rows is None else texts.gather(rows)
        listed = (distinct if rows is None else rest.unique()).to_list()
        places = rest.replace_strict(listed, range(len(listed)), return_dtype=pl.UInt32) if listed else pl.Series()
        shaped = frozenset(text for text in listed if text not in self._remembered and find_person_numbers(text))
        return _Rest(plain, rows, listed, places, shaped)

    def ambiguous(self, rest: _Rest, gate: GateContext) -> frozenset[str]:
        """Codes of a person's shape in these cells, whose fate the register decides."""
        return ambiguous_codes(RawRow(1, tuple(rest.shaped)), None, gate.rulebook) if rest.shaped else frozenset()

    def judge(self, texts: pl.Series, rest: _Rest, desk: Desk) -> JudgedColumn:
        """The verdict on every cell; ``desk`` knows which ambiguous codes are the register's."""
        verdicts = [self._verdict(text, rest.shaped, desk) for text in rest.texts]
        judged = self._spread(texts, rest, verdicts, desk)
        self._note(judged, rest, verdicts)
        return judged

    def _plain(self, texts: pl.Series, gate: GateContext) -> pl.Series | None:
        if self._is_emptied(gate):
            papers = self.about is not None and self.about.kind is FieldKind.PERSON_PAPERS
            return None if papers else surely_filled(texts, gate.rulebook.placeholders)
        return plain_cells(texts, self.about, self.header, gate)

    def _is_emptied(self, gate: GateContext) -> bool:
        """Whether a person stands in each cell of the column, of whom nothing is kept."""
        if self.about is None:
            return names_persons(self.header.leftovers.get(0, ""), gate.rulebook.person_headings)
        return is_emptied(self.about, gate)

    def _verdict(self, text: str, shaped: frozenset[str], desk: Desk) -> CellVerdict:
        known = self._remembered.get(text)
        if known is not None:
            return known
        verdict = judge_cell(text, self.header, desk)
        personal = self._is_emptied(desk.gate) or (self.about is not None and self.about.kind in PERSONAL)
        if not personal and text not in shaped and len(text) <= _LONGEST_REMEMBERED:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[text] = verdict
        return verdict

    def _spread(self, texts: pl.Series, rest: _Rest, verdicts: Sequence[CellVerdict], desk: Desk) -> JudgedColumn:
        """Each property of the verdicts over the rows."""
        emptied = self._of_emptied(desk) if rest.plain is not None else None
        plain_text = pl.repeat("", len(texts), eager=True) if emptied else texts
        no_text = pl.repeat(None, len(texts), dtype=pl.String, eager=True)

        def spread(base: pl.Series, plain: object, of: Callable[[CellVerdict], Property]) -> pl.Series:
            told = [of(verdict) for verdict in verdicts]
            if rest.rows is None:
                return _told(texts, rest, told, base.dtype)
            if not rest.texts or all(each == plain for each in told):
                return base
            return base.clone().scatter(rest.rows, pl.Series(told, dtype=base.dtype).gather(rest.places))

        yes = pl.repeat(True, len(texts), eager=True)
        no = pl.repeat(False, len(texts), eager=True)
        named = self.about is not None and self.about.kind is FieldKind.SUBJECT_NAME
        coded = self.about is not None and self.about.kind is FieldKind.SUBJECT_CODE
        return JudgedColumn(
            value=spread(no_text if emptied or self.about is None else texts, _NEVER, lambda each: each.value),
            kept=spread(plain_text, _NEVER, lambda each: each.kept),
            held=spread(yes, True, lambda each: each.held),
            filled=spread(no if emptied else yes, not emptied, lambda each: each.filled),
            sure=spread(yes if coded else no, coded, lambda each: each.names_organisation),
            plain=rest.plain,
            name=spread(texts, _NEVER, lambda each: tidy(each.text) if each.filled else "") if named else None,
            speaking=dict.fromkeys(rest.plain.arg_true(), emptied) if emptied and rest.plain is not None else {},
        )

    def _of_emptied(self, desk: Desk) -> CellVerdict | None:
        """The one verdict on every name in a field that is emptied on arrival."""
        if not self._is_emptied(desk.gate):
            return None
        self._emptied = self._emptied or judge_cell(_SOME_NAME, self.header, desk)
        return self._emptied

    def _note(self, judged: JudgedColumn, rest: _Rest, verdicts: Sequence[CellVerdict]) -> None:
        """Where cells speak, and where they hold something like a person's number."""
        speaking = [at for at, verdict in enumerate(verdicts) if _speaks(verdict)]
        if speaking:
            for row, place in _where(rest, speaking):
                judged.speaking[row] = verdicts[place]
        if rest.shaped:
            judged.shaped = [row for row, _ in _where(rest, [rest.texts.index(text) for text in rest.shaped])]


_NEVER = object()


def _told(texts: pl.Series, rest: _Rest, told: Sequence[object], dtype: pl.DataType) -> pl.Series:
    """A property told for every distinct text, over all rows."""
    if len(set(told)) == 1:
        return pl.repeat(told[0], len(texts), dtype=dtype, eager=True)
    if told == rest.texts:
        return texts
    return pl.Series(told, dtype=dtype).gather(rest.places)


def _where(rest: _Rest, wanted: Sequence[int]) -> list[tuple[int, int]]:
    """The rows in which the wanted texts stand, with the place of each text."""
    found = rest.places.is_in(wanted).arg_true()
    rows = found if rest.rows is None else rest.rows.gather(found)
    return list(zip(rows.to_list(), rest.places.gather(found).to_list(), strict=True))


def _speaks(verdict: CellVerdict) -> bool:
    return bool(verdict.taken or verdict.said or verdict.more or verdict.code) or verdict.alarm is not Alarm.NONE
