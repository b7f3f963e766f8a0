"""A corpus under fire: stopped at every step, no room on the disk, several at once, read while it changes."""

import errno
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.corpus.archived import SMALL, archive_again, at, penalties, registered
from tests.corpus.test_replay import replayed
from xinheng.core.context import Context
from xinheng.corpus import durable, writing
from xinheng.corpus.examination import corpus_check
from xinheng.corpus.layout import Layout
from xinheng.corpus.selectors import Corpus
from xinheng.corpus.services import corpus_build, corpus_compact, corpus_rebuild, corpus_state
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder

pytestmark = pytest.mark.django_db

STOPS = (0, 1, 2, 3, 4, 6, 9, 13, 18, 30)
"""After how many steps to the disk it stops."""

Verb = Callable[[DataFolder], object]


class Killed(BaseException):
    """The process ends here; nobody may catch it."""


class Fuse:
    """Lets so many steps to the disk pass and stops at the next one."""

    def __init__(self, steps: int, error: Callable[[], BaseException]) -> None:
        self.left, self.error, self.burnt = steps, error, False

    def __call__(self, step: Callable[..., None]) -> Callable[..., None]:
        def careful(*given: object) -> None:
            if self.left == 0:
                self.burnt = True
                raise self.error()
            self.left -= 1
            step(*given)

        return careful


def build(folder: DataFolder) -> object:
    return corpus_build(folder, policy=SMALL)


def compact(folder: DataFolder) -> object:
    return corpus_compact(folder, policy=SMALL)


def rebuild(folder: DataFolder) -> object:
    return corpus_rebuild(folder, policy=SMALL)


def stopped(monkeypatch: pytest.MonkeyPatch, folder: DataFolder, verb: Verb, fuse: Fuse) -> bool:
    """Run a verb until its fuse burns; False when it came through."""
    with monkeypatch.context() as patched:
        for module in (durable, writing):
            patched.setattr(module, "flush", fuse(durable.flush))
            patched.setattr(module, "put_in_place", fuse(durable.put_in_place))
        how = "through"
        try:
            verb(folder)
        except Killed:
            how = "killed"
        except RuntimeRefusal as refused:
            how = refused.rule
    assert how in (("killed", "disk.full") if fuse.burnt else ("through",))
    return fuse.burnt


def no_room() -> BaseException:
    return OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("verb", [build, compact, rebuild])
@pytest.mark.parametrize("error", [Killed, no_room])
def test_stopped_at_every_step_it_goes_on(
    ctx: Context, folder: DataFolder, verb: Verb, error: Callable[[], BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands after a stop is whole; then the verb and the build come to the one right end."""
    registered(ctx, [0, 1], "甲", date(2026, 1, 1))
    penalties(ctx, random.Random(1), 30, subjects=2)
    build(folder)
    burnt = []
    for step in STOPS:
        registered(at(ctx, step + 1), [step % 2], f"名{step}", date(2026, 1, 1))
        penalties(at(ctx, step + 1), random.Random(step), 12, subjects=2)
        burnt.append(stopped(monkeypatch, folder, verb, Fuse(step, error)))
        with Corpus(folder) as corpus:
            assert corpus.root() == corpus.root(as_of=corpus.position)
    assert sum(burnt) > len(STOPS) / 2
    build(folder)
    assert replayed(folder) == archive_again()
    assert corpus_check(folder).problems == ()
    assert corpus_state(folder).behind == 0
    assert unnamed(folder) == set()


def unnamed(folder: DataFolder) -> set[Path]:
    """Files that belong to nothing."""
    layout = Layout(folder)
    with Corpus(folder, verify=False) as corpus:
        named = {layout.path / part.file for part in corpus.manifest.files()}
    return {path for path in layout.path.rglob("*") if path.is_file()} - named - {layout.manifest}


def test_a_stop_before_the_first_manifest(ctx: Context, folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    penalties(ctx, random.Random(1), 30)
    assert stopped(monkeypatch, folder, build, Fuse(1, Killed))
    assert not corpus_state(folder).built
    build(folder)
    assert replayed(folder) == archive_again()
    assert unnamed(folder) == set()


def test_a_reader_keeps_what_he_opened(ctx: Context, folder: DataFolder) -> None:
    for step in range(4):
        penalties(at(ctx, step), random.Random(step), 25)
        build(folder)
    with Corpus(folder) as corpus:
        root, files = corpus.root(), [Layout(folder).path / part.file for part in corpus.manifest.files()]
        penalties(at(ctx, 9), random.Random(9), 25)
        build(folder)
        compact(folder)
        rebuild(folder)
        assert all(path.is_file() for path in files)
        assert corpus.root() == root
        assert corpus.position == 3
    build(folder)
    assert not any(path.is_file() for path in files)
    assert corpus_check(folder).problems == ()


def test_building_again_changes_nothing(ctx: Context, folder: DataFolder) -> None:
    penalties(ctx, random.Random(1), 30)
    build(folder)
    before = {path: path.stat().st_mtime_ns for path in Layout(folder).path.rglob("*.*")}
    assert corpus_build(folder, policy=SMALL).read == 0
    assert {path: path.stat().st_mtime_ns for path in Layout(folder).path.rglob("*.*")} == before


def test_the_same_acts_make_the_same_bytes(ctx: Context, folder: DataFolder, tmp_path: Path) -> None:
    other = DataFolder(tmp_path / "other")
    other.path.mkdir()
    penalties(ctx, random.Random(1), 30)
    told = [corpus_build(each, policy=SMALL) for each in (folder, other)]
    manifests = [Layout(each).manifest.read_bytes() for each in (folder, other)]
    assert told[0] == told[1]
    assert manifests[0] == manifests[1]


def test_only_the_owner_may_look(ctx: Context, folder: DataFolder) -> None:
    penalties(ctx, random.Random(1), 3)
    build(folder)
    assert Layout(folder).path.stat().st_mode & 0o077 == 0
