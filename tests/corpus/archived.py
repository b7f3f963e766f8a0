"""What tests put into the archive and how they read it again: slowly, and without the corpus' own code."""

import random
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from django.db import connection

from tests.factories import codes
from tests.factories.archive import Sent, archive_rows, registration
from xinheng.archive.services import FileEvent, organisations_register
from xinheng.core.context import Context
from xinheng.core.findings import Outcome
from xinheng.corpus.compaction import Policy

SMALL = Policy(stretch_rows=20, tails=2, parts=2, spread_rows=60, ratio=2)
"""Sizes at which everything happens that happens to millions of rows."""

COLUMNS = (
    "bucket", "subject", "key", "n", "item", "edition", "body", "document_number", "effective_on", "act", "ordinal",
    "source_row", "source_part", "salt", "digest", "content",
)  # fmt: skip
ODD = ['含"引号"，逗号,\n换行\r\n', "\\.", "", "\\N", "NULL", "𠮷野家😀", "a\tb", " 前后空格 ", "é", "'单引号'"]


def archive_again() -> list[tuple]:
    """Every version as the archive holds it."""
    named = ", ".join("content::text" if name == "content" else name for name in COLUMNS)
    found = asked(f'SELECT {named} FROM archive_version ORDER BY bucket, subject COLLATE "C", key, n')
    return [tuple(_plain(value) for value in row) for row in found]


def asked(question: str, given: list[object] | None = None) -> list[tuple]:
    """What the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(question, given)
        return cursor.fetchall()


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else str(value) if hasattr(value, "hex") and hasattr(
        value, "urn") else value  # fmt: skip


def penalties(ctx: Context, chance: random.Random, rows: int, subjects: int = 12) -> None:
    """One act with new decisions and corrections, some of them odd."""
    start = date(2026, 1, 1)
    sent = {}
    for _ in range(rows):
        name = f"{chance.randrange(rows * 2)}号"
        subject = codes.enterprise(chance.randrange(subjects))
        values = {"content": chance.choice([text for text in ODD if text]), "fact": str(chance.randrange(4))}
        on = chance.choice([None, start + timedelta(days=chance.randrange(60))])
        document = chance.choice([None, *ODD])
        sent[subject, name] = Sent(subject, name, values, on=on, document=document)
    archive_rows(ctx, list(sent.values()))


def registered(ctx: Context, numbers: list[int], name: str, on: date) -> None:
    """One act of the register: versions, heads, names, codes and events, as the gate writes them."""
    act = uuid4()
    told = [Sent(codes.enterprise(n), "", {"subject_name": f"{name}{n}号有限公司"}, on=on) for n in numbers]
    fates = archive_rows(ctx, told, item="registration", act=act)
    organisations_register(
        act=act,
        registrations=[
            registration(
                sent.subject, sent.values["subject_name"], ordinal=place, status_on=on, former_names=("旧名",),
                identifiers=(("organisation_code", codes.organisation_code(place)),),
                events=(FileEvent("registered", on, dict(sent.values)),),
            )
            for place, (sent, fate) in enumerate(zip(told, fates, strict=True))
            if fate.outcome in (Outcome.ACCEPTED, Outcome.UPDATED)
        ],
    )  # fmt: skip


def at(ctx: Context, days: int) -> Context:
    """Some days later."""
    return replace(ctx, now=ctx.now + timedelta(days=days))
