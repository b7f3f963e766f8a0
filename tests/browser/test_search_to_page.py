"""A stranger searches in a real city and reads what is public, in both languages, wide and narrow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.city_site import CitySite, city_site
from tests.browser.conftest import OpenWindow, Window

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CitySite]:
    folder: Path = tmp_path_factory.mktemp("city")
    with city_site(folder / "data", organisations=120, rows=900) as site:
        yield site


@pytest.fixture(scope="module")
def bank(city: CitySite) -> dict[str, Any]:
    """The organisation with most records: the bank that every city has."""
    hits = city.ask("search", "银行")["hits"]
    return max((city.ask("show", hit["code"]) for hit in hits), key=lambda file: len(file["records"]))


def _sound(window: Window) -> None:
    assert window.violations() == []
    assert window.sideways() <= 0
    assert window.complaints == []
    assert window.page.locator("h1").count() == 1


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("prefix", ["/", "/en/"])
def test_from_a_part_of_the_name_to_the_record(
    city: CitySite, bank: dict[str, Any], browser_page: OpenWindow, width: int, prefix: str
) -> None:
    window = browser_page(city.address, width=width, javascript=True)
    assert window.open(prefix) == 200
    _sound(window)
    window.page.locator("input[name=q]").first.fill(bank["name"][2:8])
    window.page.locator("form[role=search] button").first.click()
    assert window.page.locator("mark").count() > 0
    _sound(window)
    window.page.locator(f"a[href$='/org/{bank['code']}/']").first.click()
    assert bank["name"] in window.page.inner_text("h1")
    assert window.page.locator("html").get_attribute("lang") == ("en" if prefix == "/en/" else "zh-Hans")
    _sound(window)
    window.page.locator("main a[href*='/record/']").first.click()
    assert bank["code"] in window.page.inner_text("main")
    _sound(window)
    window.shot(f"city-record-{prefix.strip('/') or 'zh'}-{width}")


def test_a_code_goes_straight_to_the_file_without_script(
    city: CitySite, bank: dict[str, Any], browser_page: OpenWindow
) -> None:
    window = browser_page(city.address, javascript=False)
    window.open("/")
    window.page.locator("input[name=q]").first.fill(f" {bank['code'].lower()} ")
    window.page.locator("form[role=search] button").first.click()
    assert window.page.url.endswith(f"/org/{bank['code']}/")


def test_what_is_not_public_is_nowhere(city: CitySite, bank: dict[str, Any], browser_page: OpenWindow) -> None:
    window = browser_page(city.address, javascript=False)
    hidden = [record for file in _some_files(city) for record in file["records"] if not record["public"]]
    assert hidden, "the city has records that are not public"
    for record in hidden[:5]:
        assert window.open(f"/record/{record['record']}/") == 404
        if record["document_number"]:
            window.open(f"/search/?q={record['document_number']}")
            assert window.page.locator(f"a[href*='{record['record']}']").count() == 0


def _some_files(city: CitySite) -> Iterator[dict[str, Any]]:
    for hit in city.ask("search", "公司")["hits"]:
        yield city.ask("show", hit["code"])
