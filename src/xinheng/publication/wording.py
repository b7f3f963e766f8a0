"""Turning stored values into words a reader sees, by the rulebook's own labels."""

from collections.abc import Mapping
from datetime import date

from xinheng.core.context import Context
from xinheng.core.disclosure import VisibleField
from xinheng.core.retention import OPEN_END
from xinheng.core.rulebook.types import FieldKind, Law, LawRef
from xinheng.core.values import Bilingual
from xinheng.publication.pages import Fact, LegalBasis

NO_END = Bilingual("长期", "no end date")
_UNITS = {"wan": Bilingual("万元", "× 10,000 yuan"), "yuan": Bilingual("元", "yuan")}
_MONO = frozenset({FieldKind.SUBJECT_CODE, FieldKind.OLD_CODE, FieldKind.AGENCY_CODE, FieldKind.ORGANISATION_CODES})
_TONES = {"active": "ok", "revoked": "warn"}
_OTHER = "_other"


def same(text: str) -> Bilingual:
    """A text that reads alike in both languages: a name, a number, a quotation."""
    return Bilingual(text, text)


def label(ctx: Context, code: str) -> Bilingual:
    """The rulebook's label for a code; the code itself where it has none."""
    return ctx.rulebook.labels.get(code) or same(code)


def status_tone(status: str) -> str:
    """How a registration state is coloured: always beside its word, never instead of it."""
    return _TONES.get(status, "mute")


def term_label(ctx: Context, list_id: str, code: str) -> Bilingual:
    """The label of one term of a closed list."""
    terms = ctx.rulebook.lists[list_id].terms if list_id in ctx.rulebook.lists else ()
    found = next((term for term in terms if term.code == code), None)
    return Bilingual(found.zh, found.en) if found else same(code)


def fact(ctx: Context, visible: VisibleField, values: Mapping[str, str]) -> Fact:
    """One public field as a page shows it, with the words that the record's ``values`` hold behind its 其他."""
    field, words = visible.field, _words(ctx, visible)
    explained = values.get(f"{field.id}{_OTHER}")
    if explained:
        words = Bilingual(f"{words.zh}：{explained}", f"{words.en}: {explained}")
    return Fact(field.id, field.label, words, mono=field.kind in _MONO, masked=visible.masked)


def _words(ctx: Context, visible: VisibleField) -> Bilingual:
    field, value = visible.field, visible.value
    if field.list:
        parts = [term_label(ctx, field.list, code) for code in value.split(";")]
        return Bilingual("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))
    if field.kind is FieldKind.AMOUNT:
        unit = _UNITS[field.unit or "yuan"]
        return Bilingual(f"{value} {unit.zh}", f"{value} {unit.en}")
    if field.kind is FieldKind.REGION and (region := ctx.rulebook.uscc.regions.get(value)) and region.name:
        return same(f"{region.name}（{value}）")
    if value == OPEN_END:
        return NO_END
    return same(value)


def basis(ctx: Context, refs: tuple[LawRef, ...]) -> tuple[LegalBasis, ...]:
    """Legal sources as a reader sees them, each once."""
    return tuple(_source(ctx, ref) for ref in dict.fromkeys(refs))


def _source(ctx: Context, ref: LawRef) -> LegalBasis:
    law = ctx.rulebook.laws[ref.law]
    number = Bilingual(f"（{law.number}）", f" ({law.number})") if law.number else Bilingual("", "")
    title = Bilingual(law.title.zh + number.zh, law.title.en + number.en)
    return LegalBasis(title, _article(law, ref.article), law.verified)


def _article(law: Law, article: str | None) -> Bilingual | None:
    if article is None:
        return None
    about = law.articles.get(article)
    if not article.isdigit():
        return about or same(article)
    numbered = Bilingual(f"第{article}条", f"art. {article}")
    return Bilingual(f"{numbered.zh}：{about.zh}", f"{numbered.en}: {about.en}") if about else numbered


def end_day(text: str | None) -> date | None:
    """A stored end date as a day; open ends and empty ones have none."""
    return date.fromisoformat(text) if text and text != OPEN_END else None
