"""SIGKILL at random moments of an intake: no row lost, none doubled, nothing half-visible, every receipt true."""

import os

import pytest

from tests.faults.killing import Soak, batches, fate, soak, versions

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("XINHENG_KILLS", "6"))
"""A few in every run; `make soak` takes the full count."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Soak:
    """A few kills; each is checked on its own while it happens."""
    return soak(KILLS, tmp_path_factory.mktemp("soak"))


def test_no_row_is_lost_and_none_is_doubled(run: Soak) -> None:
    """Against what was sent, row by row; the test knows each row's fate without asking the gate."""
    sent = [
        (row["code"], row["document"], 1, row["facts"])
        for rows in run.sent
        for place, row in enumerate(rows)
        if fate(place) == "accepted"
    ]
    assert sorted(versions(run.office)) == sorted(sent), (run.seed, run.happened)


def test_every_receipt_is_true(run: Soak) -> None:
    """The archive agrees with all of them, and each adds up to the rows of its file."""
    (check,) = [check for check in run.office.json("doctor")["checks"] if check["id"] == "receipts"]
    assert check["ok"], (run.seed, run.happened, check)
    for receipt in run.receipts:
        assert receipt["rows"] == len(run.sent[0])
        assert receipt["excluded_persons"] == receipt["held"] == receipt["rejected"] == len(run.sent[0]) // 100


def test_interrupted_attempts_are_in_the_log(run: Soak) -> None:
    """Nothing is open, and there is no receipt without its attempt."""
    log = batches(run.office)
    assert set(log) <= {"done", "interrupted", "refused"}, (run.seed, run.happened)
    assert log["done"] == 1 + KILLS + run.stored_although_killed, (
        "the register, each resent file, those that won the race"
    )
    assert log["interrupted"] <= KILLS


def test_documents_lie_there_for_receipts_only(run: Soak) -> None:
    documents = [path.name for path in (run.office.data / "documents").iterdir()]
    assert len(documents) == batches(run.office)["done"], (run.seed, documents)
