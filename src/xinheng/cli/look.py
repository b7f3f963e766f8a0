"""Commands that look: an organisation's file, and search."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from xinheng.cli.installation import opened
from xinheng.cli.output import show as put
from xinheng.cli.output import table
from xinheng.cli.rules import read_day
from xinheng.core.context import LEGAL_ZONE, Context
from xinheng.core.disclosure import disclosure_of
from xinheng.core.identifiers.uscc import is_individual_business
from xinheng.core.names import mask_person_name
from xinheng.core.rulebook.types import Disclosure, FieldKind
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder

if TYPE_CHECKING:
    from xinheng.archive.selectors import VersionView


def show(given: Namespace) -> None:
    """The file of one organisation, as agencies may see it; personal names masked, internal fields left out."""
    with opened(DataFolder(given.data)) as ctx:
        payload = _file(ctx, given)
    put(payload, _file_lines(payload), as_json=given.json)


def _file_lines(payload: Mapping[str, Any]) -> list[str]:
    """The file as people read it: who, what happened, then one line a record."""
    head = table([(payload["code"], payload["name"], payload["status"])], indent=0)
    former = [f"  曾用名 / formerly: {'、'.join(payload['former_names'])}"] if payload["former_names"] else []
    events = table((event["on"] or "-", event["kind"]) for event in payload["events"])
    records = table(
        (record["item"], record["decided_on"] or "-", record["document_number"] or "-",
         _standing(record), record["record"])
        for record in payload["records"]
    )  # fmt: skip
    return [*head, *former, *events, *records]


def _standing(record: Mapping[str, Any]) -> str:
    if record["withdrawn"]:
        return f"已撤回 / withdrawn {record['withdrawn']['at']:%Y-%m-%d} {record['withdrawn']['reason']}"
    return "公开 / public" if record["public"] else "不公开 / not public"


def _file(ctx: Context, given: Namespace) -> dict[str, Any]:
    from xinheng.archive import selectors as archive
    from xinheng.publication.finding import find

    code = given.code.strip().upper()
    head = archive.organisation(code)
    if head is None:
        code = find(ctx, given.code, None).go_to or ""
        head = archive.organisation(code)
    if head is None:
        raise RuntimeRefusal(
            "organisation.unknown",
            f"登记库中没有此代码：{_shown(ctx, given.code)}。请核对代码，或先报送 registration",
            f"the register has no such code: {_shown(ctx, given.code)}. Check it, or submit the register first",
        )
    as_of = read_day(given.as_of) if given.as_of else ctx.today
    known_at = _instant(given.known_at) if given.known_at else ctx.now
    versions = archive.file_as_of(code, as_of=as_of, known_at=known_at, with_withdrawn=True)
    return {
        **asdict(head),
        "former_names": list(archive.former_names(code)),
        "events": [{"kind": e.kind, "on": e.on_date, "detail": dict(e.detail)} for e in archive.events(code)],
        "as_of": as_of,
        "known_at": known_at,
        "records": [_record(ctx, version) for version in versions],
    }


def _record(ctx: Context, version: "VersionView") -> dict[str, Any]:
    from xinheng.core.retention import public_on
    from xinheng.publication.deciding import publication_of

    answer, gone = publication_of(ctx, version), version.withdrawn
    return {
        "record": str(version.id), "item": version.item, "edition": version.edition, "version": version.n,
        "decided_on": version.effective_on, "document_number": version.document_number, "body": version.body,
        "public": bool(answer and public_on(answer, ctx.today)) and gone is None,
        "withdrawn": {"at": gone.recorded_at.astimezone(LEGAL_ZONE), "reason": gone.reason, "act": str(gone.act)}
        if gone else None,
        "publication": answer.decision.value if answer else None,
        "severity": answer.severity if answer else None, "public_until": answer.until if answer else None,
        "batch": str(version.act), "position": version.position,
        "row": version.source_row, "sheet": version.source_part,
        "values": _seen_by_agencies(ctx, version),
    }  # fmt: skip


def _seen_by_agencies(ctx: Context, version: "VersionView") -> Mapping[str, str]:
    edition = ctx.rulebook.edition(version.item, version.edition)
    individual = is_individual_business(version.id.subject)
    seen: dict[str, str] = {}
    for field in edition.fields:
        value = version.values.get(field.id)
        if value and disclosure_of(field, individual=individual) is not Disclosure.INTERNAL:
            seen[field.id] = mask_person_name(value) if field.kind is FieldKind.PERSON_NAME else value
    return seen


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RuntimeRefusal(
            "instant.unreadable", f"无法识别的时刻：{text}；请写成 2026-11-22T10:00", f"not an instant: {text}"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LEGAL_ZONE)


def _shown(ctx: Context, text: str) -> str:
    from xinheng.core.identifiers.check import check

    return check(text, ctx.rulebook.uscc, ctx.today).input


def search(given: Namespace) -> None:
    """Organisations by code, old code, decision number or part of a name, as the public page finds them."""
    with opened(DataFolder(given.data)) as ctx:
        from xinheng.archive.selectors import organisation
        from xinheng.publication.finding import find

        found = find(ctx, " ".join(given.text), None)
        straight = organisation(found.go_to) if found.go_to else None
    hits = [
        {"code": hit.code, "name": hit.name, "matched_by": hit.matched_by, "matched": "".join(p for p, _ in hit.marked)}
        for hit in found.hits
    ]
    if straight:
        hits = [{"code": straight.code, "name": straight.name, "matched_by": "code", "matched": straight.code}]
    payload = {
        "query": found.query, "go_to": found.go_to, "hits": hits, "records": [record.id for record in found.records],
        "hint": {"zh": found.hint.zh, "en": found.hint.en} if found.hint else None, "next": found.next_page,
    }  # fmt: skip
    put(payload, _hit_lines(payload), as_json=given.json)


def _hit_lines(payload: Mapping[str, Any]) -> list[str]:
    hits = table(((hit["code"], hit["name"]) for hit in payload["hits"]), indent=0)
    records = [f"  {record}" for record in payload["records"]]
    hint = [f"{payload['hint']['zh']} / {payload['hint']['en']}"] if payload["hint"] else []
    more = ["… 还有更多结果 / there are more"] if payload["next"] else []
    return [*hits, *records, *hint, *more] or ["没有找到 / nothing found"]
