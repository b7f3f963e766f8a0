"""What one act appended, read in row order, a page at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from xinheng.core.merkle import RootBuilder

PAGE = 10_000


@dataclass(frozen=True, slots=True)
class AppendedRow:
    """One appended version and the row of the source that it came from."""

    ordinal: int
    source_row: int
    source_part: str | None
    subject: str
    key: bytes
    n: int


def appended_rows(act: UUID) -> Iterator[AppendedRow]:
    """The versions that an act appended, in row order."""
    last = -1
    while rows := _page("ordinal, source_row, source_part, subject, key, n", act, last):
        yield from (AppendedRow(*row[:4], bytes(row[4]), row[5]) for row in rows)
        last = rows[-1][0]


def appended_counts(act: UUID) -> tuple[int, int]:
    """How many new records an act brought, and how many new versions of known ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE n = 1), count(*) FILTER (WHERE n > 1) FROM archive_version WHERE act = %s",
            [act],
        )
        new, changed = cursor.fetchone()
    return int(new), int(changed)


def tree_root(act: UUID) -> bytes:
    """The root of the RFC 6962 tree over the digests that an act appended, computed from the rows themselves."""
    builder = RootBuilder()
    last = -1
    while rows := _page("ordinal, digest", act, last):
        for _, digest in rows:
            builder.add(bytes(digest))
        last = rows[-1][0]
    return builder.root()


def _page(columns: str, act: UUID, after: int) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM archive_version WHERE act = %s AND ordinal > %s ORDER BY ordinal LIMIT %s",  # noqa: S608
            [act, after, PAGE],
        )
        return cursor.fetchall()
