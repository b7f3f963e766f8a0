"""Headers, cookies, probes and what is said when something fails."""

import io
import json
import logging

import pytest
from django.db import OperationalError
from django.test import Client, override_settings

from tests.doors import portal_samples as samples
from xinheng.config.logs import QuietFormatter

SECRET = "110101199003070000"
PATHS = ["/", "/en/", f"/org/{samples.CODE}/", "/search/?q=云台", "/nope/", "/robots.txt", "/healthz"]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    samples.serve_samples(monkeypatch)
    return samples.client()


@pytest.fixture
def log() -> io.StringIO:
    """All that the portal and Django write to their log."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(QuietFormatter())
    names = ("django", "django.request", "django.security", "xinheng")
    for name in names:
        logging.getLogger(name).addHandler(handler)
    yield stream
    for name in names:
        logging.getLogger(name).removeHandler(handler)


def fail(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def raising(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("xinheng.portal.views.selectors.search", raising)


@pytest.mark.parametrize("path", PATHS)
def test_security_headers_stand_everywhere(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert not answer.cookies


def test_pages_are_kept_for_a_minute_and_revalidated(client: Client) -> None:
    answer = client.get("/about/")
    assert "max-age=60" in answer["Cache-Control"]
    again = client.get("/about/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_searches_and_errors_are_kept_nowhere(client: Client) -> None:
    assert "no-store" in client.get("/search/?q=云台")["Cache-Control"]
    assert "no-store" in client.get(f"/search/?q={samples.CODE}")["Cache-Control"]
    assert "no-store" in client.get("/nope/")["Cache-Control"]


def test_pages_are_compressed(client: Client) -> None:
    assert client.get("/about/", headers={"Accept-Encoding": "gzip"})["Content-Encoding"] == "gzip"


def test_pages_take_no_other_methods(client: Client) -> None:
    for path in (
        "/",
        "/search/",
        f"/org/{samples.CODE}/",
        "/record/r-penalty-1/",
        "/about/",
        "/healthz",
        "/readyz",
    ):
        assert client.post(path).status_code == 405
    assert client.head("/").content == b""


def test_text_size_is_remembered_and_comes_back_to_the_same_page(client: Client) -> None:
    answer = client.get("/en/search/?q=云台&scale=large")
    assert answer["Location"] == "/en/search/?q=%E4%BA%91%E5%8F%B0"
    cookie = answer.cookies["xh_scale"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("large", True, "Lax")
    assert 'data-scale="large"' in client.get("/").content.decode()
    client.get("/?scale=normal")
    assert 'data-scale="normal"' in client.get("/").content.decode()


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "//evil.example/%2e%2e", "/\\evil.example/", "/%2Fevil.example/", "///evil.example"],
)
def test_no_link_or_redirect_leads_to_another_site(client: Client, path: str) -> None:
    moved = client.generic("GET", path, QUERY_STRING="scale=large")
    assert not moved.get("Location", "/").startswith(("//", "/\\", "http"))
    html = client.generic("GET", path).content.decode()
    assert 'href="//' not in html
    assert 'href="/\\' not in html


def test_other_text_sizes_are_ignored(client: Client) -> None:
    assert client.get("/?scale=huge").status_code == 200
    client.cookies["xh_scale"] = '"><script>'
    assert 'data-scale="normal"' in client.get("/").content.decode()


def test_database_away_is_said_in_plain_words(
    client: Client, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    fail(monkeypatch, OperationalError(f"connection refused while looking for {SECRET}"))
    for path, words in (
        ("/search/?q=云台", "暂时无法读取数据"),
        ("/en/search/?q=云台", "The data cannot be reached"),
    ):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer["Retry-After"] == "30"
        assert words in answer.content.decode()
    assert "The database cannot be reached" in log.getvalue()
    assert SECRET not in log.getvalue()


def test_a_fault_of_ours_gives_a_number_that_the_log_knows(
    client: Client, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    fail(monkeypatch, ValueError(f"odd query {SECRET}"))
    answer = client.get(f"/en/search/?q={SECRET}")
    html = answer.content.decode()
    assert answer.status_code == 500
    incident = html.partition("<code>")[2].partition("</code>")[0]
    assert len(incident) == 8
    assert f"Incident {incident}" in log.getvalue()
    assert "ValueError" in log.getvalue()


def test_a_number_that_was_masked_stays_masked_in_every_link(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    masked = samples.SearchPage("[masked]", None, (), (), None, None)
    monkeypatch.setattr("xinheng.portal.views.selectors.search", lambda ctx, text, after=None: masked)
    answer = client.get(f"/search/?q={SECRET}&after={SECRET}")
    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()
    for error in (ValueError(SECRET), OperationalError(SECRET)):
        fail(monkeypatch, error)
        assert SECRET not in client.get(f"/search/?q={SECRET}").content.decode()


def test_what_somebody_typed_is_never_logged(client: Client, monkeypatch: pytest.MonkeyPatch, log: io.StringIO) -> None:
    client.get(f"/search/?q={SECRET}")
    client.get(f"/search/{SECRET}/?q={SECRET}")
    fail(monkeypatch, ValueError(f"odd query {SECRET}"))
    client.get(f"/search/?q={SECRET}")
    assert "ValueError" in log.getvalue()
    assert SECRET not in log.getvalue()


@pytest.mark.parametrize("name", ["404", "500", "503", "400"])
def test_error_pages_need_no_database(name: str) -> None:
    from django.template.loader import get_template

    assert "selectors" not in get_template(f"portal/{name}.html").template.source


def test_a_foreign_host_name_is_refused_politely(client: Client) -> None:
    answer = client.get("/en/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "This request cannot be understood" in answer.content.decode()
    assert "evil.example" not in answer.content.decode()


def test_healthz_needs_nothing(client: Client) -> None:
    answer = client.get("/healthz")
    assert json.loads(answer.content) == {"status": "ok"}
    assert "no-store" in answer["Cache-Control"]


def test_readyz_asks_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cursor:
        def __enter__(self) -> "Cursor":
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def execute(self, statement: str) -> None:
            assert statement == "SELECT 1"

    class Connection:
        away = False

        def cursor(self) -> Cursor:
            if self.away:
                raise OperationalError("no socket /somewhere")
            return Cursor()

    connection = Connection()
    monkeypatch.setattr("xinheng.portal.probes.connection", connection)
    assert client.get("/readyz").status_code == 200
    connection.away = True
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert json.loads(answer.content) == {"status": "unavailable", "database": "away"}


def test_crawlers_are_asked_to_leave_searches_alone(client: Client) -> None:
    assert "Disallow: /search/" in client.get("/robots.txt").content.decode().splitlines()


def test_the_demonstration_says_so(client: Client) -> None:
    words = "所有组织和记录均为虚构"
    assert words not in client.get("/").content.decode()
    with override_settings(XINHENG_DEMO=True):
        assert words in client.get("/").content.decode()
