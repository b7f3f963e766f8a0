"""An archive that is already large: versions copied straight into its tables, as the gate would have written them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import NAMESPACE_OID, UUID, uuid5

import polars as pl
from django.db import connection, transaction

from xinheng.bench.made.organisations import MadeOrganisations
from xinheng.bench.made.phrases import AGENCY_CODE
from xinheng.bench.made.rows import Order, clean_blocks
from xinheng.bench.scratch import Scratch
from xinheng.core.canonical import record_digest, record_key
from xinheng.core.identifiers.uscc import bucket_of
from xinheng.core.rulebook.types import ItemEdition
from xinheng.ledger.services import append

LOADED = "bench:rows:loaded"
ITEMS = ("penalty", "licence")
COLUMNS = (
    "bucket", "subject", "key", "n", "item", "edition", "body", "document_number", "effective_on", "act", "ordinal",
    "source_row", "salt", "digest", "content",
)  # fmt: skip
STORED = {
    "法人及非法人组织": "organisation", "普通": "ordinary",
    "罚款": "fine", "警告": "warning", "警告;罚款": "warning;fine",
}  # fmt: skip
"""Words of the made files as the gate stores them."""


@dataclass(frozen=True, slots=True)
class Load:
    """``rows`` versions, half of each item, of another ``seed`` than what is sent later."""

    rows: int
    subjects: MadeOrganisations
    seed: int
    narrow: bool = False


def load(scratch: Scratch, wanted: Load, items: Sequence[str] = ITEMS) -> None:
    """Copy the versions in, one ledger entry a block; ``items``: only those halves."""
    for item in items:
        rows = wanted.rows // len(ITEMS)
        order = Order(item, rows, wanted.subjects, scratch.ctx.today, wanted.seed, narrow=wanted.narrow)
        for number, block in enumerate(clean_blocks(order)):
            _load_block(scratch, order, number, block)


def _load_block(scratch: Scratch, order: Order, number: int, block: pl.DataFrame) -> None:
    """One act: its rows in the order of their place in the archive, then its entry."""
    act = uuid5(NAMESPACE_OID, f"{order.seed} {order.item} {number} {order.rows}")
    edition = scratch.ctx.rulebook.item(order.item, scratch.ctx.today)
    rows = sorted(_versions(edition, block, act, Random(str(act))))  # noqa: S311 - salts of made-up rows
    with transaction.atomic():
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY archive_version ({', '.join(COLUMNS)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        append(scratch.ctx, kind=LOADED, act=act, payload={"rows": len(rows)})


def _versions(edition: ItemEdition, block: pl.DataFrame, act: UUID, rng: Random) -> Iterator[tuple[object, ...]]:
    fields = _fields(edition, block.columns)
    names = [field.id for field in edition.fields if field.id in fields.values()]
    for ordinal, cells in enumerate(block.iter_rows(named=True)):
        values = {fields[title]: STORED.get(cell, cell) for title, cell in cells.items() if cell}
        values |= {"status": "valid"} if "status" in values else {}
        yield _version(edition, names, values, (act, ordinal, rng.randbytes(16)))


def _version(
    edition: ItemEdition, names: list[str], values: Mapping[str, str], act: tuple[UUID, int, bytes]
) -> tuple[object, ...]:
    subject, salt = values["subject_code"], act[2]
    own = {"subject": subject, "body_code": AGENCY_CODE}
    key = record_key(item=edition.id, parts=[own.get(part) or values.get(part, "") for part in edition.key])
    digest = record_digest(
        salt=salt, item=edition.id, edition=edition.edition, subject=subject,
        fields=[(name, values[name]) for name in names if name in values],
    )  # fmt: skip
    # All names of fields are ASCII: sorted like this the text is the canonical one, in a tenth of its time.
    return (
        bucket_of(subject), subject, key, 1, edition.id, edition.edition, AGENCY_CODE, values["document_number"],
        date.fromisoformat(values["decided_on"]), act[0], act[1], act[1] + 2, salt, digest,
        json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    )  # fmt: skip


def _fields(edition: ItemEdition, titles: list[str]) -> dict[str, str]:
    """The field of each heading, as the catalogue calls it."""
    found: dict[str, str] = {}
    for field in edition.fields:
        for title in titles:
            if title in (field.label.zh, *field.headers):
                found.setdefault(title, field.id)
    return found
