"""Commands about headings that the catalogue does not know: propose, confirm once, list, take back."""

from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinheng.cli.installation import opened
from xinheng.cli.output import show, table
from xinheng.core.context import Actor
from xinheng.core.mapping.confirming import Decisions
from xinheng.core.persons import mask_any
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder

if TYPE_CHECKING:
    from xinheng.core.mapping.proposals import Candidate, Proposal
    from xinheng.core.rulebook.types import ItemEdition
    from xinheng.intake.adapters import AdapterView, Asked, ProposedMapping

OFFICE = Actor("office", "xinheng")
STATE_LABELS = {
    "known": "目录列名 / known", "proposed": "建议 / proposed", "open": "待定 / open",
    "personal": "个人信息，不读取 / persons",
}  # fmt: skip


def propose(given: Namespace) -> None:
    """A field for each column of a file, with candidates and reasons; stores nothing."""
    with opened(DataFolder(given.data), actor=_agency(given)) as ctx:
        from xinheng.intake.adapters import mapping_propose

        proposed = mapping_propose(ctx, asked=_asked(given))
    show(proposal_payload(proposed), proposal_lines(proposed), as_json=given.json)


def confirm(given: Namespace) -> None:
    """Remember how the headings of this file are read from now on."""
    decisions = Decisions(
        fields=_pairs(given.set, "--set", last=True),
        ignored=tuple(given.ignore or ()),
        units=_pairs(given.unit, "--unit", last=True),
        constants=_pairs(given.constant, "--constant", last=False),
    )
    with opened(DataFolder(given.data), actor=_agency(given)) as ctx:
        from xinheng.intake.adapters import adapter_confirm

        stored = adapter_confirm(ctx, asked=_asked(given), decisions=decisions, officer=given.officer)
    show(adapter_payload(stored), adapter_lines([stored]), as_json=given.json)


def list_all(given: Namespace) -> None:
    """Every version of every confirmed mapping."""
    with opened(DataFolder(given.data)):
        from xinheng.intake.adapters import adapter_versions

        versions = adapter_versions(agency=(given.agency or "").strip().upper() or None, item=given.item)
    none = ["没有已确认的列名映射 / no confirmed mapping"]
    show([adapter_payload(one) for one in versions], adapter_lines(versions) or none, as_json=given.json)


def revoke(given: Namespace) -> None:
    """Take a confirmed mapping back."""
    with opened(DataFolder(given.data), actor=OFFICE) as ctx:
        from xinheng.intake.adapters import adapter_revoke

        stored = adapter_revoke(ctx, adapter=given.id, officer=given.officer)
    show(adapter_payload(stored), adapter_lines([stored]), as_json=given.json)


def proposal_payload(proposed: "ProposedMapping") -> dict[str, Any]:
    """Proposals as scripts read them; scores are 0 to 100."""
    item = proposed.given.item
    held = {proposal.field for proposal in proposed.proposals}
    return {
        "item": item.id,
        "edition": item.edition,
        "agency": proposed.given.agency,
        "sheet": proposed.sheet,
        "headings": {"first_row": proposed.first_row, "last_row": proposed.last_row},
        "signature": proposed.signature,
        "confirmed_version": proposed.version,
        "columns": [_column(proposal, item) for proposal in proposed.proposals],
        "missing": [field.id for field in item.fields if field.required and field.id not in held],
    }


def proposal_lines(proposed: "ProposedMapping") -> list[str]:
    """Proposals as people read them."""
    item = proposed.given.item
    lines: list[str] = []
    for proposal in proposed.proposals:
        chosen = item.field(proposal.field).label if proposal.field else None
        told = f" → {proposal.field} {chosen.zh} / {chosen.en}" if chosen else ""
        lines.append(f"#{proposal.position + 1} {proposal.title or '-'} [{STATE_LABELS[proposal.state.value]}]{told}")
        lines += [_candidate_line(each) for each in proposal.candidates if proposal.state.value != "known"]
        lines += [f"    {'、'.join(proposal.samples)}"] if proposal.samples else []
    return [" ".join(line.split()) if not line.startswith(" ") else line for line in lines]


def adapter_payload(stored: "AdapterView") -> dict[str, Any]:
    """One version of a mapping as scripts read it."""
    adapter = stored.adapter
    units = dict(adapter.units)
    return {
        "id": str(stored.id),
        "agency": adapter.agency,
        "item": adapter.item,
        "edition": adapter.edition,
        "signature": adapter.signature,
        "version": adapter.version,
        "state": stored.state,
        "officer": stored.officer,
        "decided_at": stored.decided_at.isoformat(),
        "columns": [
            {"title": title, "field": field, "unit": units.get(n)}
            for n, (title, field) in enumerate(zip(adapter.titles, adapter.fields, strict=True))
        ],
        "constants": dict(adapter.constants),
    }


def adapter_lines(versions: Iterable["AdapterView"]) -> list[str]:
    """Versions of mappings as people read them."""
    rows: list[tuple[str, ...]] = []
    for stored in versions:
        adapter = stored.adapter
        state = "生效 / confirmed" if stored.state == "confirmed" else "已撤回 / revoked"
        rows.append((str(stored.id), adapter.agency, adapter.item, f"v{adapter.version}", state, stored.officer))
        rows += [("", title or "-", "→", field or "不读取 / not read", "", "")
                 for title, field in zip(adapter.titles, adapter.fields, strict=True)]  # fmt: skip
        rows += [("", "固定值 / constant", "→", field, value, "") for field, value in adapter.constants]
    return table(rows, indent=0) if rows else []


def _column(proposal: "Proposal", item: "ItemEdition") -> dict[str, Any]:
    return {
        "column": proposal.position + 1,
        "title": proposal.title,
        "state": proposal.state.value,
        "field": proposal.field,
        "candidates": [_candidate(each, item) for each in proposal.candidates],
        "samples": list(proposal.samples),
    }


def _candidate(candidate: "Candidate", item: "ItemEdition") -> dict[str, Any]:
    label = item.field(candidate.field).label
    reasons = [{"zh": reason.zh, "en": reason.en} for reason in candidate.reasons]
    return {
        "field": candidate.field, "label_zh": label.zh, "label_en": label.en, "score": candidate.score,
        "reasons": reasons,
    }  # fmt: skip


def _candidate_line(candidate: "Candidate") -> str:
    why = "；".join(f"{reason.zh} / {reason.en}" for reason in candidate.reasons)
    return f"    {candidate.score:3d} {candidate.field}: {why}"


def _agency(given: Namespace) -> Actor:
    return Actor("agency", mask_any(given.agency))


def _asked(given: Namespace) -> "Asked":
    from xinheng.intake.adapters import Asked

    return Asked(Path(given.file), given.item, given.agency, given.sheet, _headings(given.headings))


def _headings(text: str | None) -> tuple[int, int] | None:
    """The rows that somebody named as headings: ``3``, ``3-4``, or ``0`` for none."""
    if text is None:
        return None
    first, _, last = text.partition("-")
    if not (first.isascii() and first.isdecimal() and (last or first).isascii() and (last or first).isdecimal()):
        raise RuntimeRefusal(
            "usage.wrong",
            "命令用法不对：--headings 应为行号，例如 3 或 3-4；没有表头写 0。",
            "wrong usage: --headings takes row numbers such as 3 or 3-4; 0: there are none.",
        )
    return int(first[:6]), int((last or first)[:6])


def _pairs(given: Iterable[str] | None, option: str, *, last: bool) -> dict[str, str]:
    """``name=value`` pairs. ``last``: the name may hold ``=`` itself, as a heading can."""
    pairs: dict[str, str] = {}
    for text in given or ():
        name, sign, value = text.rpartition("=") if last else text.partition("=")
        if not sign or not name.strip() or not value.strip():
            shown = mask_any(text)
            raise RuntimeRefusal(
                "usage.wrong",
                f"命令用法不对：{option} 应写成“名称=值”，实际为“{shown}”。",
                f"wrong usage: {option} takes NAME=VALUE, not {shown!r}.",
            )
        pairs[name.strip()] = value.strip()
    return pairs
