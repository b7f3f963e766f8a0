"""What stays where a withdrawn record stood: gone for machines, explained for people, closed to crawlers."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from tests.doors.portal_samples import CODE, NASTY, NOW, client
from xinheng.core.values import Bilingual
from xinheng.publication.pages import TombstonePage

GONE = TombstonePage(
    id=f"{CODE}-{'0' * 32}",
    subject=CODE,
    withdrawn_by="明澜市生态环境局",
    withdrawn_by_code="11990000000000000X",
    withdrawn_at=datetime(2026, 11, 20, 1, 30, tzinfo=UTC),
    reason=Bilingual("决定被依法撤销", "The decision was annulled"),
    as_of=NOW,
)


@pytest.fixture(params=[GONE])
def page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> TombstonePage:
    monkeypatch.setattr("xinheng.portal.views.selectors", SimpleNamespace(record=lambda *_: request.param))
    monkeypatch.setattr("xinheng.portal.views.visitor", lambda: SimpleNamespace(now=NOW))
    return request.param


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"/record/{GONE.id}/", ("该记录已撤回", "明澜市生态环境局", "2026 年 11 月 20 日 09:30", "决定被依法撤销")),
        (
            f"/en/record/{GONE.id}/",
            ("This record was withdrawn", "20 November 2026, 09:30", "The decision was annulled"),
        ),
    ],
)
def test_it_says_who_when_and_why(page: TombstonePage, path: str, said: tuple[str, ...]) -> None:
    answer = client().get(path)
    text = answer.content.decode()
    assert answer.status_code == 410
    assert [part for part in said if part not in text] == []
    assert f"/org/{CODE}/" in text
    assert answer["X-Robots-Tag"] == "noindex, noarchive"


@pytest.mark.parametrize(
    "page",
    [TombstonePage(NASTY, CODE, NASTY, NASTY, NOW, Bilingual(NASTY, NASTY), NOW)],
    indirect=True,
)
def test_nothing_that_is_shown_is_markup(page: TombstonePage) -> None:
    assert "<script>alert" not in client().get("/record/x/").content.decode()
