"""As of every act, instant and day the corpus says what the archive says, and what a slow replay says."""

import os
import random
from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.corpus.archived import SMALL, asked, at, penalties, registered
from tests.factories import codes
from xinheng.archive import selectors as archive
from xinheng.archive.withdrawals import versions_withdraw
from xinheng.core.context import Context
from xinheng.core.identifiers.uscc import bucket_of
from xinheng.corpus.selectors import Corpus
from xinheng.corpus.services import corpus_build, corpus_compact, corpus_state
from xinheng.ledger.services import append
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder

pytestmark = pytest.mark.django_db

SUBJECTS = [codes.enterprise(number) for number in range(4)]
DAYS = [None, date(2025, 12, 31), date(2026, 1, 20), date(2026, 2, 10), date(2099, 1, 1)]
Held = dict[tuple[str, bytes], int]


def history(ctx: Context, folder: DataFolder, seed: int, acts: int) -> None:
    """Decisions, corrections, the register and withdrawals, with builds in between."""
    print(f"seed {seed}")
    chance = random.Random(seed)
    for step in range(acts):
        kind = ["decisions", "decisions", chance.choice(["decisions", "register"]), "withdrawal"][step % 4]
        if kind == "decisions":
            penalties(at(ctx, step), chance, chance.randrange(1, 12), subjects=len(SUBJECTS))
        elif kind == "register":
            on = date(2026, 1, 1) + timedelta(days=chance.randrange(60))
            registered(at(ctx, step), chance.sample(range(len(SUBJECTS)), 2), f"名{step}", on)
        else:
            withdrawn(at(ctx, step), chance)
        if chance.random() < 0.5:
            corpus_build(folder, policy=SMALL)
    corpus_build(folder, policy=SMALL)


def withdrawn(ctx: Context, chance: random.Random) -> None:
    """An act that takes back what some earlier act brought and nobody replaced since."""
    (subject, key), n = chance.choice(sorted(slow(1 << 40, None).items()))
    brought = asked("SELECT act FROM archive_version WHERE subject = %s AND key = %s AND n = %s", [subject, key, n])
    act = uuid4()
    versions_withdraw(act=act, acts=list(brought[0]), reason="sent_in_error")
    append(ctx, kind="test:records:withdrawn", act=act, payload={})


def slow(position: int, day: date | None) -> Held:
    """What stood: every row looked at, one record after the other."""
    told: dict[tuple[str, bytes], list[tuple[int, date | None]]] = {}
    for subject, key, n, item, on in asked(
        "SELECT v.subject, v.key, v.n, v.item, v.effective_on FROM archive_version v"
        " JOIN ledger_entry e ON e.act = v.act WHERE e.position <= %s ORDER BY v.n",
        [position],
    ):
        if day is None or item != "registration" or on is None or on <= day:
            told.setdefault((subject, bytes(key)), []).append((n, on))
    gone = {
        (subject, bytes(key), n)
        for subject, key, n in asked(
            "SELECT w.subject, w.key, w.n FROM archive_withdrawal w JOIN ledger_entry e ON e.act = w.act"
            " WHERE e.position <= %s",
            [position],
        )
    }
    newest = {record: versions[-1] for record, versions in told.items()}
    return {
        record: n
        for record, (n, on) in newest.items()
        if (day is None or on is None or on <= day) and (*record, n) not in gone
    }


def read(corpus: Corpus, **named: object) -> Held:
    """What the corpus says is current."""
    found: Held = {}
    for piece in corpus.current(**named):  # type: ignore[arg-type]
        for subject, key, n in piece.project("subject, key, n").fetchall():
            assert (subject, key) not in found, "a record is said once"
            found[subject, bytes(key)] = n
    return found


@pytest.mark.parametrize("seed", [11, 12, int(os.environ["XINHENG_RUN_SEED"])])
def test_every_position_and_day(ctx: Context, folder: DataFolder, seed: int) -> None:
    history(ctx, folder, seed, acts=12)
    assert asked("SELECT count(*) FROM archive_withdrawal")[0][0] > 0
    with Corpus(folder) as corpus:
        assert corpus.position == 11
        for position in range(-1, 12):
            for day in DAYS:
                assert read(corpus, as_of=position, day=day) == slow(position, day)
            known_at = at(ctx, position).now
            assert read(corpus, as_of=known_at, day=DAYS[-1]) == slow(position, DAYS[-1])


def test_single_files_read_alike(ctx: Context, folder: DataFolder) -> None:
    """The archive's own reading of one file, for every organisation, instant and day."""
    history(ctx, folder, 21, acts=10)
    corpus_compact(folder, policy=SMALL)
    with Corpus(folder) as corpus:
        for position in range(10):
            for day in DAYS[1:]:
                found = read(corpus, as_of=position, day=day)
                known_at = at(ctx, position).now
                files = [archive.file_as_of(code, as_of=day, known_at=known_at) for code in SUBJECTS]
                assert found == {(each.id.subject, each.id.key): each.n for file in files for each in file}


def test_buckets_may_be_chosen(ctx: Context, folder: DataFolder) -> None:
    history(ctx, folder, 31, acts=8)
    chosen = {bucket_of(SUBJECTS[0]), bucket_of(SUBJECTS[1])}
    expected = {record: n for record, n in slow(7, None).items() if bucket_of(record[0]) in chosen}
    with Corpus(folder) as corpus:
        assert read(corpus, buckets=chosen) == expected
        assert read(corpus, buckets=[]) == {}
        assert set(corpus.versions(buckets=chosen).project("bucket").distinct().fetchall()) == {(b,) for b in chosen}


def test_the_root_of_a_position_never_changes(ctx: Context, folder: DataFolder) -> None:
    roots: list[bytes] = []
    for step in range(6):
        penalties(at(ctx, step), random.Random(step), 15)
        corpus_build(folder, policy=SMALL)
        with Corpus(folder) as corpus:
            roots.append(corpus.root())
            assert [corpus.root(as_of=position) for position in range(step + 1)] == roots
    corpus_compact(folder, policy=SMALL)
    with Corpus(folder) as corpus:
        assert [corpus.root(as_of=position) for position in range(6)] == roots
    assert len(set(roots)) == 6


def test_records_are_counted(ctx: Context, folder: DataFolder) -> None:
    history(ctx, folder, 41, acts=6)
    with Corpus(folder) as corpus:
        for position in range(6):
            counted = asked(
                "SELECT count(DISTINCT (v.subject, v.key)) FROM archive_version v JOIN ledger_entry e ON e.act = v.act"
                " WHERE e.position <= %s",
                [position],
            )
            assert corpus.count(as_of=position) == counted[0][0]


def test_heads_are_those_of_the_register(ctx: Context, folder: DataFolder) -> None:
    registered(ctx, [0, 1, 2], "甲", date(2026, 1, 1))
    corpus_build(folder, policy=SMALL)
    registered(at(ctx, 1), [1, 2], "乙", date(2026, 2, 1))
    registered(at(ctx, 2), [2], "丙", date(2026, 3, 1))
    corpus_build(folder, policy=SMALL)
    heads = asked("SELECT code, name, status, status_on, region, act::text FROM archive_organisation ORDER BY code")
    with Corpus(folder) as corpus:
        read_now = corpus.organisations().project("subject, name, status, status_on, region, act").order("subject")
        assert read_now.fetchall() == heads
        before = corpus.organisations(as_of=0).project("name").fetchall()
        assert {name for (name,) in before} == {f"甲{number}号有限公司" for number in range(3)}
        formerly = "SELECT count(*) FROM h, json_each(names) WHERE value->>'kind' = 'former'"
        counted = corpus.organisations().query("h", formerly).fetchall()
        assert counted == asked("SELECT count(*) FROM archive_name WHERE kind = 'former'")
        assert corpus.events().aggregate("count(*)").fetchall() == asked("SELECT count(*) FROM archive_event")


def test_what_is_not_in_yet_is_refused(ctx: Context, folder: DataFolder) -> None:
    penalties(ctx, random.Random(1), 3)
    assert corpus_state(folder).behind == 1
    corpus_build(folder)
    penalties(ctx, random.Random(2), 3)
    assert (corpus_state(folder).position, corpus_state(folder).behind) == (0, 1)
    with Corpus(folder) as corpus, pytest.raises(RuntimeRefusal) as refused:
        corpus.versions(as_of=1)
    assert refused.value.rule == "corpus.beyond"


def test_an_empty_corpus_reads_as_nothing(folder: DataFolder) -> None:
    corpus_build(folder)
    with Corpus(folder) as corpus:
        assert corpus.position == -1
        assert read(corpus) == {}
        assert corpus.count() == 0
        assert corpus.events().fetchall() == corpus.organisations().fetchall() == []
        assert list(corpus.replay()) == []
