"""Writing down what becomes of a batch: versions, fates, waiting rows, organisations; last the batch and its entry."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import polars as pl

from xinheng.archive.appending import Appending, Fate
from xinheng.archive.copying import copy_rows
from xinheng.archive.services import organisations_register
from xinheng.core.context import Context
from xinheng.core.findings import Outcome
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.gate import finding
from xinheng.documents.store import StoredRows
from xinheng.intake.bulk.block import OUTCOMES, PLACE_OF, ResolvedBlock
from xinheng.intake.events import BATCH_ACCEPTED
from xinheng.intake.filed import filed_as_resolved
from xinheng.intake.judging import REGISTER, Part
from xinheng.intake.models import Batch
from xinheng.intake.receipts import Tally, finding_entry, receipt_number
from xinheng.intake.staged import RegisterRow, registration
from xinheng.ledger.services import append

APPENDED = (Outcome.ACCEPTED, Outcome.UPDATED)
FILED = (*APPENDED, Outcome.UNCHANGED, Outcome.DUPLICATE)
NO_DOUBT = frozenset({"subject.two_names", "subject.name_differs"})
"""Doubts that hold a new row, but not one that the archive has held all along."""
HOLDING = frozenset(
    {
        "subject.unknown", "subject.unknown_old_code", "subject.old_code_contested", "subject.codes_disagree",
        "subject.name_differs", "subject.two_names", "amount.factor_10000",
    }
)  # fmt: skip
"""Rules that make a row wait."""

HELD = {"reason": pl.String, "code": pl.String, "old_codes": pl.String, "name": pl.String}

Entries = list[dict[str, Any]]
Said = dict[int, Entries]
"""By place in a block: what the receipt says of a row."""


@dataclass(slots=True)
class Recording:
    """One batch being written down, block by block, inside the caller's transaction."""

    ctx: Context
    batch: UUID
    item: ItemEdition
    rows: int = 0
    tally: Tally = field(default_factory=Tally)
    parts: dict[Part, None] = field(default_factory=dict)
    appending: Appending = field(init=False)

    def __post_init__(self) -> None:
        self.appending = Appending(self.batch, self.item.id, self.item.edition)
        self.appending.open()

    def block(self, part: Part, resolved: ResolvedBlock, ahead: pl.DataFrame) -> None:
        """Append what becomes a record and note the fate of every row; ``ahead``: rows as filed ahead (filed.py)."""
        first = self.rows
        self.rows += len(resolved.rows)
        self.parts.setdefault(part)
        filed = self._filed(part, resolved, ahead)
        fates = {ordinal - first: fate for ordinal, fate in self.appending.append(filed).items()}
        outcomes = _decided(resolved.outcomes, fates)
        said = self._said(part, resolved, fates)
        self._note(part, resolved, filed, outcomes, (fates, said))
        self._hold(resolved, filed, outcomes, (fates, said))
        if self.item.id == REGISTER:
            self._register(resolved, outcomes, first)
        self._count(outcomes, said)

    def _filed(self, part: Part, resolved: ResolvedBlock, ahead: pl.DataFrame) -> pl.DataFrame:
        rows = filed_as_resolved(self.item, resolved, ahead)
        places = rows["place"]
        return rows.with_columns(
            (places + self.rows - len(resolved.rows)).cast(pl.Int32).alias("ordinal"),
            resolved.rows.numbers.gather(places).alias("source_row"),
            pl.lit(part.name, dtype=pl.String).alias("source_part"),
            (resolved.outcomes.gather(places) == PLACE_OF[Outcome.HELD]).alias("held"),
        )

    def _said(self, part: Part, resolved: ResolvedBlock, fates: Mapping[int, Fate]) -> Said:
        """What is said of each row: with what repeated it, without doubts that an archived row cannot raise."""
        said: Said = {}
        for place in sorted(resolved.findings.keys() | {p for p, fate in fates.items() if fate.repeats}):
            fate = fates.get(place)
            found = resolved.findings.get(place, ())
            if fate and fate.outcome is Outcome.UNCHANGED:
                found = tuple(each for each in found if each.rule not in NO_DOUBT)
            if fate and fate.repeats:
                found = (*found, finding(self.ctx.rulebook, fate.repeats, first=str(fate.earlier or "")))
            row = resolved.rows.numbers[place]
            if found:
                said[place] = [finding_entry(each, row=row, sheet=part.sheet, file=part.file) for each in found]
        return said

    def _note(
        self,
        part: Part,
        resolved: ResolvedBlock,
        filed: pl.DataFrame,
        outcomes: pl.Series,
        told: tuple[Mapping[int, Fate], Said],
    ) -> None:
        """Store the fate of every row that its version alone does not tell."""
        fates, said = told
        silent = outcomes.is_in([PLACE_OF[each] for each in APPENDED])
        places = pl.Series(sorted({*(~silent).arg_true().to_list(), *said}), dtype=pl.Int64)
        first = self.rows - len(resolved.rows)
        names = pl.Series([OUTCOMES[each].value for each in outcomes.gather(places)], dtype=pl.String)
        rows = pl.DataFrame(
            {
                "ordinal": (places + first).cast(pl.Int32),
                "row": resolved.rows.numbers.gather(places),
                "outcome": names,
                "subject": resolved.subjects.gather(places),
                "n": pl.Series([_version(fates.get(p), outcomes[p]) for p in places], dtype=pl.Int32),
                "findings": pl.Series([_written(said.get(p, [])) for p in places], dtype=pl.String),
            }
        )
        keyed = pl.col("outcome").is_in([each.value for each in FILED])
        rows = rows.join(filed.select("ordinal", "key"), on="ordinal", how="left", maintain_order="left")
        copy_rows(
            "intake_row",
            rows.with_columns(
                pl.lit(str(self.batch)).alias("batch_id"),
                pl.lit(part.file, dtype=pl.String).alias("file"),
                pl.lit(part.sheet, dtype=pl.String).alias("sheet"),
                pl.when(keyed).then("key").alias("key"),
            ),
        )

    def _hold(
        self,
        resolved: ResolvedBlock,
        filed: pl.DataFrame,
        outcomes: pl.Series,
        told: tuple[Mapping[int, Fate], Said],
    ) -> None:
        fates, said = told
        first = self.rows - len(resolved.rows)
        held = (outcomes == PLACE_OF[Outcome.HELD]).arg_true().cast(pl.Int64) + first
        waiting = filed.filter(pl.col("ordinal").is_in(held.to_list()))
        told_rows = [
            self._held(resolved, o - first, fates.get(o - first), said.get(o - first, []))
            for o in waiting["ordinal"].to_list()
        ]
        claims = pl.DataFrame(told_rows, schema=HELD, orient="row")
        copy_rows(
            "intake_held",
            waiting.select("ordinal", "body", pl.col("content").alias("values")).with_columns(
                pl.lit(str(self.batch)).alias("batch_id"),
                pl.lit(self.item.id).alias("item"),
                pl.lit(self.item.edition).alias("edition"),
                pl.lit("waiting").alias("state"),
                *claims.iter_columns(),
            ),
        )

    def _held(self, resolved: ResolvedBlock, place: int, fate: Fate | None, said: Entries) -> tuple[str | None, ...]:
        """Why a row waits and whom it names: ``HELD``."""
        claim = resolved.claim(place)
        reasons = [each["rule"] for each in said if each["rule"] in HOLDING]
        repeats = fate.repeats if fate else None
        old_codes = json.dumps([list(old) for old in claim.old_codes], ensure_ascii=False)
        return repeats or (reasons[0] if reasons else "held"), claim.code, old_codes, claim.name

    def _register(self, resolved: ResolvedBlock, outcomes: pl.Series, first: int) -> None:
        appended = outcomes.is_in([PLACE_OF[each] for each in APPENDED]).arg_true().to_list()
        values = resolved.rows.values
        rows = [
            RegisterRow(
                first + place,
                resolved.subjects[place],
                {name: text for name, column in values.items() if (text := column[place]) is not None},
                resolved.events.get(place, ()),
            )
            for place in appended
        ]
        organisations_register(act=self.batch, registrations=[registration(self.item, row) for row in rows])

    def _count(self, outcomes: pl.Series, said: Said) -> None:
        counted = Counter({OUTCOMES[place]: count for place, count in outcomes.value_counts().iter_rows()})
        self.tally.outcomes.update(counted)
        self.tally.warned += sum(any(each["severity"] == "warning" for each in entries) for entries in said.values())

    def finish(
        self,
        *,
        sender: str,
        kind: str,
        stored: StoredRows,
        file_findings: Iterable[dict[str, Any]],
        headers: Mapping[str, dict[str, Any]],
        backfill: bool,
    ) -> int:
        """Complete the batch and number the act; returns its position in the ledger."""
        counts, number, root = self.tally.counts(), receipt_number(self.batch, self.ctx.now), self.appending.root()
        Batch.objects.filter(id=self.batch).update(
            edition=self.item.edition, source_kind=kind, state="done", finished_at=self.ctx.now, counts=counts,
            findings=list(file_findings), root=root, rows_document=stored.name, rows_digest=stored.digest,
            receipt=number, parts=[[part.file, part.sheet] for part in self.parts], headers=dict(headers),
            backfill=backfill,
        )  # fmt: skip
        payload = {
            "agency": sender, "item": self.item.id, "edition": self.item.edition, "batch": str(self.batch),
            "receipt": number, "counts": counts, "rows": stored.digest, "root": root.hex(),
        }  # fmt: skip
        return append(
            self.ctx, kind=BATCH_ACCEPTED, act=self.batch, payload=payload | ({"backfill": True} if backfill else {})
        )


def _decided(outcomes: pl.Series, fates: Mapping[int, Fate]) -> pl.Series:
    if not fates:
        return outcomes
    places = pl.Series([PLACE_OF[fate.outcome] for fate in fates.values()], dtype=pl.UInt8)
    return outcomes.clone().scatter(list(fates), places)


def _version(fate: Fate | None, outcome: int) -> int | None:
    """Which version of its record the row is or equals."""
    if fate is not None:
        return fate.n
    return 1 if OUTCOMES[outcome] is Outcome.ACCEPTED else None


def _written(said: Entries) -> str:
    return json.dumps(said, ensure_ascii=False)
