"""What is damaged, cut, lost or changed is noticed by check, refused by readers, and mended by a rebuild."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection

from tests.corpus.archived import SMALL, at, penalties, registered
from xinheng.core.context import Context
from xinheng.corpus.examination import corpus_check
from xinheng.corpus.layout import Layout
from xinheng.corpus.manifest import Manifest, Part, read_manifest, write_manifest
from xinheng.corpus.selectors import Corpus
from xinheng.corpus.services import corpus_build, corpus_compact, corpus_rebuild
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder

pytestmark = pytest.mark.django_db


@pytest.fixture
def built(ctx: Context, folder: DataFolder) -> DataFolder:
    """A corpus with tails and buckets."""
    registered(ctx, list(range(12)), "甲", date(2026, 1, 1))
    for step in range(5):
        penalties(at(ctx, step), random.Random(step), 25)
        corpus_build(folder, policy=replace(SMALL, spread_rows=80))
    parts = manifest(folder).of("version")
    assert {part.bucket is None for part in parts} == {True, False}
    return folder


def manifest(folder: DataFolder) -> Manifest:
    return read_manifest(Layout(folder).manifest)


def file_of(folder: DataFolder, part: Part) -> Path:
    return Layout(folder).path / part.file


def read_all(folder: DataFolder) -> None:
    with Corpus(folder) as corpus:
        for piece in corpus.current():
            piece.fetchall()


def refused(folder: DataFolder) -> str:
    """By which rule a reader of everything is refused."""
    with pytest.raises(RuntimeRefusal) as refusal:
        read_all(folder)
    assert refusal.value.message_zh
    assert "rebuild" in refusal.value.message_en
    return refusal.value.rule


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def lost(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("tail", [True, False])
@pytest.mark.parametrize(
    ("harm", "rule"),
    [(cut, "corpus.part_damaged"), (flip, "corpus.part_damaged"), (emptied, "corpus.part_damaged"),
     (lost, "corpus.part_missing")],
)  # fmt: skip
def test_a_harmed_part_is_noticed_and_refused(
    built: DataFolder, harm: Callable[[Path], None], rule: str, tail: bool
) -> None:
    before = corpus_check(built)
    assert before.problems == ()
    part = next(part for part in manifest(built).of("version") if (part.bucket is None) is tail)
    harm(file_of(built, part))
    found = corpus_check(built)
    assert [(each.rule, each.place) for each in found.problems] == [(rule, part.file)]
    assert refused(built) == rule
    corpus_rebuild(built)
    mended = corpus_check(built)
    assert (mended.problems, mended.root) == ((), before.root)


def test_the_salts_are_watched_too(built: DataFolder) -> None:
    part = manifest(built).of("salt")[0]
    flip(file_of(built, part))
    assert [each.rule for each in corpus_check(built).problems] == ["corpus.part_damaged"]
    with Corpus(built) as corpus, pytest.raises(RuntimeRefusal, match="rebuild"):
        list(corpus.replay())


def test_compaction_does_not_carry_damage_on(built: DataFolder) -> None:
    """Nothing is merged out of a part that is not what was written."""
    damaged = manifest(built).of("version")[0]
    flip(file_of(built, damaged))
    with pytest.raises(RuntimeRefusal) as refusal:
        corpus_compact(built)
    assert refusal.value.rule == "corpus.part_damaged"
    kept = manifest(built).of("version")
    assert damaged in kept, "what was merged before stays merged, the damaged part stays where everybody sees it"
    assert [(each.rule, each.place) for each in corpus_check(built).problems] == [("corpus.part_damaged", damaged.file)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [("", "corpus.manifest_damaged"), ("[]", "corpus.manifest_damaged"), ("{}", "corpus.manifest_damaged"),
     ("\x00", "corpus.manifest_damaged"), ('{"digest": ""}', "corpus.other_schema")],
)  # fmt: skip
def test_a_manifest_that_is_none(built: DataFolder, text: str, rule: str) -> None:
    Layout(built).manifest.write_text(text)
    assert refused(built) == rule
    with pytest.raises(RuntimeRefusal):
        corpus_build(built)
    corpus_rebuild(built)
    assert corpus_check(built).problems == ()


def test_a_manifest_that_was_edited(built: DataFolder) -> None:
    path = Layout(built).manifest
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"position": told["position"] - 1}))
    assert refused(built) == "corpus.manifest_damaged"
    path.write_text(json.dumps(told | {"schema": 99}))
    assert refused(built) == "corpus.other_schema"
    path.write_text(json.dumps(told))
    assert corpus_check(built).problems == ()


def test_without_a_corpus_readers_say_so(folder: DataFolder) -> None:
    with pytest.raises(RuntimeRefusal) as refusal, Corpus(folder):
        pass
    assert refusal.value.rule == "corpus.not_built"


def forged(folder: DataFolder, change: Callable[[pa.Table], pa.Table]) -> None:
    """A part whose content was changed by somebody who could also mend the manifest."""
    before = manifest(folder)
    part = next(part for part in before.of("version") if part.bucket is not None and part.rows > 2)
    table = change(pq.read_table(file_of(folder, part), partitioning=None))
    pq.write_table(table, file_of(folder, part))
    data = file_of(folder, part).read_bytes()
    new = replace(part, bytes=len(data), sha256=sha256(data).hexdigest(), rows=table.num_rows)
    write_manifest(Layout(folder).manifest, before.exchanged("version", gone=[part], come=[new]))


def with_column(table: pa.Table, name: str, values: list[object]) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(name), pa.array(values, table.schema.field(name).type))


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (lambda t: t.take(list(reversed(range(t.num_rows)))), {"corpus.order"}),
        (lambda t: pa.concat_tables([t, t.slice(t.num_rows - 1)]), {"corpus.order"}),
        (lambda t: with_column(t, "bucket", [(b + 1) % 64 for b in t["bucket"].to_pylist()]), {"corpus.bucket"}),
        (lambda t: with_column(t, "position", [99] * t.num_rows), {"corpus.span"}),
        (lambda t: t.slice(1), {"corpus.differs"}),
        (lambda t: with_column(t, "content", ["{}"] * t.num_rows), {"corpus.differs"}),
        (lambda t: t.drop_columns(["digest"]), {"corpus.part_damaged"}),
    ],
)
def test_a_forged_part_is_noticed(built: DataFolder, change: Callable[[pa.Table], pa.Table], rules: set[str]) -> None:
    forged(built, change)
    assert {each.rule for each in corpus_check(built).problems} == rules


def test_a_lost_stretch_is_noticed(built: DataFolder) -> None:
    before = manifest(built)
    write_manifest(Layout(built).manifest, before.exchanged("version", gone=before.of("version")[-1:], come=[]))
    assert {each.rule for each in corpus_check(built).problems} == {"corpus.differs"}


def test_a_stretch_said_twice_is_noticed(built: DataFolder) -> None:
    before = manifest(built)
    twice = replace(before, parts={**before.parts, "version": (*before.of("version"), before.of("version")[-1])})
    write_manifest(Layout(built).manifest, twice)
    assert "corpus.span" in {each.rule for each in corpus_check(built).problems}


def test_another_history_is_refused(built: DataFolder, ctx: Context) -> None:
    """The database was put back to an earlier state and lived on otherwise."""
    before = manifest(built)
    write_manifest(Layout(built).manifest, replace(before, act="00000000-0000-4000-8000-000000000000"))
    with pytest.raises(RuntimeRefusal) as refusal:
        corpus_build(built)
    assert refusal.value.rule == "corpus.other_history"
    assert {each.rule for each in corpus_check(built).problems} == {"corpus.other_history"}
    write_manifest(Layout(built).manifest, replace(before, position=before.position + 7))
    with pytest.raises(RuntimeRefusal) as refusal:
        corpus_build(built)
    assert refusal.value.rule == "corpus.other_history"


def test_a_head_that_changed_without_the_register_is_noticed(built: DataFolder) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE archive_organisation SET status = 'deregistered' WHERE code = (SELECT max(code) FROM"
                       " archive_organisation)")  # fmt: skip
    (found,) = corpus_check(built).problems
    assert found.rule == "corpus.differs"
    assert found.place.startswith("organisation bucket=")


def test_a_corpus_behind_is_whole_all_the_same(built: DataFolder, ctx: Context) -> None:
    registered(at(ctx, 9), [3, 4], "新", date(2026, 5, 1))
    found = corpus_check(built)
    assert (found.problems, found.behind) == ((), 1)
