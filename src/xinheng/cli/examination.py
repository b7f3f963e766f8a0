"""What `doctor` looks at, one function a question."""

import shutil
from typing import Any

from xinheng.core.context import Context
from xinheng.documents.store import DocumentStore
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder

LOW_SPACE = 1_000_000_000
OPEN_TO_OTHERS = 0o077


def examine(ctx: Context, store: DocumentStore) -> list[dict[str, Any]]:
    """Every check with its answer."""
    return [
        _check("rulebook", True, f"{ctx.rulebook.version}, digest {ctx.rulebook.digest}"),
        _disk(store),
        _closed(store),
        _pages(),
        _ledger(),
        _followers(),
        _receipts(),
        _documents(store),
        _attempts(),
        _corpus(store),
        _contents(),
    ]


def _check(name: str, ok: bool, detail: str) -> dict[str, Any]:
    return {"id": name, "ok": ok, "detail": detail}


def _disk(store: DocumentStore) -> dict[str, Any]:
    free = shutil.disk_usage(store.folder if store.folder.is_dir() else store.folder.parent).free
    return _check("disk", free > LOW_SPACE, f"{free // 1_000_000} MB free")


def _closed(store: DocumentStore) -> dict[str, Any]:
    """What lies in the folder is for its owner alone."""
    parts = [store.folder.parent / name for name in ("corpus", "documents", "keys", "logs", "postgres")]
    open_ones = [part.name for part in parts if part.is_dir() and part.stat().st_mode & OPEN_TO_OTHERS]
    return _check(
        "closed_folders", not open_ones, f"open to other users: {', '.join(open_ones)}" if open_ones else "yes"
    )


def _pages() -> dict[str, Any]:
    """Whether the pages are dressed: Django's own checks say so. Undressed they still work."""
    from django.core.checks import run_checks

    said = "; ".join(" ".join(str(message.msg).split()) for message in run_checks())
    return _check("pages", True, said or "assets and both languages built")


def _ledger() -> dict[str, Any]:
    """Positions without gaps, instants that never go back."""
    from xinheng.ledger.selectors import entries_after, head

    size, expected, last = head().size, 0, None
    while entries := entries_after(expected - 1, limit=5000):
        for entry in entries:
            if entry.position != expected or (last and entry.recorded_at < last):
                return _check("ledger", False, f"broken at position {entry.position}, expected {expected}")
            expected, last = expected + 1, entry.recorded_at
    return _check("ledger", expected == size, f"{size} entries")


def _followers() -> dict[str, Any]:
    """How far those who follow the ledger are behind; a command or the server lets them catch up."""
    from xinheng.intake.release import ReleaseFollower
    from xinheng.ledger.followers import lag
    from xinheng.publication.followers import PublicationFollower

    lags = {follower.name: lag(follower.name) for follower in (ReleaseFollower(), PublicationFollower())}
    return _check(
        "followers", not any(lags.values()), ", ".join(f"{name} {count} behind" for name, count in lags.items())
    )


def _receipts() -> dict[str, Any]:
    """Every receipt against the archive: its root computed anew from the rows, its counts against the rows' fates."""
    from xinheng.intake.selectors import untrue_receipts

    checked, untrue = untrue_receipts()
    return _check(
        "receipts", not untrue, f"{checked} checked" + "".join(f"; {number} does not agree" for number in untrue)
    )


def _documents(store: DocumentStore) -> dict[str, Any]:
    """One file of kept rows for each receipt, and none besides."""
    from xinheng.intake.selectors import attempts

    wanted = attempts().get("done", 0)
    found = len(list(store.folder.glob("*.parquet*"))) if store.folder.is_dir() else 0
    return _check("documents", wanted == found, f"{found} files of {wanted} batches")


def _attempts() -> dict[str, Any]:
    from xinheng.intake.selectors import attempts

    counted = attempts()
    return _check(
        "attempts", True, ", ".join(f"{state} {number}" for state, number in sorted(counted.items())) or "none"
    )


def _corpus(store: DocumentStore) -> dict[str, Any]:
    from xinheng.corpus.services import corpus_state

    try:
        state = corpus_state(DataFolder(store.folder.parent))
    except RuntimeRefusal as damaged:
        return _check("corpus", False, damaged.rule)
    return _check("corpus", True, f"{state.behind} entries behind" if state.built else "not built")


def _contents() -> dict[str, Any]:
    from xinheng.accounts.selectors import agency_count
    from xinheng.archive.selectors import organisation_count
    from xinheng.intake.selectors import held_count

    return _check(
        "contents", True, f"{organisation_count()} organisations, {agency_count()} agencies, {held_count()} rows held"
    )
