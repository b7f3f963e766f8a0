"""Which field a column of an unknown heading may be: candidates with reasons, each field for one column.

A field is proposed where it is plainly the best for its column and the column plainly the best for it;
everything else stays open for a person to decide. What names or holds persons is nobody's candidate but a
person's field's, and that by its heading alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from xinheng.core.cells import Cell
from xinheng.core.mapping.content import PLAIN, Reading, filled, is_personal, reads_as, shown
from xinheng.core.mapping.likeness import ALIAS, FEWEST_INITIALS, Likeness, initials, likeness, program_name
from xinheng.core.mapping.table import Column
from xinheng.core.rulebook.types import Field, ItemEdition, PersonHeadings, Rulebook
from xinheng.core.validation.desk import PERSONAL
from xinheng.core.validation.persons import names_persons
from xinheng.core.values import Bilingual

PROPOSED_FROM, MARGIN = 55, 6
CANDIDATE_FROM, SHOWN_CANDIDATES, SHOWN_SAMPLES = 20, 3, 3
_HEADING_WEIGHT, _ALONE_WEIGHT = 60, 75
_DISAGREEING, _ENOUGH_CELLS = 20, 3
Cells = tuple[Cell, ...]


class State(StrEnum):
    """What is known of a column: the catalogue names it, one field is proposed, several may be it or none is
    found, or it is about persons.
    """

    KNOWN = "known"
    PROPOSED = "proposed"
    OPEN = "open"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A field that a column may be: score 0-100 and why; ``content``: the share of cells that read as it."""

    field: str
    score: int
    reasons: tuple[Bilingual, ...]
    content: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one column may be. ``field``: the field of a known or proposed column. ``samples``: cells as they may
    be shown to anybody; none of a column about persons.
    """

    position: int
    title: str
    state: State
    field: str | None
    candidates: tuple[Candidate, ...]
    samples: tuple[str, ...]


def propose(columns: Sequence[Column], item: ItemEdition, rulebook: Rulebook, today: date) -> tuple[Proposal, ...]:
    """A proposal for each column, in their order. Fields that a known column holds are proposed for no other.

    Pure: the same table gives the same proposals. Content is read with the gate's own readers.
    """
    reading = Reading(rulebook, today)
    drafts = [_draft(column, item, reading) for column in columns]
    taken = {draft.field for draft in drafts if draft.field}
    free = [
        replace(draft, candidates=tuple(each for each in draft.candidates if each.field not in taken))
        if draft.state is State.OPEN
        else draft
        for draft in drafts
    ]
    return tuple(map(_shortened, _eliminated(_assigned(free), item)))


def is_about_persons(column: Column, item: ItemEdition, rulebook: Rulebook, today: date) -> bool:
    """Whether a column may only ever be a person's field: its heading or its cells say so."""
    reading = Reading(rulebook, today)
    return _names_persons(column.title, item, rulebook) or is_personal(filled(column.cells, reading), reading)


def _draft(column: Column, item: ItemEdition, reading: Reading) -> Proposal:
    cells = filled(column.cells, reading)
    if column.known and not _contradicted(cells, item.field(column.known), reading):
        return _known(column, cells, item, reading)
    if _names_persons(column.title, item, reading.rulebook) or is_personal(cells, reading):
        fields = [field for field in item.fields if field.kind in PERSONAL]
        return Proposal(column.position, column.title, State.PERSONAL, None, _ranked(column, (), fields, reading), ())
    fields = [field for field in item.fields if field.kind not in PERSONAL]
    candidates = _ranked(column, cells, fields, reading)
    return Proposal(column.position, column.title, State.OPEN, None, candidates, _samples(cells, reading))


def _contradicted(cells: Cells, field: Field, reading: Reading) -> bool:
    """Whether cells say that the catalogue's own reading of a heading is wrong (CFJG can be 处罚结果 or 处罚机关)."""
    return len(cells) >= _ENOUGH_CELLS and field.kind not in PERSONAL and reads_as(cells, field, reading) == 0


def _known(column: Column, cells: Cells, item: ItemEdition, reading: Reading) -> Proposal:
    field = item.field(column.known or "")
    like = likeness(column.title, field)
    why = like.why if like.score == ALIAS else Bilingual("目录中的列名", "a heading of the catalogue")
    personal = field.kind in PERSONAL or _names_persons(column.title, item, reading.rulebook)
    samples = () if personal else _samples(cells, reading)
    return Proposal(
        column.position, column.title, State.KNOWN, field.id, (Candidate(field.id, ALIAS, (why,)),), samples
    )


def _samples(cells: Cells, reading: Reading) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shown(cell, reading) for cell in cells[: 10 * SHOWN_SAMPLES]))[:SHOWN_SAMPLES]


def _ranked(column: Column, cells: Cells, fields: Sequence[Field], reading: Reading) -> tuple[Candidate, ...]:
    """The fields that a column may be, best first."""
    found = [candidate for field in fields if (candidate := _candidate(column, cells, field, reading))]
    return tuple(sorted(found, key=lambda one: (-one.score, one.field)))


def _candidate(column: Column, cells: Cells, field: Field, reading: Reading) -> Candidate | None:
    like = likeness(column.title, field)
    share = reads_as(cells, field, reading)
    score = _score(like, share, len(cells))
    if score < CANDIDATE_FROM:
        return None
    by_heading = (like.why,) if like.score >= CANDIDATE_FROM else ()
    by_content = (_told(share, field),) if share else ()
    return Candidate(field.id, score, (*by_heading, *by_content), share)


def _score(like: Likeness, share: int | None, cells: int) -> int:
    """Heading and content together; content that contradicts the heading halves it."""
    if share is None:
        return like.score * _ALONE_WEIGHT // 100
    score = (like.score * _HEADING_WEIGHT + share * (100 - _HEADING_WEIGHT)) // 100
    return score // 2 if share < _DISAGREEING and cells >= _ENOUGH_CELLS else score


def _told(share: int, field: Field) -> Bilingual:
    return Bilingual(
        f"样例中 {share}% 可按“{field.label.zh}”读取", f"{share} % of the samples read as “{field.label.en}”"
    )


def _assigned(drafts: Sequence[Proposal]) -> list[Proposal]:
    """Fields given out one by one, best first, each where nothing else comes near for column and field alike."""
    open_ones = {draft.position: draft for draft in drafts if draft.state is State.OPEN}
    chosen: dict[int, str] = {}
    while clear := _clearest(open_ones):
        position, field = clear
        chosen[position] = field
        del open_ones[position]
        open_ones = {p: _without(draft, field) for p, draft in open_ones.items()}
    return [_decided(draft, chosen, open_ones) for draft in drafts]


def _decided(draft: Proposal, chosen: Mapping[int, str], open_ones: Mapping[int, Proposal]) -> Proposal:
    if draft.position in chosen:
        return replace(draft, state=State.PROPOSED, field=chosen[draft.position])
    return open_ones.get(draft.position, draft)


def _clearest(open_ones: Mapping[int, Proposal]) -> tuple[int, str] | None:
    """The column and field of the highest score that is clear of every other for the same column or field."""
    pairs = [(each.score, p, each.field) for p, draft in open_ones.items() for each in draft.candidates]
    for score, position, field in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if score < PROPOSED_FROM:
            return None
        rivals = [s for s, p, f in pairs if (p == position) != (f == field)]
        if score - max(rivals, default=0) >= MARGIN:
            return position, field
    return None


def _without(draft: Proposal, field: str) -> Proposal:
    return replace(draft, candidates=tuple(each for each in draft.candidates if each.field != field))


def _eliminated(drafts: Sequence[Proposal], item: ItemEdition) -> list[Proposal]:
    """A required field that only one open column plainly reads as is proposed for it by content alone, where nothing
    else is likelier there.
    """
    taken = {draft.field for draft in drafts}
    wanted = {one.id for one in item.fields if one.required or one.id == item.subject_code} - taken
    plain = {
        draft.position: {each.field for each in draft.candidates if each.field in wanted and _reads_plainly(each)}
        for draft in drafts
        if draft.state is State.OPEN
    }
    columns = Counter(field for fields in plain.values() for field in fields)
    alone = {p: next(iter(fields)) for p, fields in plain.items() if len(fields) == 1}
    likeliest = {draft.position: draft.candidates[0].field for draft in drafts if draft.candidates}
    chosen = {p: field for p, field in alone.items() if columns[field] == 1 and likeliest[p] == field}
    return [_decided(draft, chosen, {}) for draft in drafts]


def _reads_plainly(candidate: Candidate) -> bool:
    return candidate.content is not None and candidate.content >= PLAIN


def _shortened(draft: Proposal) -> Proposal:
    return replace(draft, candidates=draft.candidates[:SHOWN_CANDIDATES])


def _names_persons(title: str, item: ItemEdition, rulebook: Rulebook) -> bool:
    """By the words of the rulebook, or as a program writes them (CBR for 承办人)."""
    letters = program_name(title)
    return names_persons(title, rulebook.person_headings) or (
        len(letters) >= FEWEST_INITIALS and letters in _personal_initials(item, rulebook.person_headings)
    )


@lru_cache(maxsize=64)
def _personal_initials(item: ItemEdition, listed: PersonHeadings) -> frozenset[str]:
    """Initials of words that name persons, where they are those of no other field's name."""
    persons = {name for field in item.fields if field.kind in PERSONAL for name in field.names} | {*listed.words}
    others = {name for field in item.fields if field.kind not in PERSONAL for name in field.names}
    return frozenset(map(initials, filter(_is_chinese, persons))) - set(map(initials, filter(_is_chinese, others)))


def _is_chinese(name: str) -> bool:
    return not name.isascii()
