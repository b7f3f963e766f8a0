"""Every page of the portal in a real browser: accessible, fitting, quiet, in both languages."""

import gzip
import urllib.request
from urllib.parse import quote

import pytest

from tests.browser.conftest import OpenWindow
from tests.doors import portal_samples as samples

pytestmark = pytest.mark.browser

PAGES = {
    "home": ("/", "组织公共信用信息平台", "Public credit information"),
    "search": ("/search/", "查询", "Search"),
    "results": ("/search/?q=云台", "云台", "云台"),
    "nothing": ("/search/?q=zzz", "zzz", "zzz"),
    "hint": ("/search/?q=9199010", "9199010", "9199010"),
    "file": (f"/org/{samples.CODE}/", "云台精工装备有限公司", "云台精工装备有限公司"),
    "nasty-file": (f"/org/{samples.NASTY_CODE}/", "明澜市云台区", "明澜市云台区"),
    "empty-file": (f"/org/{samples.EMPTY_CODE}/", "𠮷㙓䶮𬭚", "𠮷㙓䶮𬭚"),
    "shop": (f"/org/{samples.SHOP_CODE}/", "云台区百味小吃店", "云台区百味小吃店"),
    "penalties": (f"/org/{samples.MANY_CODE}/?item=penalty", "行政处罚", "Administrative penalties"),
    "licences": (f"/org/{samples.MANY_CODE}/?item=licence", "行政许可", "Permits"),
    "record": ("/record/r-penalty-1/", "未按规定处置", "未按规定处置"),
    "nasty-record": ("/record/r-nasty-1/", "<script>", "<script>"),
    "about": ("/about/", "关于本平台", "About this platform"),
    "lost": ("/no/such/page/", "没有找到这个页面", "This page does not exist"),
}
LOOKS = [
    *((width, scheme, "normal") for width in (1440, 390, 320) for scheme in ("light", "dark")),
    *((width, "light", "large") for width in (1440, 390, 320)),
]
PICTURES = {(1440, "light", "normal"), (390, "light", "normal"), (1440, "dark", "normal")}
LANGUAGES = {"zh-Hans": "", "en": "/en"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_every_look(browser_page: OpenWindow, sample_site: str, name: str, language: str) -> None:
    path, chinese, english = PAGES[name]
    window = browser_page(sample_site)
    for width, scheme, scale in LOOKS:
        look = f"{width} {scheme} {scale}"
        window.look(width, scheme=scheme, scale=scale)
        status = window.open(LANGUAGES[language] + path)
        assert status == (404 if name == "lost" else 200)
        assert window.sideways() <= 0, f"wider than the window at {look}"
        assert window.violations() == [], f"axe at {look}"
        # Chromium itself reports that a page answered 404
        assert [each for each in window.complaints if status == 200 or "404" not in each] == [], look
        assert window.page.locator("html").get_attribute("lang") == language
        assert window.page.locator("html").get_attribute("data-scale") == scale
        assert window.page.locator("h1").count() == 1
        assert (english if language == "en" else chinese) in window.page.title()
        if (width, scheme, scale) in PICTURES:
            window.shot(f"{name}.{language}.{width}.{scheme}")


@pytest.mark.parametrize("name", ["home", "results", "file", "licences", "record"])
def test_a_page_takes_at_most_six_requests_and_keeps_to_itself(
    browser_page: OpenWindow, sample_site: str, name: str
) -> None:
    window = browser_page(sample_site)
    window.open(PAGES[name][0])
    assert len(window.requests) <= 6
    assert all(address.startswith(sample_site) for address in window.requests)


def test_what_travels_for_a_first_page_is_small(sample_site: str) -> None:
    ask = urllib.request.Request(f"{sample_site}{quote(PAGES['file'][0])}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(ask) as answer:
        body = answer.read()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(body) <= 8 * 1024
    assert "云台精工装备有限公司".encode() in gzip.decompress(body)


def test_from_search_to_record_without_script(browser_page: OpenWindow, sample_site: str) -> None:
    window = browser_page(sample_site, javascript=False)
    window.open("/")
    window.page.get_by_role("searchbox").fill("云台")
    window.page.get_by_role("button", name="查询").click()
    assert window.page.locator("mark").first.inner_text() == "云台"
    window.page.get_by_role("link", name="云台精工装备有限公司").first.click()
    assert window.page.locator("h1").inner_text() == "云台精工装备有限公司"
    window.page.get_by_role("link", name="未按规定处置一般工业固体废物", exact=True).click()
    assert "还有 170 天" in window.page.locator("#period").inner_text()


def test_a_code_goes_straight_to_the_file(browser_page: OpenWindow, sample_site: str) -> None:
    window = browser_page(sample_site, javascript=False)
    window.open("/en/")
    window.page.get_by_role("searchbox").fill(samples.CODE)
    window.page.get_by_role("searchbox").press("Enter")
    assert window.page.url == f"{sample_site}/en/org/{samples.CODE}/"


def test_the_other_language_and_back_on_the_same_page(browser_page: OpenWindow, sample_site: str) -> None:
    window = browser_page(sample_site, javascript=False)
    window.open("/search/?q=云台")
    first = window.page.url
    window.page.get_by_role("link", name="English").click()
    assert window.page.url == first.replace("/search/", "/en/search/")
    window.page.get_by_role("link", name="中文").click()
    assert window.page.url == first


def test_larger_text_stays_over_pages(browser_page: OpenWindow, sample_site: str) -> None:
    window = browser_page(sample_site, javascript=False)
    window.open(f"/en{PAGES['file'][0]}")
    address = window.page.url
    window.page.get_by_role("link", name="Larger text").click()
    assert window.page.url == address
    window.open("/en/about/")
    assert window.page.locator("html").get_attribute("data-scale") == "large"
    window.page.get_by_role("link", name="Normal text").click()
    assert window.page.locator("html").get_attribute("data-scale") == "normal"


def test_the_menu_opens_on_a_phone_without_script(browser_page: OpenWindow, sample_site: str) -> None:
    window = browser_page(sample_site, width=390, javascript=False)
    window.open("/en/")
    assert not window.page.get_by_role("link", name="About", exact=True).is_visible()
    window.page.get_by_text("Menu", exact=True).click()
    window.page.get_by_role("link", name="About", exact=True).click()
    assert window.page.url == f"{sample_site}/en/about/"


def test_by_keyboard_alone(browser_page: OpenWindow, sample_site: str) -> None:
    window = browser_page(sample_site)
    window.open("/en/")
    window.page.keyboard.press("Tab")
    assert window.page.locator(":focus").inner_text() == "Skip to main content"
    window.page.keyboard.press("Enter")
    window.page.keyboard.press("Tab")
    assert window.page.locator(":focus").get_attribute("name") == "q"
    window.page.keyboard.type(samples.CODE)
    window.page.keyboard.press("Enter")
    window.page.wait_for_url(f"**/en/org/{samples.CODE}/")


def test_what_is_focused_can_be_seen(browser_page: OpenWindow, sample_site: str) -> None:
    window = browser_page(sample_site)
    window.open(PAGES["file"][0])
    outline = """() => {
        const style = getComputedStyle(document.activeElement);
        return style.outlineStyle + style.outlineWidth;
    }"""
    for _ in range(12):
        window.page.keyboard.press("Tab")
        assert window.page.evaluate(outline) == "solid3px"


@pytest.mark.parametrize("width", [1440, 390])
def test_targets_are_large_enough_to_hit(browser_page: OpenWindow, sample_site: str, width: int) -> None:
    window = browser_page(sample_site, width=width)
    window.open(PAGES["file"][0])
    heights = "all => all.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height)"
    found = window.page.locator(".btn, .form-control, .xh-nav a, .xh-util a, .xh-menu summary").evaluate_all(heights)
    assert found
    assert min(found) >= 44


def test_print_leaves_the_frame_out(browser_page: OpenWindow, sample_site: str) -> None:
    window = browser_page(sample_site)
    window.open(PAGES["record"][0])
    window.page.emulate_media(media="print")
    for frame in (".xh-top", ".xh-band", ".xh-crumbs"):
        assert not window.page.locator(frame).is_visible()
    assert window.page.locator("h1").is_visible()
    assert len(window.page.pdf(format="A4")) > 10_000


def test_nothing_written_by_an_agency_ever_runs(browser_page: OpenWindow, sample_site: str) -> None:
    window = browser_page(sample_site)
    ran: list[str] = []
    window.page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    for name in ("nasty-file", "nasty-record", "results"):
        for prefix in LANGUAGES.values():
            window.open(prefix + PAGES[name][0])
    window.open(f"/search/?q={quote(samples.NASTY)}")
    assert ran == []
    assert window.complaints == []


def test_the_policy_stops_a_script_that_slipped_in(browser_page: OpenWindow, sample_site: str) -> None:
    window = browser_page(sample_site)
    window.open("/")
    window.page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.slipped = true"; document.body.append(script);
    }""")
    assert window.page.evaluate("() => window.slipped") is None
    assert any("Content Security Policy" in complaint for complaint in window.complaints)


def test_the_checks_themselves_see_faults(browser_page: OpenWindow, sample_site: str) -> None:
    window = browser_page(sample_site, width=390)
    window.open("/")
    window.page.evaluate("""() => {
        const main = document.querySelector("main"); main.append(document.createElement("button"));
        const wide = document.createElement("canvas"); wide.width = 900; main.append(wide);
    }""")
    assert any(found.startswith("button-name") for found in window.violations())
    assert window.sideways() > 0
