"""What the register says of the organisations that rows claim: asked once a block, remembered within bounds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from xinheng.archive import selectors as archive
from xinheng.core.context import Context
from xinheng.core.findings import Outcome
from xinheng.core.identity import (
    FORMER_CODE,
    Claim,
    Event,
    RegisteredSubject,
    Resolution,
    judge_registration,
    resolve,
)
from xinheng.intake.bulk.block import PLACE_OF, JudgedBlock, ResolvedBlock, claim_of
from xinheng.runtime.script import simplify

OLD_KINDS = ("registration_number", "tax_number")
"""Old codes that can have the shape of a person's number."""
REMEMBERED = 100_000
"""How many organisations and answers one submission keeps in memory."""

_ACCEPTED, _HELD = PLACE_OF[Outcome.ACCEPTED], PLACE_OF[Outcome.HELD]


def known_to_register(values: frozenset[str]) -> frozenset[str]:
    """Which values of a person's shape are codes all the same: the register has them, as unified or as old codes."""
    old = archive.subjects_by_old_code((kind, value) for value in values for kind in OLD_KINDS)
    return archive.known_codes(values) | {value for _, value in old}


@dataclass(slots=True)
class Register:
    """The register as one submission asks it; ``own``: the submission is the register's own file."""

    ctx: Context
    own: bool
    _known: dict[str, RegisteredSubject | None] = field(default_factory=dict)
    _said: dict[tuple[str, str], Resolution] = field(default_factory=dict)

    def resolve(self, block: JudgedBlock) -> ResolvedBlock:
        """Find the organisation of every row that may become a record."""
        claims = self._claims(block)
        answers = self._of_register(block, claims) if self.own else self._of_records(claims)
        findings = dict(block.findings)
        outcomes, subjects = block.outcomes, block.code.alias("subject")
        changed: dict[int, int] = {}
        found: dict[int, str] = {}
        events: dict[int, tuple[Event, ...]] = {}
        for place, answer in answers:
            if answer.findings:
                findings[place] = findings.get(place, ()) + answer.findings
            if answer.outcome is not None and outcomes[place] == _ACCEPTED:
                changed[place] = PLACE_OF[answer.outcome]
            if answer.subject and answer.subject != claims[place].code:
                found[place] = answer.subject
            if answer.events:
                events[place] = answer.events
        return ResolvedBlock(block, _set(outcomes, changed), _set(subjects, found), findings, events)

    def _claims(self, block: JudgedBlock) -> "Claims":
        open_rows = block.outcomes.is_in([_ACCEPTED, _HELD]).arg_true()
        return Claims(block, open_rows)

    def _of_records(self, claims: "Claims") -> Iterator[tuple[int, Resolution]]:
        plain, pairs = claims.plain()
        said = self._usual(pairs)
        for place, pair in plain:
            answer = said[pair]
            if answer.findings or answer.outcome is not None or answer.subject != pairs[pair][0]:
                yield place, answer
        others = claims.others()
        yield from zip(others, self._ask([claims[place] for place in others]), strict=True)

    def _usual(self, pairs: Sequence[tuple[str, str]]) -> list[Resolution]:
        """The answers for rows that name nothing but a unified code, which repeat a lot."""
        new = [pair for pair in pairs if pair not in self._said]
        if len(self._said) + len(new) > REMEMBERED:
            self._said.clear()
            new = list(pairs)
        answers = self._ask([Claim(code, ((FORMER_CODE, code),), name) for code, name in new])
        self._said.update(zip(new, answers, strict=True))
        return [self._said[pair] for pair in pairs]

    def _ask(self, claims: Sequence[Claim]) -> list[Resolution]:
        heads = self._heads(claim.code for claim in claims if claim.code)
        # A code that the register has was not given up: only for the others does it matter which took their place.
        asked = {old for claim in claims for old in claim.old_codes if old[0] != FORMER_CODE or old[1] not in heads}
        by_old = archive.subjects_by_old_code(asked) if asked else {}
        heads |= self._heads(code for subjects in by_old.values() for code in subjects)
        return [resolve(claim, heads, by_old, self.ctx.rulebook, simplify) for claim in claims]

    def _of_register(self, block: JudgedBlock, claims: "Claims") -> Iterator[tuple[int, Resolution]]:
        heads = self._heads(code for code in claims.codes() if code)
        for place in claims.places:
            claim = claims[place]
            values = {name: text for name, column in block.values.items() if (text := column[place]) is not None}
            known = heads.get(claim.code or "")
            yield place, judge_registration(claim, known, values, self.ctx.rulebook, simplify)

    def _heads(self, codes: Iterable[str]) -> dict[str, RegisteredSubject]:
        """What the register knows of these codes, by code; those it does not know are left out."""
        wanted = set(codes)
        known = {code: self._known[code] for code in wanted if code in self._known}
        unknown = wanted - known.keys()
        found = archive.registered(unknown) if unknown else {}
        learnt = {code: found.get(code) for code in unknown}
        if len(self._known) + len(unknown) > REMEMBERED:
            self._known.clear()
        self._known.update(learnt)
        return {code: head for code, head in (known | learnt).items() if head is not None}


@dataclass(frozen=True, slots=True)
class Claims:
    """Whom the open rows of a block name."""

    block: JudgedBlock
    open_rows: pl.Series

    @property
    def places(self) -> list[int]:
        """The rows that may become records."""
        return self.open_rows.to_list()

    def __getitem__(self, place: int) -> Claim:
        return claim_of(self.block, place)

    def codes(self) -> list[str | None]:
        """The unified codes that open rows claim."""
        return self.block.code.gather(self.open_rows).unique().to_list()

    def plain(self) -> tuple[Iterator[tuple[int, int]], list[tuple[str, str]]]:
        """Rows with a unified code alone as (place, number of the pair), and the distinct (code, name) pairs."""
        rows = pl.DataFrame([self.block.code.alias("code"), self.block.name.alias("name")])
        rows = rows.with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
        rows = rows[self.open_rows].filter(
            pl.col("code").is_not_null() & ~pl.col("place").is_in(list(self.block.old_codes) or [-1])
        )
        pairs = rows.select("code", "name").unique(maintain_order=True).with_row_index("pair")
        numbered = rows.join(pairs, on=["code", "name"], how="left", maintain_order="left")
        return zip(numbered["place"].to_list(), numbered["pair"].to_list(), strict=True), pairs.select(
            "code", "name"
        ).rows()

    def others(self) -> list[int]:
        """Open rows without a unified code, or with old codes beside it."""
        return [place for place in self.places if self.block.code[place] is None or place in self.block.old_codes]


def _set(column: pl.Series, changed: Mapping[int, object]) -> pl.Series:
    """The column with some of its places replaced."""
    if not changed:
        return column
    values = pl.Series(list(changed.values()), dtype=column.dtype)
    return column.clone().scatter(list(changed), values)
