"""Finding organisations by name: every piece of one or two characters is indexed, so a part of any length is found.

Individual businesses are found by their full trade name only (``free_search`` false).

Names that match are asked for in three arms (the whole name, its beginning, inside), each in the order of the page and
cut at its length. So a rare part is read from the index of pieces, and for one that half the register holds (公司) the
walk in page order stops as soon as the page is full.
"""

from dataclasses import dataclass

from django.db import connection

from xinheng.core.names import grams, search_form
from xinheng.runtime.script import simplify

PAGE = 25


@dataclass(frozen=True, slots=True)
class NameHit:
    """One name that matched. ``place`` orders hits: exact, then beginning, then inside; shorter names first."""

    code: str
    name: str
    kind: str
    current_name: str
    type: str
    status: str
    place: tuple[int, int, str]


# Of an organisation's names the best counts: one is a hit only where no other of the same organisation matches better.
_ARM = """
(SELECT n.subject_id, n.name, n.kind, {rank} AS rank, length(n.form) AS size
   FROM archive_name n
  WHERE {condition}
    AND {rank} >= %(rank)s
    AND ({rank} > %(rank)s OR (length(n.form), n.subject_id) > (%(size)s, %(code)s))
    AND NOT EXISTS (
        SELECT FROM archive_name b
         WHERE b.subject_id = n.subject_id AND b.id <> n.id
           AND ((b.free_search AND position(%(form)s IN b.form) > 0) OR b.form = %(form)s)
           AND (CASE WHEN b.form = %(form)s THEN 0 WHEN starts_with(b.form, %(form)s) THEN 1 ELSE 2 END,
                b.kind, length(b.form), b.id) < ({rank}, n.kind, length(n.form), n.id))
  ORDER BY length(n.form), n.subject_id
  LIMIT %(limit)s)
"""
_WHOLE = "n.form = %(form)s"
_BEGINNING = "n.free_search AND n.form LIKE %(beginning)s AND n.form <> %(form)s"
_INSIDE = "n.free_search AND n.grams @> %(grams)s::text[] AND position(%(form)s IN n.form) > 1"
_ARMS = " UNION ALL ".join(
    _ARM.format(rank=rank, condition=condition) for rank, condition in enumerate((_WHOLE, _BEGINNING, _INSIDE))
)
_SEARCH = f"""
SELECT m.subject_id, m.name, m.kind, o.name, o.type, o.status, m.rank, m.size
  FROM ({_ARMS}) m JOIN archive_organisation o ON o.code = m.subject_id
 ORDER BY m.rank, m.size, m.subject_id
 LIMIT %(limit)s
"""  # noqa: S608


def names_matching(text: str, *, after: tuple[int, int, str] | None = None, limit: int = PAGE) -> tuple[NameHit, ...]:
    """Organisations one of whose names holds ``text``, in any width and script; paged by the last hit's place."""
    form = search_form(text, simplify)
    if not form:
        return ()
    rank, size, code = after or (-1, 0, "")
    asked = {"form": form, "beginning": f"{form}%", "grams": list(grams(form)), "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, asked | {"rank": rank, "size": size, "code": code})
        rows = cursor.fetchall()
    return tuple(NameHit(*row[:6], place=(row[6], row[7], row[0])) for row in rows)
