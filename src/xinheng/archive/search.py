"""Finding organisations by name: every piece of one or two characters is indexed, so a part of any length is found.

Individual businesses are found by their full trade name only (``free_search`` false).
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


_SEARCH = """
WITH matches AS (
    SELECT n.subject_id, n.name, n.kind, n.form,
           CASE WHEN n.form = %(form)s THEN 0 WHEN starts_with(n.form, %(form)s) THEN 1 ELSE 2 END AS rank
      FROM archive_name n
     WHERE (n.free_search AND n.grams @> %(grams)s AND position(%(form)s IN n.form) > 0) OR n.form = %(form)s
), best AS (
    SELECT DISTINCT ON (subject_id) * FROM matches ORDER BY subject_id, kind, rank, form
)
SELECT b.subject_id, b.name, b.kind, o.name, o.type, o.status, b.rank, char_length(b.form)
  FROM best b JOIN archive_organisation o ON o.code = b.subject_id
 WHERE (b.rank, char_length(b.form), b.subject_id) > (%(rank)s, %(length)s, %(code)s)
 ORDER BY b.rank, char_length(b.form), b.subject_id
 LIMIT %(limit)s
"""


def names_matching(text: str, *, after: tuple[int, int, str] | None = None, limit: int = PAGE) -> tuple[NameHit, ...]:
    """Organisations one of whose names holds ``text``, in any width and script; paged by the last hit's place."""
    form = search_form(text, simplify)
    if not form:
        return ()
    rank, length, code = after or (-1, 0, "")
    with connection.cursor() as cursor:
        cursor.execute(
            _SEARCH,
            {"form": form, "grams": list(grams(form)), "rank": rank, "length": length, "code": code, "limit": limit},
        )
        rows = cursor.fetchall()
    return tuple(NameHit(*row[:6], place=(row[6], row[7], row[0])) for row in rows)
