"""One row through the gate by itself: the same checks, the same resolution, with the lookups that one row needs."""

from collections.abc import Mapping

from xinheng.accounts.selectors import AgencyView, agencies
from xinheng.archive import selectors as archive
from xinheng.core.cells import RawRow
from xinheng.core.context import Context
from xinheng.core.findings import Outcome
from xinheng.core.identity import Claim, Resolution, judge_registration, resolve
from xinheng.core.retention import OPEN_END
from xinheng.core.rulebook.types import Field, FieldKind, ItemEdition, Rulebook
from xinheng.core.validation.columns import Header
from xinheng.core.validation.engine import ambiguous_codes, judge
from xinheng.core.validation.gate import AgencyFacts, GateContext, RowVerdict
from xinheng.intake.judging import REGISTER, JudgedRow
from xinheng.runtime.script import simplify

OPEN_END_WORD = "长期"
CHOICES = frozenset({FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.SUBJECT_CATEGORY})


def judged_row(
    ctx: Context, *, edition: ItemEdition, sender: str, row: RawRow, header: Header, part: str | None
) -> JudgedRow:
    """The gate's verdict on one row that ``sender`` answers for."""
    known = agencies()
    unclear = ambiguous_codes(row, header, ctx.rulebook)
    verdict = judge(row, header, _gate(ctx, edition, sender, known, _known(ctx, unclear)))
    return JudgedRow(part, verdict, resolved(ctx, edition, verdict))


def resolved(ctx: Context, edition: ItemEdition, verdict: RowVerdict) -> Resolution:
    """Whose row it is, as the register knows today."""
    if verdict.outcome not in (Outcome.ACCEPTED, Outcome.HELD):
        return Resolution(None, None)
    by_old = archive.subjects_by_old_code(verdict.claim.old_codes)
    by_code = archive.registered(candidates(verdict.claim, by_old))
    if edition.id == REGISTER:
        known = by_code.get(verdict.claim.code or "")
        return judge_registration(verdict.claim, known, verdict.values, ctx.rulebook, simplify)
    return resolve(verdict.claim, by_code, by_old, ctx.rulebook, simplify)


def candidates(claim: Claim, by_old: Mapping[tuple[str, str], tuple[str, ...]]) -> set[str]:
    """Every code that a claim may mean: its own and those that its old codes lead to."""
    return {code for subjects in by_old.values() for code in subjects} | ({claim.code} if claim.code else set())


def spelled(rulebook: Rulebook, edition: ItemEdition, values: Mapping[str, str]) -> dict[str, str]:
    """Stored values as cells that the gate reads as the same values again, by field id."""
    return {field.id: _cell(rulebook, field, values) for field in edition.fields if values.get(field.id)}


def _cell(rulebook: Rulebook, field: Field, values: Mapping[str, str]) -> str:
    value = values[field.id]
    if field.kind is FieldKind.END_DATE and value == OPEN_END:
        return OPEN_END_WORD
    if field.kind not in CHOICES or not field.list:
        return value
    choices, words = rulebook.lists[field.list], values.get(f"{field.id}_other")
    named = [choices.term(code).zh for code in value.split(";") if not words or code != choices.other]
    return ";".join([*named, f"{choices.term(choices.other).zh}:{words}"] if words and choices.other else named)


def _gate(
    ctx: Context, edition: ItemEdition, sender: str, known: Mapping[str, AgencyView], codes: frozenset[str]
) -> GateContext:
    return GateContext(
        item=edition,
        rulebook=ctx.rulebook,
        today=ctx.today,
        sender=sender,
        agencies={each.code: AgencyFacts(each.code, each.name, each.sends_for) for each in known.values()},
        known_codes=codes,
        is_register=edition.id == REGISTER,
    )


def _known(ctx: Context, unclear: frozenset[str]) -> frozenset[str]:
    """Which values of a person's shape the register knows as codes all the same."""
    if not unclear:
        return frozenset()
    kinds = {field.old_code or field.id for field in ctx.rulebook.item(REGISTER, ctx.today).fields
             if field.kind is FieldKind.OLD_CODE}  # fmt: skip
    old = archive.subjects_by_old_code((kind, value) for value in unclear for kind in kinds)
    return archive.known_codes(unclear) | {value for _, value in old}
