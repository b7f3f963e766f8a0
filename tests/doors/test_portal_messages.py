"""Every sentence of the portal stands in both languages, and no translation is left over."""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import xinheng.portal

PORTAL = Path(xinheng.portal.__file__).parent
CATALOGUE = PORTAL / "locale/zh_Hans/LC_MESSAGES/django.po"
STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(?:gettext|gettext_lazy|ngettext|_)\(\s*{STRING}")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
TAG = re.compile(r"</?\w+>")


def used() -> set[str]:
    """All English texts that templates and modules hand to gettext."""
    found = set()
    for template in PORTAL.rglob("*.html"):
        found |= {literal(text) for text in CALL.findall(templatize(template.read_text(encoding="utf-8")))}
    for module in PORTAL.rglob("*.py"):
        found |= {literal(text) for text in CALL.findall(module.read_text(encoding="utf-8"))}
    return found


def literal(source: str) -> str:
    # templatize prints a Python literal of the text
    return str(eval(source))


def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as text:
        return read_po(text, locale="zh_Hans", abort_invalid=True)


def english(message_id: object) -> str:
    return message_id[0] if isinstance(message_id, tuple | list) else str(message_id)


def chinese(text: object) -> str:
    return text[0] if isinstance(text, tuple | list) else str(text)


def entries() -> dict[str, str]:
    return {english(message.id): chinese(message.string) for message in catalogue() if message.id}


def test_the_extraction_sees_the_templates() -> None:
    assert {"Skip to main content", "Whole record"} <= used()
    assert len(used()) > 100


def test_nothing_is_untranslated() -> None:
    translated = {text for text, translation in entries().items() if translation}
    assert used() - translated == set()


def test_no_translation_is_left_over() -> None:
    assert set(entries()) - used() == set()


def test_no_translation_is_marked_as_a_guess() -> None:
    assert [message.id for message in catalogue() if message.id and message.fuzzy] == []


def test_placeholders_and_tags_are_kept() -> None:
    for text, translation in entries().items():
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(translation)), text
        assert sorted(TAG.findall(text)) == sorted(TAG.findall(translation)), text


def test_words_that_are_never_used_for_organisations() -> None:
    everything = "\n".join([*entries(), *entries().values()]).lower()
    for word in ("黑名单", "老赖", "劣迹", "blacklist", "bad actor"):
        assert word not in everything


def test_chinese_punctuation_in_chinese_sentences() -> None:
    for text, translation in entries().items():
        assert not re.search(r"[一-鿿][,;:?!]", translation), f"half-width punctuation in the translation of: {text}"
