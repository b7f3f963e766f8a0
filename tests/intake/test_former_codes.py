"""A code that was given up leads to the file of the one that took its place, whichever arrives first."""

import pytest

from tests.factories import codes
from tests.factories.intake import Gate, catch_up, penalty
from xinheng.archive import selectors as archive
from xinheng.intake.selectors import held_rows

pytestmark = pytest.mark.django_db

OLD, NEW, NAME = codes.enterprise(1), codes.enterprise(2), "示例市青禾食品有限公司"


def _decisions(gate: Gate) -> list[str]:
    found = archive.file_as_of(NEW, as_of=gate.ctx.today, known_at=gate.ctx.now, item="penalty")
    return [version.document_number or "" for version in found]


def test_a_row_under_a_former_code_lands_in_the_file_of_today(gate: Gate) -> None:
    gate.register(NEW, NAME, 原统一社会信用代码=OLD)
    receipt = gate.publish("penalty", penalty(OLD, NAME, "甲〔2026〕1号"))
    assert receipt.counts["accepted"] == 1
    assert receipt.rows[0].subject == NEW
    assert _decisions(gate) == ["甲〔2026〕1号"]


def test_a_row_under_a_former_code_waits_for_the_register(gate: Gate) -> None:
    receipt = gate.publish("penalty", penalty(OLD, NAME, "甲〔2026〕1号"))
    assert receipt.counts["held"] == 1
    gate.register(NEW, NAME, 原统一社会信用代码=OLD)
    catch_up(gate.ctx)
    assert held_rows() == ()
    assert _decisions(gate) == ["甲〔2026〕1号"]
