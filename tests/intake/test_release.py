"""Rows that wait for the register go on by themselves, and stay where the name does not fit."""

import pytest

from tests.factories import codes
from tests.factories.intake import CODE as CODE_COLUMN
from tests.factories.intake import Gate, catch_up, penalty
from xinheng.archive import selectors as archive
from xinheng.intake import release
from xinheng.intake.models import HeldRow
from xinheng.intake.selectors import held_rows, source_row, untrue_receipts
from xinheng.ledger.selectors import entries_after, head
from xinheng.publication import selectors

pytestmark = pytest.mark.django_db

CODE, NAME = codes.enterprise(1), "示例市青禾食品有限公司"
OLD = codes.organisation_code(1)


def versions_of(code: str, gate: Gate) -> list[str]:
    found = archive.file_as_of(code, as_of=gate.ctx.today, known_at=gate.ctx.now, item="penalty")
    return sorted(version.document_number or "" for version in found)


def test_a_row_of_an_unknown_organisation_waits_and_then_goes_on(gate: Gate) -> None:
    receipt = gate.publish("penalty", penalty(CODE, NAME, "甲〔2026〕1号"))
    assert receipt.counts["held"] == 1
    (waiting,) = held_rows()
    assert (waiting.reason, waiting.code, waiting.row) == ("subject.unknown", CODE, 2)
    assert selectors.organisation(gate.ctx, CODE) is None
    gate.register(CODE, NAME)
    catch_up(gate.ctx)
    assert held_rows() == ()
    assert versions_of(CODE, gate) == ["甲〔2026〕1号"]
    page = selectors.organisation(gate.ctx, CODE)
    assert page is not None
    assert sum(group.total for group in page.groups) == 1


def test_a_release_is_an_act_of_its_own_with_a_true_root(gate: Gate) -> None:
    receipt = gate.send("penalty", penalty(CODE, NAME))
    gate.register(CODE, NAME)
    catch_up(gate.ctx)
    entry = entries_after(head().size - 2, limit=1)[0]
    assert (entry.kind, entry.payload["batch"], entry.payload["released"]) == (
        "batch:held:released",
        str(receipt.batch),
        1,
    )
    (version,) = archive.versions_of_act(entry.act)
    assert version.source_row == 2
    assert HeldRow.objects.get().released_by == entry.act
    assert untrue_receipts() == (2, [])


def test_a_row_whose_name_differs_stays_and_says_so(gate: Gate) -> None:
    gate.send("penalty", penalty(CODE, NAME))
    gate.register(CODE, "示例市全然不同物流有限公司")
    catch_up(gate.ctx)
    (waiting,) = held_rows()
    assert waiting.reason == "subject.name_differs"
    assert versions_of(CODE, gate) == []


def test_a_row_with_an_old_code_waits_for_the_mapping(gate: Gate) -> None:
    row = penalty("", NAME, 组织机构代码=OLD)
    receipt = gate.send("penalty", row)
    assert receipt.counts["held"] == 1
    assert held_rows()[0].reason == "subject.unknown_old_code"
    gate.register(codes.enterprise(2), "示例市白杨厂")
    catch_up(gate.ctx)
    assert len(held_rows()) == 1
    gate.register(CODE, NAME, 组织机构代码=OLD)
    catch_up(gate.ctx)
    assert held_rows() == ()
    assert len(versions_of(CODE, gate)) == 1


def test_what_was_released_is_not_filed_again(gate: Gate) -> None:
    gate.send("penalty", penalty(CODE, NAME))
    gate.register(CODE, NAME)
    catch_up(gate.ctx)
    again = gate.publish("penalty", penalty(CODE, NAME))
    assert again.counts["unchanged"] == 1
    gate.register(CODE, NAME, 住所="新的地址")
    catch_up(gate.ctx)
    assert len(versions_of(CODE, gate)) == 1


def test_the_same_row_waiting_twice_becomes_one_record(gate: Gate) -> None:
    gate.send("penalty", penalty(CODE, NAME))
    gate.send("penalty", penalty(CODE, NAME))
    gate.register(CODE, NAME)
    catch_up(gate.ctx)
    assert held_rows() == ()
    record = archive.file_as_of(CODE, as_of=gate.ctx.today, known_at=gate.ctx.now, item="penalty")[0].id
    assert len(archive.versions(record)) == 1


def test_a_row_found_by_old_code_and_the_same_by_unified_code_are_one_record(gate: Gate) -> None:
    gate.register(CODE, NAME, 组织机构代码=OLD)
    first = gate.send("penalty", penalty(CODE, NAME, 组织机构代码=OLD))
    second = gate.send("penalty", penalty(CODE, NAME, 组织机构代码=OLD) | {CODE_COLUMN: ""})
    assert first.counts["accepted"] == 1
    assert second.rows[0].record == first.rows[0].record


def test_a_row_held_while_the_register_caught_up_is_not_forgotten(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    gate.register(CODE, NAME)
    catch_up(gate.ctx)
    with monkeypatch.context() as blind:  # judged before the register committed
        blind.setattr("xinheng.intake.register.archive.registered", lambda codes: {})
        assert gate.send("penalty", penalty(CODE, NAME)).counts["held"] == 1
    catch_up(gate.ctx)
    assert held_rows() == ()


def test_entries_are_numbered_after_all_rows_are_filed(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in (1, 2):
        gate.send("penalty", penalty(CODE, NAME, f"甲〔2026〕{n}号"))
    catch_up(gate.ctx)
    gate.register(CODE, NAME)
    done: list[str] = []
    filing, numbering = release.rows_file, release.append
    monkeypatch.setattr(release, "rows_file", lambda **k: (done.append("rows"), filing(**k))[1])
    monkeypatch.setattr(release, "append", lambda ctx, **k: (done.append("entry"), numbering(ctx, **k)))
    catch_up(gate.ctx)
    assert done == ["rows", "rows", "entry", "entry"]


def test_the_way_back_of_a_released_row_leads_to_what_was_sent(gate: Gate) -> None:
    gate.send("penalty", penalty(CODE, NAME, "甲〔2026〕7号"))
    gate.register(CODE, NAME)
    catch_up(gate.ctx)
    (version,) = archive.file_as_of(CODE, as_of=gate.ctx.today, known_at=gate.ctx.now, item="penalty")
    kept = source_row(gate.store, act=version.act, part=version.source_part, row=version.source_row)
    assert kept is not None
    assert "甲〔2026〕7号" in kept.cells
