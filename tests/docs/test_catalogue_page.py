"""The page of the catalogue says what the rulebook says, and is made anew when it changes."""

from tests.architecture.sources import CHECKOUT
from tests.docs.pages import page, ticked
from xinheng.core.rulebook.page import catalogue_page
from xinheng.core.rulebook.types import Disclosure, FieldKind
from xinheng.runtime.rulebook_files import load_rulebook

RULEBOOK = load_rulebook()
DOCUMENT = page("docs/catalogue.md")
EMPTIED = (FieldKind.PERSON_NAME, FieldKind.PERSON_PAPERS)


def test_the_page_is_the_rulebook_s() -> None:
    written = (CHECKOUT / "docs" / "catalogue.md").read_text(encoding="utf-8")
    assert written.rstrip("\n") == catalogue_page(RULEBOOK).rstrip("\n"), "xinheng rulebook page > docs/catalogue.md"


def test_every_item_and_field_stands_there_with_all_its_names() -> None:
    common = {ticked(row[0])[0]: row[1] for row in DOCUMENT.table("## Names in every item")}
    for item, editions in RULEBOOK.items.items():
        heading = next(line for line in DOCUMENT.text.splitlines() if line.startswith(f"## {item}: "))
        rows = {ticked(row[0])[0]: row for row in DOCUMENT.table(heading)}
        assert list(rows) == [field.id for field in editions[-1].fields]
        for field in editions[-1].fields:
            said = f"、{rows[field.id][3]}、{common.get(field.id, '')}、".replace("`", "")
            names = (*field.headers, *field.codes, *field.other_headers)
            assert [name for name in names if f"、{name}、" not in said] == [], field.id


def test_what_is_public_is_marked_and_nothing_else() -> None:
    for item, editions in RULEBOOK.items.items():
        withheld = RULEBOOK.heads[item].publication.value == "withheld"
        heading = next(line for line in DOCUMENT.text.splitlines() if line.startswith(f"## {item}: "))
        rows = {ticked(row[0])[0]: row for row in DOCUMENT.table(heading)}
        for field in editions[-1].fields:
            kept = field.kind not in EMPTIED or (item == "registration" and field.kind is FieldKind.PERSON_NAME)
            shown = kept and not withheld and field.disclosure in (Disclosure.PUBLIC, Disclosure.MASKED)
            narrowed = field.disclosure_individual in (Disclosure.AGENCIES, Disclosure.INTERNAL)
            assert rows[field.id][7] == ("○" if shown and narrowed else "●" if shown else ""), (item, field.id)
