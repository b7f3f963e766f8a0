"""Mappings of headings: proposed for a file, confirmed once by an officer, remembered for the agency.

Reading a file with them is pure (``core/mapping``); here they are read from the file and stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from uuid import UUID, uuid4

from django.db import connection, transaction

from xinheng.accounts.selectors import agency as agency_view
from xinheng.core.canonical import canonical_json
from xinheng.core.cells import RawRow
from xinheng.core.context import Context
from xinheng.core.mapping.adapters import Adapter, header_signature
from xinheng.core.mapping.confirming import CannotMap, Confirming, Decisions, confirmed
from xinheng.core.mapping.proposals import Proposal, propose
from xinheng.core.mapping.table import SAMPLES, Place, columns_at, find_place, is_deep_enough
from xinheng.core.persons import mask_any
from xinheng.core.rulebook.types import ItemEdition, UnknownItem
from xinheng.core.text import fold
from xinheng.core.validation.header import SEARCHED_ROWS
from xinheng.intake import adapter_models as models
from xinheng.intake.readers.errors import UnreadableFile
from xinheng.intake.readers.source import Source, open_source
from xinheng.intake.refusals import refusal
from xinheng.ledger.services import append
from xinheng.runtime.errors import RuntimeRefusal

CONFIRMED, REVOKED = "confirmed", "revoked"
ADAPTER_CONFIRMED = "adapter:mapping:confirmed"
"""An officer confirmed how the headings of an agency's files are read."""
ADAPTER_REVOKED = "adapter:mapping:revoked"
"""An officer took such a confirmation back."""

_LOCK = 0x58_48_41_44
"""Advisory lock class of adapters ("XHAD")."""
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which file the headings are asked, for which item, as which agency's.

    ``sheet``: only this one, else the first that holds something; ``headings``: first and last row of the
    headings as a spreadsheet program counts, (0, 0) for none, else they are looked for.
    """

    source: Path
    item: str
    agency: str
    sheet: str | None = None
    headings: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ProposedMapping:
    """What is proposed for a table, and the version of the mapping that already reads it, if one does."""

    given: Confirming
    sheet: str | None
    first_row: int
    last_row: int
    signature: str
    version: int | None

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """One proposal a column."""
        return self.given.proposals


@dataclass(frozen=True, slots=True)
class AdapterView:
    """One version of a mapping, with who decided it and when."""

    id: UUID
    adapter: Adapter
    state: str
    officer: str
    decided_at: datetime


def mapping_propose(ctx: Context, *, asked: Asked) -> ProposedMapping:
    """Propose a field for each column of a file's table; nothing is stored.

    Raises RuntimeRefusal for an unknown agency or item, a file that cannot be read, and a table that is empty.
    """
    edition = _entitled(ctx, asked)
    sheet, rows = _first_rows(asked)
    place = _place(asked, rows, edition)
    columns = columns_at(rows, place, edition, ctx.rulebook, ctx.today)
    given = Confirming(_code(asked), edition, place, columns, propose(columns, edition, ctx.rulebook, ctx.today))
    signature = header_signature([column.title for column in columns], depth=place.depth, keyed=place.keyed)
    current = next((one for one in adapters_for(_code(asked), edition) if one.signature == signature), None)
    first, last = (rows[place.first].number, rows[place.last - 1].number) if place.depth else (0, 0)
    return ProposedMapping(given, sheet, first, last, signature, current.version if current else None)


def adapter_confirm(ctx: Context, *, asked: Asked, decisions: Decisions, officer: str) -> AdapterView:
    """Store how the headings of this file are read from now on in every file of the agency with the same ones.

    A confirmation that changes nothing is no new version. Raises RuntimeRefusal as `mapping_propose` does, and
    for decisions that make no mapping (``mapping.*``).
    """
    name = _officer(officer)
    proposed = mapping_propose(ctx, asked=asked)
    try:
        adapter = confirmed(proposed.given, decisions, ctx.rulebook, ctx.today)
    except CannotMap as wrong:
        raise RuntimeRefusal(wrong.rule, mask_any(wrong.message.zh), mask_any(wrong.message.en)) from None
    with transaction.atomic():
        _lock(adapter)
        latest = _versions(adapter).order_by("-version").first()
        if latest and latest.state == CONFIRMED and _adapter(latest) == replace(adapter, version=latest.version):
            return _view(latest)
        return _write(ctx, replace(adapter, version=latest.version + 1 if latest else 1), CONFIRMED, name)


def adapter_revoke(ctx: Context, *, adapter: str, officer: str) -> AdapterView:
    """Take a mapping back; files with its headings are read by the catalogue alone again.

    ``adapter``: the id of its version in force. Raises RuntimeRefusal (``mapping.unknown``) for any other.
    """
    name = _officer(officer)
    with transaction.atomic():
        found = models.Adapter.objects.filter(id=_id(adapter)).first()
        if found is None:
            raise _unknown(adapter)
        _lock(_adapter(found))
        latest = _versions(_adapter(found)).order_by("-version").first()
        if latest is None or latest.id != found.id or latest.state != CONFIRMED:
            raise _unknown(adapter)
        return _write(ctx, replace(_adapter(latest), version=latest.version + 1), REVOKED, name)


def adapters_for(agency: str, item: ItemEdition) -> tuple[Adapter, ...]:
    """The mappings in force for one agency's files of one edition of an item, newest first."""
    found = models.Adapter.objects.filter(agency=agency, item=item.id, edition=item.edition)
    latest = found.order_by("signature", "-version").distinct("signature")
    in_force = [_adapter(each) for each in latest if each.state == CONFIRMED]
    return tuple(sorted(in_force, key=lambda one: (-one.version, one.signature)))


def adapter_versions(*, agency: str | None = None, item: str | None = None) -> tuple[AdapterView, ...]:
    """Every version of every mapping (of an agency, of an item), oldest first; nothing is ever lost."""
    found = models.Adapter.objects.order_by("agency", "item", "signature", "version")
    found = found.filter(agency=agency) if agency else found
    return tuple(map(_view, found.filter(item=item) if item else found))


def _entitled(ctx: Context, asked: Asked) -> ItemEdition:
    agency = agency_view(asked.agency)
    if agency is None:
        raise refusal(ctx.rulebook, "agency.unknown", asked.agency)
    try:
        edition = ctx.rulebook.item(asked.item, ctx.today)
    except UnknownItem as unknown:
        raise refusal(ctx.rulebook, "item.unknown", asked.item, known=", ".join(unknown.known)) from None
    if not agency.may_submit(edition.id):
        raise refusal(ctx.rulebook, "agency.item_not_allowed", edition.id, agency=agency.code)
    return edition


def _first_rows(asked: Asked) -> tuple[str | None, list[RawRow]]:
    """The first rows of the table that is asked about, with its sheet's name."""
    try:
        with open_source(asked.source, sheet=asked.sheet) as opened:
            return _of_first_table(opened, hidden=asked.sheet is not None)
    except UnreadableFile as unreadable:
        raise RuntimeRefusal(unreadable.rule, unreadable.message.zh, unreadable.message.en) from None


def _of_first_table(opened: Source, *, hidden: bool) -> tuple[str | None, list[RawRow]]:
    for sheet in opened.sheets:
        rows = [] if sheet.hidden and not hidden else list(islice(sheet.rows, SEARCHED_ROWS + SAMPLES))
        if any(row.cells for row in rows):
            return sheet.name, rows
    raise RuntimeRefusal("mapping.no_rows", "文件中没有可见的数据行", "the file has no visible rows")


def _place(asked: Asked, rows: Sequence[RawRow], edition: ItemEdition) -> Place:
    if asked.headings is None or any(row.keys for row in rows):
        return find_place(rows, edition)
    first, last = asked.headings
    numbers = [row.number for row in rows]
    inside = first <= last and first in numbers and last in numbers
    place = Place(numbers.index(first), numbers.index(last) + 1) if inside else Place(0, 0)
    if (not inside and (first, last) != (0, 0)) or not is_deep_enough(place, rows):
        raise RuntimeRefusal(
            "mapping.headings",
            f"第 {first} 至 {last} 行不能作表头：须在前 {SEARCHED_ROWS} 行内，最多三行；没有表头写 0",
            f"rows {first} to {last} cannot be headings: within the first {SEARCHED_ROWS} rows, at most three; 0: none",
        )
    return place


def _officer(name: str) -> str:
    given = mask_any(fold(name))[:_LONGEST_NAME]
    if not given:
        raise RuntimeRefusal("mapping.officer", "请写明确认人（--as）", "name the officer who decides (--as)")
    return given


def _code(asked: Asked) -> str:
    return asked.agency.strip().upper()


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _unknown(text) from None


def _unknown(text: str) -> RuntimeRefusal:
    shown = mask_any(text)[:_LONGEST_NAME]
    return RuntimeRefusal(
        "mapping.unknown",
        f"没有生效的列名映射“{shown}”。请用 xinheng mapping list 查看",
        f"no mapping {shown!r} is in force. See xinheng mapping list",
    )


def _lock(adapter: Adapter) -> None:
    """One decision on the same headings at a time; there may be no row yet to lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))",
            [_LOCK, f"{adapter.agency}{adapter.item}{adapter.signature}"],
        )


def _versions(adapter: Adapter) -> "models.models.QuerySet[models.Adapter]":
    return models.Adapter.objects.filter(
        agency=adapter.agency, item=adapter.item, edition=adapter.edition, signature=adapter.signature
    )


def _write(ctx: Context, adapter: Adapter, state: str, officer: str) -> AdapterView:
    units = dict(adapter.units)
    columns = [
        {"title": title, "field": found, "unit": units.get(n)}
        for n, (title, found) in enumerate(zip(adapter.titles, adapter.fields, strict=True))
    ]
    stored = models.Adapter.objects.create(
        id=uuid4(), agency=adapter.agency, item=adapter.item, edition=adapter.edition, signature=adapter.signature,
        version=adapter.version, state=state, columns=columns, depth=adapter.depth, keyed=adapter.keyed,
        constants=dict(adapter.constants), officer=officer, decided_at=ctx.now, rulebook=ctx.rulebook.digest,
    )  # fmt: skip
    content = {"columns": columns, "constants": dict(adapter.constants), "depth": adapter.depth, "keyed": adapter.keyed}
    payload = {
        "agency": adapter.agency, "item": adapter.item, "edition": adapter.edition, "signature": adapter.signature,
        "version": adapter.version, "content": sha256(canonical_json(content)).hexdigest(),
    }  # fmt: skip
    append(ctx, kind=ADAPTER_CONFIRMED if state == CONFIRMED else ADAPTER_REVOKED, act=stored.id, payload=payload)
    return _view(stored)


def _view(stored: models.Adapter) -> AdapterView:
    return AdapterView(stored.id, _adapter(stored), stored.state, stored.officer, stored.decided_at)


def _adapter(stored: models.Adapter) -> Adapter:
    return Adapter(
        agency=stored.agency,
        item=stored.item,
        edition=stored.edition,
        version=stored.version,
        titles=tuple(column["title"] for column in stored.columns),
        fields=tuple(column["field"] for column in stored.columns),
        depth=stored.depth,
        keyed=stored.keyed,
        units=tuple((n, column["unit"]) for n, column in enumerate(stored.columns) if column["unit"]),
        constants=tuple(sorted(stored.constants.items())),
    )
