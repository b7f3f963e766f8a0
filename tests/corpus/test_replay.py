"""The corpus is the archive: replayed it gives every column again, grown or rebuilt, compacted or not."""

import os
import random
from datetime import date

import pyarrow as pa
import pytest

from tests.corpus.archived import COLUMNS, SMALL, archive_again, at, penalties, registered
from xinheng.core.context import Context
from xinheng.corpus.examination import corpus_check
from xinheng.corpus.selectors import Corpus
from xinheng.corpus.services import USUAL, corpus_build, corpus_compact, corpus_rebuild
from xinheng.runtime.folder import DataFolder

pytestmark = pytest.mark.django_db


def replayed(folder: DataFolder) -> list[tuple]:
    """The archive's table as the corpus gives it."""
    with Corpus(folder) as corpus:
        tables = list(corpus.replay())
    rows = pa.concat_tables(tables).select(COLUMNS).to_pylist() if tables else []
    return [tuple(row.values()) for row in rows]


def grow(ctx: Context, folder: DataFolder, seed: int, acts: int = 12) -> None:
    """Acts of all kinds with builds in between."""
    print(f"seed {seed}")
    chance = random.Random(seed)
    for step in range(acts):
        later = at(ctx, step)
        if chance.random() < 0.3:
            numbers = chance.sample(range(12), chance.randrange(1, 6))
            registered(later, sorted(numbers), chance.choice("甲乙丙"), date(2026, 1, 1 + step))
        else:
            penalties(later, chance, chance.randrange(1, 30))
        if chance.random() < 0.7:
            corpus_build(folder, policy=SMALL)
    corpus_build(folder, policy=SMALL)


@pytest.mark.parametrize("seed", [1, 2, 3, int(os.environ["XINHENG_RUN_SEED"])])
def test_a_replay_is_the_archive(ctx: Context, folder: DataFolder, seed: int) -> None:
    grow(ctx, folder, seed)
    expected = archive_again()
    assert len(expected) > 50
    assert replayed(folder) == expected
    examined = corpus_check(folder)
    assert examined.problems == ()
    corpus_compact(folder, policy=SMALL)
    assert replayed(folder) == expected
    assert corpus_check(folder).root == examined.root
    corpus_rebuild(folder, policy=USUAL)
    assert replayed(folder) == expected
    assert corpus_check(folder).root == examined.root
