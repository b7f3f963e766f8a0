"""One row put right by its sender: a record, or a row that was rejected. It passes the same gate as any other row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from xinheng.archive import selectors as archive
from xinheng.archive.acts import tree_root
from xinheng.archive.records import RecordId
from xinheng.archive.selectors import VersionView
from xinheng.core.cells import RawRow
from xinheng.core.context import Context
from xinheng.core.findings import Outcome
from xinheng.core.rulebook.types import FieldKind, ItemEdition
from xinheng.core.validation.header import map_keys
from xinheng.documents.store import DocumentStore
from xinheng.intake.entitled import acting_agency, named_officer, require_item, require_sender, required_words
from xinheng.intake.events import ROW_CORRECTED
from xinheng.intake.filing import APPENDED, rows_file
from xinheng.intake.judging import JudgedRow, Part
from xinheng.intake.kept_headers import kept_header, with_changes
from xinheng.intake.models import Batch, Correction, Row
from xinheng.intake.origins import batches_of
from xinheng.intake.receipts import finding_entry
from xinheng.intake.seals import seal_of, seal_shown
from xinheng.intake.single_rows import judged_row, spelled
from xinheng.intake.staged import SUBJECT, stage_row
from xinheng.intake.withdrawals import unknown_record
from xinheng.ledger.services import append
from xinheng.runtime.errors import RuntimeRefusal


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be changed, why and by whom: ``changes`` by field id, code or heading; ``""`` empties a field."""

    changes: Mapping[str, str]
    reason: str
    officer: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """The gate's answer. ``act`` and ``position`` are None where nothing was stored (rejected, held, unchanged)."""

    outcome: Outcome
    findings: tuple[dict[str, Any], ...]
    fields: tuple[str, ...]
    record: RecordId | None = None
    n: int | None = None
    act: UUID | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class _Base:
    """What is corrected: a row of a batch, and the version it stands as (None: it was rejected)."""

    batch: Batch
    ordinal: int
    version: VersionView | None
    agency: str


@transaction.atomic
def record_correct(ctx: Context, *, record: RecordId, agency: str, told: Told) -> Corrected:
    """Append a new version of a record with some fields changed; what a record is known by cannot change.

    Raises RuntimeRefusal for an unknown or withdrawn record, an agency without a say, an unknown or identifying
    field, or a record that somebody changed meanwhile. What the gate says of the row comes back; nothing is stored
    unless it is taken.
    """
    acting, reason = acting_agency(ctx, agency), required_words(told.reason)
    version = archive.current(record)
    batch = batches_of([version.act]).get(version.act) if version else None
    if version is None or batch is None:
        raise unknown_record(record)
    require_sender(acting, batch.agency, body=version.body)
    require_item(ctx, acting, version.item)
    if version.withdrawn:
        raise _withdrawn(record)
    edition = ctx.rulebook.edition(version.item, version.edition)
    changes = _named_changes(edition, told.changes)
    _require_no_key(edition, changes)
    cells = spelled(ctx.rulebook, edition, version.values) | changes
    row = RawRow(version.source_row, tuple(cells.values()), tuple(cells))
    header = map_keys(tuple(cells), edition)
    judged = judged_row(ctx, edition=edition, sender=batch.agency, row=row, header=header, part=version.source_part)
    base = _Base(batch, version.ordinal, version, acting.code)
    return _take(ctx, base, judged, Told(changes, reason, told.officer))


@transaction.atomic
def row_correct(
    ctx: Context, *, batch: UUID, row: int, agency: str, told: Told, store: DocumentStore, sheet: str | None = None
) -> Corrected:
    """Judge a rejected row of a batch anew with some fields changed, as if it stood so in the file.

    The row is read as the gate left it. Raises RuntimeRefusal as :func:`record_correct`, and for a row that was not
    rejected, is put right already, or whose columns were not kept.
    """
    acting, reason = acting_agency(ctx, agency), required_words(told.reason)
    found = Batch.objects.select_for_update(no_key=True).get(id=batch, state="done")
    require_sender(acting, found.agency)
    require_item(ctx, acting, found.item)
    fate = _rejected_row(found, row, sheet)
    part = Part(fate.file, fate.sheet).name
    kept = store.row(found.rows_document, part, row)
    entry = found.headers.get(part or "")
    if kept is None or entry is None:
        raise _not_kept(row)
    edition = ctx.rulebook.edition(found.item, found.edition)
    changes = _named_changes(edition, told.changes)
    header, cells = with_changes(kept_header(entry), kept.cells, changes)
    judged = judged_row(ctx, edition=edition, sender=found.agency, row=RawRow(row, cells), header=header, part=part)
    base = _Base(found, fate.ordinal, None, acting.code)
    return _take(ctx, base, judged, Told(changes, reason, told.officer))


def _take(ctx: Context, base: _Base, judged: JudgedRow, told: Told) -> Corrected:
    findings = tuple(
        finding_entry(each, row=judged.verdict.number, sheet=judged.part, file=None) for each in judged.findings
    )
    fields = _changed(base, judged, told)
    if judged.outcome is not Outcome.ACCEPTED:
        return Corrected(judged.outcome, findings, fields)
    item, edition = (base.version.item, base.version.edition) if base.version else (base.batch.item, base.batch.edition)
    filed_under = ctx.rulebook.edition(item, edition)
    staged = stage_row(ctx, filed_under, judged, base.ordinal)
    if base.version and (staged.subject, staged.key) != (base.version.id.subject, base.version.id.key):
        raise _identifies(filed_under)
    act = uuid4()
    (filed,) = rows_file(act=act, edition=filed_under, rows=[staged])
    record = filed.record
    if filed.outcome not in APPENDED:
        return Corrected(filed.outcome, findings, fields, record, filed.n)
    before = base.version.n if base.version else 0
    if base.version and filed.n != before + 1:
        raise _outdated(record)
    row = Correction(
        act=act, batch=base.batch, ordinal=base.ordinal, subject=record.subject, key=record.key, n_before=before,
        fields=list(fields), agency=base.agency, officer=named_officer(told.officer), reason=told.reason,
        corrected_at=ctx.now,
    )  # fmt: skip
    position = _write(ctx, row, item, edition)
    return Corrected(filed.outcome, findings, fields, record, filed.n, act, position)


def _write(ctx: Context, row: Correction, item: str, edition: str) -> int:
    payload = {
        "agency": row.agency, "batch": str(row.batch_id), "item": item, "edition": edition,
        "fields": row.fields, "root": tree_root(row.act).hex(),
    }  # fmt: skip
    row.seal = seal_of({**payload, "officer": row.officer, "reason": row.reason})
    row.save(force_insert=True)
    return append(ctx, kind=ROW_CORRECTED, act=row.act, payload={**payload, "seal": seal_shown(row.seal)})


def _changed(base: _Base, judged: JudgedRow, told: Told) -> tuple[str, ...]:
    """Which stored fields differ from the version before; of a rejected row those that were given."""
    if base.version is None or judged.outcome is not Outcome.ACCEPTED:
        return tuple(sorted(told.changes))
    before, after = base.version.values, judged.verdict.values
    return tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name)))


def _named_changes(edition: ItemEdition, changes: Mapping[str, str]) -> dict[str, str]:
    """The changes by field id, whatever their fields were called."""
    named: dict[str, str] = {}
    for name, value in changes.items():
        field_id = map_keys((name,), edition).columns.get(0)
        if field_id is None:
            known = ", ".join(field.id for field in edition.fields)
            raise RuntimeRefusal(
                "correction.field_unknown",
                f"该事项没有这个字段。可更正的字段：{known}。",
                f"The item has no such field. Its fields are: {known}.",
            )
        named[field_id] = value
    if not named:
        raise RuntimeRefusal(
            "correction.nothing", "没有给出要更正的字段。", "No field to correct was given: --set field=value."
        )
    return named


def _require_no_key(edition: ItemEdition, changes: Mapping[str, str]) -> None:
    identifying = {edition.subject_code, *edition.key, *([edition.body_code] if edition.body_code else [])} - {SUBJECT}
    old = {field.id for field in edition.fields if field.kind is FieldKind.OLD_CODE}
    if not changes.keys().isdisjoint(identifying | old):
        raise _identifies(edition)


def _identifies(edition: ItemEdition) -> RuntimeRefusal:
    names = "、".join(edition.field(part).label.zh for part in edition.key if part != SUBJECT)
    return RuntimeRefusal(
        "correction.key_field",
        f"主体和标识字段（{names}）不能更正：改变后就是另一条记录。请撤回该记录后重新报送。",
        "The organisation and the fields that a record is known by cannot be corrected: with others it is another "
        "record. "
        "Withdraw it and send it anew.",
    )


def _withdrawn(record: RecordId) -> RuntimeRefusal:
    return RuntimeRefusal(
        "correction.withdrawn",
        f"记录 {record} 已撤回，不能更正。请重新报送。",
        f"The record {record} was withdrawn and cannot be corrected. Send it again.",
    )


def _outdated(record: RecordId) -> RuntimeRefusal:
    return RuntimeRefusal(
        "correction.outdated",
        f"记录 {record} 在此期间已有新版本，本次更正没有保存。请查看后再更正。",
        f"The record {record} got a new version meanwhile; nothing was stored. Look at it and correct that one.",
    )


def _rejected_row(batch: Batch, row: int, sheet: str | None) -> Row:
    stood = {"sheet": sheet} if sheet else {}
    found = list(Row.objects.filter(batch=batch, row=row, outcome=Outcome.REJECTED.value, **stood)[:2])
    fate = found[0] if len(found) == 1 else None
    if fate is None:
        raise RuntimeRefusal(
            "row.not_rejected",
            f"该批次没有被退回的第 {row} 行。已入库的记录请按记录编号更正；有多个工作表时请指明工作表。",
            f"Row {row} of that batch was not rejected. Correct records by their name; name the sheet where there are "
            "several.",
        )
    if Correction.objects.filter(batch=batch, ordinal=fate.ordinal).exists():
        raise RuntimeRefusal(
            "row.corrected_already",
            f"第 {row} 行已经更正入库。请按记录编号继续更正。",
            f"Row {row} was put right already. Correct its record by name from now on.",
        )
    return fate


def _not_kept(row: int) -> RuntimeRefusal:
    return RuntimeRefusal(
        "row.not_kept",
        f"第 {row} 行没有可供更正的留存内容（损坏的行不留存）。请在文件中更正后重新报送。",
        f"Nothing of row {row} was kept that could be put right (broken rows are not). Mend it in the file and "
        f"send it again.",
    )
