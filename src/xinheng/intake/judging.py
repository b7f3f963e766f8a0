"""From an opened file to judged rows, block by block: the pure checks decide, this room looks things up for them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from xinheng.accounts.selectors import AgencyView
from xinheng.archive import selectors as archive
from xinheng.core.cells import RawRow, RawSheet
from xinheng.core.context import Context
from xinheng.core.findings import Finding, Outcome
from xinheng.core.identity import RegisteredSubject, Resolution, judge_registration, resolve
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.engine import ambiguous_codes, judge
from xinheng.core.validation.gate import AgencyFacts, GateContext, RowVerdict, finding
from xinheng.core.validation.header import (
    SEARCHED_ROWS,
    Header,
    best_items,
    find_header,
    map_keys,
    missing_columns,
    other_item,
)
from xinheng.intake.refusals import refusal
from xinheng.runtime.script import simplify

BLOCK = 2000
REGISTER = "registration"
OLD_KINDS = ("registration_number", "tax_number")
"""Old codes that can have the shape of a person's number."""


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """One row with the gate's verdict and what the register says of its subject."""

    part: str | None
    verdict: RowVerdict
    resolution: Resolution

    @property
    def outcome(self) -> Outcome:
        """The graver of the two answers."""
        held = self.verdict.outcome is Outcome.ACCEPTED and self.resolution.outcome is not None
        return self.resolution.outcome if held and self.resolution.outcome else self.verdict.outcome

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that is said of the row."""
        return self.verdict.findings + self.resolution.findings


@dataclass(slots=True)
class Judging:
    """One file's way through the checks.

    ``keyed``: the file names every cell by a key (JSON), so there is no header row.
    ``batch_findings`` are said of the whole file.
    """

    ctx: Context
    item: ItemEdition
    sender: str
    agencies: dict[str, AgencyView]
    keyed: bool = False
    batch_findings: list[Finding] = field(default_factory=list)
    tables: int = 0

    def blocks(self, sheets: tuple[RawSheet, ...], *, only: str | None) -> Iterator[list[JudgedRow]]:
        """Judged rows of every visible table, in blocks. Raises RuntimeRefusal when no table is this item's."""
        for sheet in sheets:
            if sheet.hidden and only is None:
                self._say("sheet.hidden_skipped", sheet.name or "")
                continue
            yield from self._table(sheet)
        if not self.tables:
            self._refuse_unknown(sheets)

    def _table(self, sheet: RawSheet) -> Iterator[list[JudgedRow]]:
        first = list(islice(sheet.rows, SEARCHED_ROWS))
        if not any(row.cells or row.problem for row in first):
            self.tables += self.keyed
            return
        header = None if self.keyed else find_header(first, self.item)
        if not (self._fits(first) if self.keyed else header):
            self._say("sheet.no_header", sheet.name or "")
            return
        if self._other_item(first):
            self._say("sheet.other_item", sheet.name or "")
            return
        self.tables += 1
        if header is not None:
            self._say_columns(header)
        part = _part(sheet)
        rows = iter(sheet.rows)
        while block := list(islice(rows, BLOCK)):
            yield self._block(part, [row for row in block if header is None or row.number > header.last_row], header)

    def _block(self, part: str | None, rows: list[RawRow], header: Header | None) -> list[JudgedRow]:
        headers = [header or map_keys(row.keys or (), self.item) for row in rows]
        unclear = frozenset().union(
            *(ambiguous_codes(row, head, self.ctx.rulebook) for row, head in zip(rows, headers, strict=True))
        )
        gate = self._gate(_known_to_register(unclear))
        verdicts = [judge(row, head, gate) for row, head in zip(rows, headers, strict=True)]
        by_code, by_old = self._register(verdicts)
        return [JudgedRow(part, verdict, self._resolve(verdict, by_code, by_old)) for verdict in verdicts]

    def _gate(self, known: frozenset[str]) -> GateContext:
        facts = {a.code: AgencyFacts(a.code, a.name, a.sends_for) for a in self.agencies.values()}
        return GateContext(
            item=self.item,
            rulebook=self.ctx.rulebook,
            today=self.ctx.today,
            sender=self.sender,
            agencies=facts,
            known_codes=known,
            is_register=self.item.id == REGISTER,
        )

    def _register(
        self, verdicts: list[RowVerdict]
    ) -> tuple[dict[str, RegisteredSubject], dict[tuple[str, str], tuple[str, ...]]]:
        """What the register knows of the codes that these rows claim."""
        claims = [verdict.claim for verdict in verdicts if verdict.outcome in (Outcome.ACCEPTED, Outcome.HELD)]
        by_old = archive.subjects_by_old_code({old for claim in claims for old in claim.old_codes})
        codes = {claim.code for claim in claims if claim.code}
        codes.update(code for subjects in by_old.values() for code in subjects)
        return archive.registered(codes), by_old

    def _resolve(
        self,
        verdict: RowVerdict,
        by_code: dict[str, RegisteredSubject],
        by_old: dict[tuple[str, str], tuple[str, ...]],
    ) -> Resolution:
        if verdict.outcome not in (Outcome.ACCEPTED, Outcome.HELD):
            return Resolution(None, None)
        if self.item.id == REGISTER:
            known = by_code.get(verdict.claim.code or "")
            return judge_registration(verdict.claim, known, verdict.values, self.ctx.rulebook, simplify)
        return resolve(verdict.claim, by_code, by_old, self.ctx.rulebook, simplify)

    def _say_columns(self, header: Header) -> None:
        unknown = [title for title in header.leftovers.values() if title]
        if unknown:
            self._say("batch.leftover_columns", "、".join(unknown))
        missing = missing_columns(header, self.item)
        if missing:
            labels = [self.item.field(each).label for each in missing]
            said = finding(self.ctx.rulebook, "header.missing_column", None, "、".join(label.zh for label in labels))
            self.batch_findings.append(said)

    def _say(self, rule: str, value: str) -> None:
        self.batch_findings.append(finding(self.ctx.rulebook, rule, None, value))

    def _fits(self, rows: list[RawRow]) -> bool:
        fit = best_items(rows, [self.item])
        return bool(fit) and fit[0].known >= 2

    def _other_item(self, rows: list[RawRow]) -> str | None:
        """The item whose table this plainly is, if it is another's: no row of it is taken for this one."""
        editions = [self.ctx.rulebook.item(item, self.ctx.today) for item in self.ctx.rulebook.items]
        return other_item(best_items(rows, editions), self.item.id)

    def _refuse_unknown(self, sheets: tuple[RawSheet, ...]) -> None:
        """Nothing here is this item's table: say what it rather looks like, or which columns were wanted."""
        for sheet in sheets:
            other = self._other_item(list(islice(sheet.rows, SEARCHED_ROWS)))
            if other:
                raise refusal(self.ctx.rulebook, "item.wrong", other, item=self.item.id)
        raise refusal(self.ctx.rulebook, "gate.no_header", self.item.id)


def _known_to_register(values: frozenset[str]) -> frozenset[str]:
    """Which values of a person's shape are codes all the same: the register has them, as unified or as old codes."""
    if not values:
        return frozenset()
    old = archive.subjects_by_old_code((kind, value) for value in values for kind in OLD_KINDS)
    return archive.known_codes(values) | {value for _, value in old}


def _part(sheet: RawSheet) -> str | None:
    """The name under which outcomes give the table: its sheet, inside its file where there are several."""
    return sheet.name
