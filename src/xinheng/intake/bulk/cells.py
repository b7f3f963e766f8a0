"""The columns of a block judged: plain cells as they are, every other text by the row engine's own functions.

A column in which few texts stand often is judged by its distinct texts alone. In any other one the cells that are not
plain are judged one by one; what stands in it often is remembered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from xinheng.core.cells import RawRow
from xinheng.core.persons import find_person_numbers
from xinheng.core.rulebook.types import Field, FieldKind
from xinheng.core.text import tidy
from xinheng.core.validation.columns import Header
from xinheng.core.validation.desk import PERSONAL, Desk
from xinheng.core.validation.gate import GateContext
from xinheng.core.validation.persons import ambiguous_codes, is_emptied, names_persons
from xinheng.core.validation.single import Alarm, CellVerdict, judge_cell, judge_sound_code
from xinheng.intake.bulk.codes import sound_codes
from xinheng.intake.bulk.plain import plain_cells, surely_filled

_MOST_REMEMBERED = 20_000
_LONGEST_REMEMBERED = 200
_SOME_NAME = "某某"

Flags = pl.Series | bool
"""A Boolean for each row, or one for all of them."""


@dataclass(slots=True)
class Look:
    """What of a column is to be judged: its distinct ``texts`` (``rows`` is None), or those in ``rows``, one by one.

    ``shaped``: those of the texts that hold something like a person's number.
    """

    texts: list[str]
    rows: list[int] | None = None
    shaped: frozenset[str] = frozenset()


@dataclass(slots=True)
class JudgedColumn:
    """What came of one column, all of the block's length.

    ``value``: canonical text or null (None: no row has one); ``kept``; ``held``, ``filled``; ``sure``: names an
    organisation; ``name``: what a claim gives as the subject's name, of that field's columns alone; ``speaking``: cells
    that say more than that, by row; ``shaped``: rows with something like a person's number; ``unplain``: rows of a
    code's column whose cell needed a second look.
    """

    value: pl.Series | None
    kept: pl.Series
    held: Flags
    filled: Flags
    sure: Flags
    name: pl.Series | None = None
    speaking: dict[int, CellVerdict] = field(default_factory=dict)
    shaped: list[int] = field(default_factory=list)
    unplain: list[int] = field(default_factory=list)


class ColumnJudge:
    """Judges one column, block after block.

    Nothing is remembered that has a person's number in it or stands in a person's field.
    """

    def __init__(self, header: Header, about: Field | None, gate: GateContext) -> None:
        """``header``: of this column alone."""
        self.about = about
        self.is_code = about is not None and about.kind is FieldKind.SUBJECT_CODE
        self._is_name = about is not None and about.kind is FieldKind.SUBJECT_NAME
        self._header = header
        self._remembered: dict[str, CellVerdict] = {}
        heading = self._header.leftovers.get(0, "")
        self._empties = (
            names_persons(heading, gate.rulebook.person_headings) if about is None else is_emptied(about, gate)
        )
        self._forgets = self._empties or (about is not None and about.kind in PERSONAL)
        self._emptied: CellVerdict | None = None

    def plain(self, cells: pl.Expr, gate: GateContext) -> pl.Expr | None:
        """Which cells need no second look; None: nothing is known of the column's kind."""
        if self.is_code:
            return None
        if not self._empties:
            return plain_cells(cells, self.about, self._header, gate)
        papers = self.about is not None and self.about.kind is FieldKind.PERSON_PAPERS
        return None if papers else surely_filled(cells, gate.rulebook.placeholders)

    def look(self, texts: list[str], rows: list[int] | None) -> Look:
        """The texts to be judged, with those in which the register may know a code."""
        new = (text for text in dict.fromkeys(texts) if text not in self._remembered)
        return Look(texts, rows, frozenset(text for text in new if find_person_numbers(text)))

    def ambiguous(self, look: Look, gate: GateContext) -> frozenset[str]:
        """Codes of a person's shape among the texts, whose fate the register decides."""
        return ambiguous_codes(RawRow(1, tuple(look.shaped)), None, gate.rulebook) if look.shaped else frozenset()

    def _sound(self, look: Look, gate: GateContext) -> frozenset[str]:
        """Texts that are sound codes, of which nothing but their own reasons can be said."""
        if not self.is_code or not look.texts:
            return frozenset()
        texts = pl.Series(look.texts)
        return frozenset(texts.filter(sound_codes(texts, gate.rulebook.uscc)).to_list())

    def judge(self, cells: pl.Series, look: Look, desk: Desk) -> JudgedColumn:
        """The verdict on every cell; ``desk`` knows which ambiguous codes are the register's."""
        verdicts = self._verdicts(look, desk)
        judged = (
            self._of_few(cells, look, verdicts) if look.rows is None else self._of_many(cells, look, verdicts, desk)
        )
        if look.shaped:
            judged.shaped = cells.is_in(list(look.shaped)).arg_true().to_list()
        return judged

    def _verdicts(self, look: Look, desk: Desk) -> list[CellVerdict]:
        about = self.about
        sound = self._sound(look, desk.gate)
        known = {text: judge_sound_code(text, about, desk) for text in sound if about is not None}
        for text in look.texts:
            if text not in known:
                known[text] = self._verdict(text, text in look.shaped, desk)
        return [known[text] for text in look.texts]

    def _verdict(self, text: str, shaped: bool, desk: Desk) -> CellVerdict:
        found = self._remembered.get(text)
        if found is not None:
            return found
        verdict = judge_cell(text, self._header, desk)
        if not shaped and not self._forgets and not self.is_code and len(text) <= _LONGEST_REMEMBERED:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[text] = verdict
        return verdict

    def _of_few(self, cells: pl.Series, look: Look, verdicts: Sequence[CellVerdict]) -> JudgedColumn:
        texts = look.texts
        speaking = [text for text, verdict in zip(texts, verdicts, strict=True) if _speaks(verdict)]
        judged = JudgedColumn(
            value=_spread(cells, texts, [verdict.value for verdict in verdicts]),
            kept=_text(cells, texts, [verdict.kept for verdict in verdicts]),
            held=_flags(cells, texts, [verdict.held for verdict in verdicts]),
            filled=_flags(cells, texts, [verdict.filled for verdict in verdicts]),
            sure=_flags(cells, texts, [verdict.names_organisation for verdict in verdicts]),
            name=_text(cells, texts, [_name(verdict) for verdict in verdicts]) if self._is_name else None,
        )
        if speaking:
            by_text = dict(zip(texts, verdicts, strict=True))
            rows = cells.is_in(speaking).arg_true()
            said = cells.gather(rows).to_list()
            judged.speaking = {row: by_text[text] for row, text in zip(rows.to_list(), said, strict=True)}
        return judged

    def _of_many(self, cells: pl.Series, look: Look, verdicts: Sequence[CellVerdict], desk: Desk) -> JudgedColumn:
        rows = look.rows or []
        count = len(cells)
        read = not self._empties and self.about is not None
        kept = pl.repeat("", count, eager=True) if self._empties else cells
        judged = JudgedColumn(
            value=_put(cells, rows, [verdict.value for verdict in verdicts]) if read else None,
            kept=_put(kept, rows, [verdict.kept for verdict in verdicts]),
            held=_marked(count, True, rows, [verdict.held for verdict in verdicts]),
            filled=_marked(count, not self._empties, rows, [verdict.filled for verdict in verdicts]),
            sure=_marked(count, self.is_code, rows, [verdict.names_organisation for verdict in verdicts]),
            name=_put(cells, rows, [_name(verdict) for verdict in verdicts]) if self._is_name else None,
            unplain=rows if self.is_code else [],
        )
        if self._empties:
            self._emptied = self._emptied or judge_cell(_SOME_NAME, self._header, desk)
            if _speaks(self._emptied):
                judged.speaking = dict.fromkeys(range(count), self._emptied)
        for row, verdict in zip(rows, verdicts, strict=True):
            judged.speaking.pop(row, None)
            if _speaks(verdict):
                judged.speaking[row] = verdict
        return judged


def _speaks(verdict: CellVerdict) -> bool:
    return bool(verdict.taken or verdict.said or verdict.more or verdict.code) or verdict.alarm is not Alarm.NONE


def _name(verdict: CellVerdict) -> str:
    return tidy(verdict.text) if verdict.filled else ""


def _spread(cells: pl.Series, texts: list[str], told: list[str | None]) -> pl.Series | None:
    """What is told of each distinct text, over the rows."""
    if told == texts:
        return cells
    if not any(told):
        return None
    if len(told) == 1:
        return pl.repeat(told[0], len(cells), dtype=pl.String, eager=True)
    return cells.replace_strict(texts, told, return_dtype=pl.String)


def _text(cells: pl.Series, texts: list[str], told: list[str]) -> pl.Series:
    spread = _spread(cells, texts, list(told))
    return pl.repeat("", len(cells), eager=True) if spread is None else spread


def _flags(cells: pl.Series, texts: list[str], told: list[bool]) -> Flags:
    if all(told) or not any(told):
        return bool(told and told[0])
    return cells.is_in([text for text, flag in zip(texts, told, strict=True) if flag])


def _put(cells: pl.Series, rows: list[int], told: Sequence[str | None]) -> pl.Series:
    return cells.clone().scatter(rows, pl.Series(told, dtype=pl.String)) if rows else cells


def _marked(count: int, plain: bool, rows: list[int], told: list[bool]) -> Flags:
    if all(flag == plain for flag in told):
        return plain
    return pl.repeat(plain, count, eager=True).scatter(rows, told)
