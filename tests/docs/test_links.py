"""Links between documents lead somewhere, and everything in ``docs/`` can be reached from the first page."""

import pytest

from tests.architecture.sources import CHECKOUT
from tests.docs.pages import Page, anchor, page, pages

OUTSIDE = ("http://", "https://", "mailto:")


def broken(document: Page) -> list[str]:
    """Links of a document that lead nowhere."""
    return [link for link in document.links() if not link.startswith(OUTSIDE) and not _leads_somewhere(document, link)]


def _leads_somewhere(document: Page, link: str) -> bool:
    place, _, heading = link.partition("#")
    target = (document.path.parent / place).resolve() if place else document.path
    if not target.exists() or CHECKOUT not in [target, *target.parents]:
        return False
    return not heading or (target.suffix == ".md" and heading in Page(target).anchors())


@pytest.mark.parametrize("document", pages(), ids=lambda document: document.name)
def test_links_resolve(document: Page) -> None:
    assert broken(document) == []


def test_every_document_can_be_reached() -> None:
    found, waiting = set(), [CHECKOUT / "README.md", CHECKOUT / "README.zh.md"]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        targets = [path] if path.suffix == ".md" else list(path.glob("*")) if path.is_dir() else []
        links = [(each, link) for each in targets if each.suffix == ".md" for link in Page(each).links()]
        inside = [(each, link.partition("#")[0]) for each, link in links if not link.startswith(OUTSIDE)]
        waiting += [(each.parent / place).resolve() if place else each for each, place in inside]
        waiting += [each for each in targets if each != path]
    lost = [each.name for each in pages() if each.name.startswith("docs/") and each.path not in found]
    assert [name for name in lost if name != "docs/images/README.md"] == []


def test_both_first_pages_have_the_same_parts() -> None:
    english, chinese = page("README.md"), page("README.zh.md")
    assert shell_lines(english) == shell_lines(chinese)
    assert len(english.anchors()) == len(chinese.anchors())
    assert places(english) == places(chinese)


def shell_lines(document: Page) -> list[str]:
    """The commands of a document without what is said beside them."""
    return [line.partition("#")[0].strip() for block in document.blocks("sh") for line in block.splitlines()]


def places(document: Page) -> list[str]:
    """Where its links lead but for the language: the other first page is left out, pictures of pages count as one."""
    return [link.replace(".zh.png", ".en.png") for link in document.links() if not link.startswith("README")]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Backup", "backup"),
        ("First steps by hand", "first-steps-by-hand"),
        ("底线：只记组织，不记个人", "底线只记组织不记个人"),
    ],
)
def test_anchor(heading: str, expected: str) -> None:
    assert anchor(heading) == expected
