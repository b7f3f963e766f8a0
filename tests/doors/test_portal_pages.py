"""What stands on the portal's pages, in both languages, for plain, nasty and empty read-models."""

import re
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from django.test import Client

from tests.doors import portal_samples as samples

PAGES = {
    "home": "/",
    "search form": "/search/",
    "results": "/search/?q=云台",
    "hint": "/search/?q=9199010",
    "nothing found": "/search/?q=没有",
    "file": f"/org/{samples.CODE}/",
    "nasty file": f"/org/{samples.NASTY_CODE}/",
    "empty file": f"/org/{samples.EMPTY_CODE}/",
    "shop": f"/org/{samples.SHOP_CODE}/",
    "large file": f"/org/{samples.MANY_CODE}/",
    "penalties": f"/org/{samples.MANY_CODE}/?item=penalty",
    "licences": f"/org/{samples.MANY_CODE}/?item=licence&after=20240409-aa",
    "record": "/record/r-penalty-1/",
    "nasty record": "/record/r-nasty-1/",
    "about": "/about/",
    "lost": "/no/such/page/",
}
BOTH = [prefix + path for path in PAGES.values() for prefix in ("", "/en")]
VOID = {"meta", "link", "input", "br", "rect", "path", "circle", "line"}


@pytest.fixture
def selectors(monkeypatch: pytest.MonkeyPatch) -> samples.FakeSelectors:
    return samples.serve_samples(monkeypatch)


@pytest.fixture
def client(selectors: samples.FakeSelectors) -> Client:
    return samples.client()


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


class Outline(HTMLParser):
    """Notes tags, attributes and whether every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize("path", BOTH)
def test_every_page_is_sound_html(client: Client, path: str) -> None:
    outline = Outline(page(client, path))
    assert outline.wrong == []
    assert outline.open == []
    assert [tag for tag, _ in outline.tags].count("h1") == 1
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", BOTH)
def test_no_page_carries_script_or_inline_style(client: Client, path: str) -> None:
    tags = Outline(page(client, path)).tags
    assert not [tag for tag, _ in tags if tag in {"script", "style", "iframe", "object", "img"}]
    assert not [a for _, attributes in tags for a in attributes if a == "style" or a.startswith("on")]


@pytest.mark.parametrize("path", BOTH)
def test_own_classes_carry_the_prefix(client: Client, path: str) -> None:
    classes = {name for _, a in Outline(page(client, path)).tags for name in (a.get("class") or "").split()}
    assert {name for name in classes if not name.startswith("xh-")} <= {
        "btn",
        "form-control",
        "visually-hidden",
    }


@pytest.mark.parametrize("path", BOTH)
def test_a_page_is_at_most_50_kilobytes(client: Client, path: str) -> None:
    assert len(client.get(path).content) <= 50 * 1024


@pytest.mark.parametrize("path", BOTH)
def test_language_is_declared_and_the_switch_stays_on_the_page(client: Client, path: str) -> None:
    tags = Outline(page(client, path)).tags
    english = path.startswith("/en")
    assert dict(tags[0][1])["lang"] == ("en" if english else "zh-Hans")
    other = client.get("/").wsgi_request.build_absolute_uri(path.removeprefix("/en") if english else f"/en{path}")
    switch = next(a["href"] for tag, a in tags if tag == "a" and a.get("hreflang") == ("zh-Hans" if english else "en"))
    assert other.endswith(str(switch))


def test_hreflang_pairs_are_full_addresses(client: Client) -> None:
    for path in ("/about/", "/en/about/"):
        links = {
            a["hreflang"]: a["href"] for tag, a in Outline(page(client, path)).tags if tag == "link" and "hreflang" in a
        }
        assert links == {"zh-Hans": "http://testserver/about/", "en": "http://testserver/en/about/"}


def test_what_agencies_wrote_is_shown_as_text(client: Client) -> None:
    for path in PAGES.values():
        for prefix in ("", "/en"):
            html = page(client, prefix + path)
            assert "<script" not in html
            assert "&amp;lt;" not in html, "escaped twice"
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page(client, PAGES["nasty record"])
    assert "=HYPERLINK(&quot;" in page(client, PAGES["nasty file"])


def test_names_stay_chinese_and_say_so_on_english_pages(client: Client) -> None:
    english, chinese = page(client, f"/en{PAGES['file']}"), page(client, PAGES["file"])
    assert '<h1><span lang="zh-Hans">云台精工装备有限公司</span></h1>' in english
    assert "<h1>云台精工装备有限公司</h1>" in chinese
    assert "Limited liability company" in english
    assert "有限责任公司" in chinese


def test_home_gives_figures_with_the_time_of_the_data(client: Client) -> None:
    text = text_of(page(client, "/"))
    assert "40,128" in text
    assert "数据截至 2026 年 11 月 22 日 06:00" in text
    assert "Data as of 22 November 2026, 06:00" in text_of(page(client, "/en/"))


def test_an_empty_home_says_why(client: Client, selectors: samples.FakeSelectors) -> None:
    selectors.first_page = samples.HOME_EMPTY
    text = text_of(page(client, "/en/"))
    assert "No public records yet" in text
    assert "No agency has submitted data yet." in text


def test_the_matching_part_is_marked(client: Client) -> None:
    html = page(client, PAGES["results"])
    assert "<mark>云台</mark>精工装备有限公司" in html
    assert "曾用名</span> 老<mark>云台</mark>轴承厂" in html
    assert f"<code><mark>{samples.CODE}</mark></code>" in html
    assert '<span lang="zh-Hans"><mark>云台</mark>精工装备有限公司</span>' in page(client, f"/en{PAGES['results']}")


def test_results_lead_on_by_cursor(client: Client, selectors: samples.FakeSelectors) -> None:
    html = page(client, PAGES["results"])
    assert 'href="?q=%E4%BA%91%E5%8F%B0&amp;after=1-10-AA" rel="next"' in html
    client.get("/search/?q=云台&after=1-10-AA")
    assert selectors.asked[-1] == ("search", "云台", "1-10-AA")


def test_nothing_found_says_what_was_compared(client: Client) -> None:
    text = text_of(page(client, PAGES["nothing found"]))
    assert "没有找到相符的组织" in text
    assert "2026 年 11 月 22 日 06:00" in text
    assert "个体工商户只能按代码或完整字号名称查询" in text


def test_a_hint_is_shown_in_both_languages(client: Client) -> None:
    assert samples.HINT.zh in page(client, PAGES["hint"])
    assert samples.HINT.en in page(client, f"/en{PAGES['hint']}")


@pytest.mark.parametrize("blank", ["", "%20", "%00", "%09%0A", "%E3%80%80"])
def test_a_blank_query_asks_nothing(client: Client, selectors: samples.FakeSelectors, blank: str) -> None:
    assert client.get(f"/search/?q={blank}").status_code == 200
    assert selectors.asked == []


def test_a_long_query_is_refused_kindly(client: Client, selectors: samples.FakeSelectors) -> None:
    text = text_of(page(client, "/en/search/?q=" + "x" * 101))
    assert "You typed 101 characters" in text
    assert selectors.asked == []
    client.get("/search/?q=" + "x" * 100)
    assert selectors.asked == [("search", "x" * 100, None)]


def test_control_characters_never_reach_the_search(client: Client, selectors: samples.FakeSelectors) -> None:
    client.get("/search/?q=%00云%1b台%00&after=%00")
    assert selectors.asked == [("search", "云 台", None)]


def test_an_exact_code_goes_straight_to_the_file(client: Client) -> None:
    for prefix in ("", "/en"):
        answer = client.get(f"{prefix}/search/?q={samples.CODE}")
        assert answer.status_code == 302
        assert answer["Location"] == f"{prefix}/org/{samples.CODE}/"


@pytest.mark.parametrize(
    "spelling", [samples.CODE.lower(), "９１９９０１０６ＭＡ０ＸＹ０１Ｋ２Ｎ", f"%20{samples.CODE}"]
)
def test_another_spelling_of_a_code_leads_to_its_one_address(client: Client, spelling: str) -> None:
    answer = client.get(f"/en/org/{spelling}/?item=licence")
    assert answer.status_code == 301
    assert answer["Location"] == f"/en/org/{samples.CODE}/?item=licence"


@pytest.mark.parametrize(
    "code", ["610800100016090", "91990106MA0XY01K2X", "x", "91990106-MA0XY01K2N", "%00", "a" * 400]
)
def test_other_codes_get_a_page_that_helps(client: Client, code: str) -> None:
    answer = client.get(f"/org/{code}/")
    assert answer.status_code == 404
    text = text_of(answer.content.decode())
    assert "档案只按统一社会信用代码建立" in text
    assert code not in text or len(code) == 1, "what was asked for is not repeated"


def test_file_counts_and_leads_to_all_records(client: Client) -> None:
    html = page(client, PAGES["large file"])
    assert "4,210" in html
    assert html.count('class="xh-rec"') == 5
    assert '<a href="?item=licence">' in html


def test_pages_of_one_item_lead_on_and_back(client: Client, selectors: samples.FakeSelectors) -> None:
    html = page(client, PAGES["licences"])
    assert selectors.asked[-1] == ("organisation", samples.MANY_CODE, "licence", "20240409-aa")
    assert 'href="?item=licence&amp;after=20260512-aa" rel="next"' in html
    assert f'href="/org/{samples.MANY_CODE}/"' in html
    assert "第一页" in html
    assert client.get(f"/org/{samples.CODE}/?item=nonsense").status_code == 404


def test_an_empty_file_says_what_was_looked_through(client: Client) -> None:
    text = text_of(page(client, PAGES["empty file"]))
    assert "目前没有公开记录" in text
    assert "已核对截至 2026 年 11 月 22 日 06:00" in text
    assert "本组织由另一组织承继" in text
    assert "𠮷㙓䶮𬭚科技有限公司" in text


def test_individual_businesses_are_kept_out_of_search_engines(client: Client) -> None:
    file, record = client.get(PAGES["shop"]), client.get("/record/r-shop/")
    assert file["X-Robots-Tag"] == record["X-Robots-Tag"] == "noindex, noarchive"
    assert "不展示经营者和地址" in file.content.decode()
    assert "X-Robots-Tag" not in client.get(PAGES["file"])


def test_period_is_drawn_and_told_in_words(client: Client) -> None:
    html = page(client, f"/en{PAGES['record']}")
    assert '<line class="xh-passed" x1="0" y1="12" x2="534" y2="12"/>' in html
    assert '<line class="xh-repair" x1="252" y1="4" x2="252" y2="20"/>' in html
    assert 'aria-label="Public from 12 May 2026 to 11 May 2027; 53% of this time has passed."' in html
    assert "(170 days left)" in html
    assert "(last day)" in page(client, "/en/record/r-last/")


def test_a_period_without_end_has_no_bar(client: Client) -> None:
    html = page(client, PAGES["file"])
    assert html.count('<svg class="xh-period"') == 1
    assert "未设截止日" in html


def test_record_shows_source_basis_versions_and_how_to_object(client: Client) -> None:
    text = text_of(page(client, PAGES["record"]))
    for expected in (
        "固体废物污染环境防治法 第一百零二条",
        "国办发〔2025〕22号 （转引，原文待核实）",
        "工作表 5月 第 33 行",
        "b-20261121-0007",
        "首次入库",
        samples.RECORD.digest,
        "请书面联系作出决定的机关 明澜市生态环境局",
        "r-penalty-1",
    ):
        assert expected in text


def test_a_reporter_other_than_the_body_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    told = replace(samples.RECORD, source_agency="明澜市政务服务局")
    monkeypatch.setattr("xinheng.portal.views.selectors.record", lambda ctx, record_id: told)
    assert "也可以联系报送部门 明澜市政务服务局" in text_of(page(client, PAGES["record"]))


def test_an_unknown_record_is_not_found(client: Client) -> None:
    assert client.get("/record/none/").status_code == 404


@pytest.mark.django_db  # closing an answer looks after the connection, should an earlier test have opened one
def test_every_link_leads_somewhere(client: Client) -> None:
    links = {a.get("href") or "" for path in BOTH for tag, a in Outline(page(client, path)).tags if tag == "a"}
    inner = {link for link in links if link.startswith("/") and "/no/such" not in link and "/record/r-" not in link}
    assert len(inner) > 20
    for address in inner:
        with closing(client.get(address)) as answer:
            assert answer.status_code in {200, 302}, address


def test_only_long_facts_take_the_whole_width(client: Client) -> None:
    for prefix in ("", "/en"):
        assert page(client, prefix + PAGES["record"]).split('id="basis-h"')[0].count('<div class="xh-wide">') == 1
        assert page(client, prefix + PAGES["empty file"]).count('<div class="xh-wide">') == 0
