"""One file through the gate, as every channel sends it."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.factories import codes
from tests.factories.accounts import BUREAU, REGISTRAR, agency
from tests.factories.intake import Gate, Row, csv_file, licence, penalty, registration
from xinheng.archive import selectors as archive
from xinheng.archive.records import read_record_id
from xinheng.core.context import Actor, Context
from xinheng.intake.models import Batch, HeldRow
from xinheng.intake.models import Row as FiledRow
from xinheng.intake.receipts import COUNTED, Receipt
from xinheng.intake.selectors import attempts, receipt_numbers, source_row, untrue_receipts
from xinheng.intake.services import submit
from xinheng.ledger.selectors import entries_after, head
from xinheng.runtime.errors import RuntimeRefusal

pytestmark = pytest.mark.django_db

CODE, NAME = codes.enterprise(1), "示例市青禾食品有限公司"
SYSTEM, AGENCY, OFFICE = Actor("system", "xinheng"), Actor("agency", BUREAU), Actor("office", "xinheng")


def counts(receipt: Receipt) -> dict[str, int]:
    return {name: number for name, number in receipt.counts.items() if number}


def rules(receipt: Receipt) -> set[str]:
    return {said["rule"] for said in receipt.findings}


@pytest.mark.parametrize("actor", [SYSTEM, AGENCY, OFFICE], ids=lambda actor: actor.kind)
def test_every_channel_takes_the_same_way(gate: Gate, actor: Actor) -> None:
    """A command, an agency's upload and the office's import differ in who acts, and in nothing else."""
    gate.register(CODE, NAME)
    acting = Context(actor, gate.ctx.now, gate.ctx.rulebook)
    receipt = gate.send("penalty", penalty(CODE, NAME), ctx=acting)
    assert counts(receipt) == {"rows": 1, "accepted": 1}
    (entry,) = entries_after(receipt.position - 1, limit=1)
    assert entry.payload["actor"] == f"{actor.kind}:{actor.id}"
    assert entry.payload["agency"] == BUREAU
    assert entry.payload["receipt"] == receipt.number


def as_json(rows: list[Row]) -> str:
    return json.dumps(rows, ensure_ascii=False)


def as_lines(rows: list[Row]) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def as_tabs(rows: list[Row]) -> str:
    return "\n".join("\t".join(cells) for cells in [list(rows[0]), *(list(row.values()) for row in rows)])


@pytest.mark.parametrize("write", [as_json, as_lines, as_tabs], ids=lambda write: write.__name__)
def test_the_same_rows_in_another_form_are_the_same_records(gate: Gate, tmp_path: Path, write: object) -> None:
    gate.register(CODE, NAME)
    rows = [penalty(CODE, NAME), penalty(CODE, NAME, "甲〔2026〕2号")]
    first = gate.send("penalty", *rows)
    (tmp_path / "again.txt").write_text(write(rows), encoding="utf-8")  # type: ignore[operator]
    again = submit(gate.ctx, source=tmp_path / "again.txt", item="penalty", agency=BUREAU, store=gate.store)
    assert counts(again) == {"rows": 2, "unchanged": 2}
    assert [row.record for row in again.rows] == [row.record for row in first.rows]


def test_the_same_file_twice_doubles_nothing(gate: Gate) -> None:
    gate.register(CODE, NAME)
    rows = [penalty(CODE, NAME), licence_like := penalty(CODE, NAME, "甲〔2026〕2号"), licence_like]
    assert counts(gate.send("penalty", *rows)) == {"rows": 3, "accepted": 2, "duplicates": 1}
    assert counts(gate.send("penalty", *rows)) == {"rows": 3, "duplicates": 1, "unchanged": 2}
    assert counts(gate.register(CODE, NAME)) == {"rows": 1, "unchanged": 1}


def test_an_old_file_never_undoes_a_correction(gate: Gate) -> None:
    gate.register(CODE, NAME)
    wrong = penalty(CODE, NAME, 违法事实="写错的事实")
    right = penalty(CODE, NAME, 违法事实="正确的事实")
    gate.send("penalty", wrong)
    assert counts(gate.send("penalty", right)) == {"rows": 1, "updated": 1}
    old = gate.send("penalty", wrong)
    assert counts(old) == {"rows": 1, "unchanged": 1, "warned": 1}
    assert rules(old) == {"archive.superseded"}
    record = read_record_id(old.rows[0].record or "")
    assert record is not None
    assert [version.values["violation_facts"] for version in archive.versions(record)] == ["写错的事实", "正确的事实"]


def test_a_conflict_in_one_file_is_held(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.send("penalty", penalty(CODE, NAME), penalty(CODE, NAME, 违法事实="另一种说法"))
    assert counts(receipt) == {"rows": 2, "accepted": 1, "held": 1, "warned": 1}
    assert [(said["rule"], said["row"]) for said in receipt.findings] == [("conflict.in_file", 3)]


def test_rows_add_up_and_every_row_has_one_outcome(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.send(
        "penalty",
        penalty(CODE, NAME),
        penalty(CODE, NAME, "甲〔2026〕2号", 处罚决定日期="2026-11-23"),
        penalty(codes.enterprise(7), "没有登记的公司", "甲〔2026〕3号"),
        penalty("", "某某某", "甲〔2026〕4号", 行政相对人类别="自然人"),
        penalty(CODE, NAME),
        dict.fromkeys(penalty(CODE, NAME), ""),
    )
    assert sum(receipt.counts[name] for name in COUNTED.values()) == receipt.counts["rows"] == 5
    assert receipt.counts["ignored"] == 1
    assert [row.row for row in receipt.rows] == [2, 3, 4, 5, 6, 7]
    assert [row.outcome.value for row in receipt.rows] == [
        "accepted", "rejected", "held", "excluded_person", "duplicate", "ignored"
    ]  # fmt: skip
    # The accepted row is told by its version alone.
    assert FiledRow.objects.filter(batch_id=receipt.batch).count() == 5
    assert untrue_receipts() == (2, [])


def test_a_batch_of_no_rows_is_taken_with_a_warning(gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text(",".join(penalty(CODE, NAME)) + "\n", encoding="utf-8")
    receipt = submit(gate.ctx, source=tmp_path / "empty.csv", item="penalty", agency=BUREAU, store=gate.store)
    assert counts(receipt) == {}
    assert "batch.no_rows" in rules(receipt)


def refused(gate: Gate, source: Path, item: str = "penalty", sender: str = BUREAU) -> str:
    entries = head().size
    with pytest.raises(RuntimeRefusal) as refusal:
        submit(gate.ctx, source=source, item=item, agency=sender, store=gate.store)
    assert head().size == entries
    assert refusal.value.message_zh
    assert refusal.value.message_en
    return refusal.value.rule


def test_a_refused_file_stores_nothing_but_the_attempt(gate: Gate, tmp_path: Path) -> None:
    good = csv_file(tmp_path / "good.csv", [penalty(CODE, NAME)])
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "other.csv").write_text("天气,温度\n晴,20\n", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    agency(gate.ctx, codes.government(3), items=["licence"])
    stranger = codes.government(9)
    told = [
        refused(gate, good, sender=stranger),
        refused(gate, good, sender=codes.government(3)),
        refused(gate, good, item="weather"),
        refused(gate, good, item="licence"),
        refused(gate, tmp_path / "empty.csv"),
        refused(gate, tmp_path / "other.csv"),
        refused(gate, tmp_path / "picture.png"),
    ]
    assert told[:3] == ["agency.unknown", "agency.item_not_allowed", "item.unknown"]
    assert attempts() == {"refused": 7}
    assert [batch.error_rule for batch in Batch.objects.order_by("received_at")].count("") == 0
    assert not FiledRow.objects.exists()
    assert not HeldRow.objects.exists()
    assert not list(gate.store.folder.glob("*"))


def test_a_fault_in_the_middle_leaves_only_the_attempt(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    gate.register(CODE, NAME)
    before = head().size

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xinheng.intake.outcome.Recording.finish", fail)
    with pytest.raises((RuntimeRefusal, OSError)):
        gate.send("penalty", penalty(CODE, NAME))
    assert head().size == before
    assert not FiledRow.objects.filter(batch__item="penalty").exists()
    assert Batch.objects.get(item="penalty").state != "done"
    assert not list(gate.store.folder.glob("*.unfinished"))


def test_receipts_are_true_until_somebody_touches_them(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.send("penalty", penalty(CODE, NAME))
    assert untrue_receipts() == (2, [])
    Batch.objects.filter(id=receipt.batch).update(counts={**receipt.counts, "accepted": 2})
    assert untrue_receipts() == (2, [receipt.number])
    Batch.objects.filter(id=receipt.batch).update(counts=dict(receipt.counts), root=bytes(32))
    assert untrue_receipts() == (2, [receipt.number])
    assert len(receipt_numbers()) == 2


def test_the_root_is_that_of_the_tree_over_the_rows(gate: Gate) -> None:
    """RFC 6962, computed here from the stored digests by its recursive definition."""
    from hashlib import sha256

    def tree(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return sha256(b"\0" + leaves[0]).digest()
        half = 1
        while half * 2 < len(leaves):
            half *= 2
        return sha256(b"\1" + tree(leaves[:half]) + tree(leaves[half:])).digest()

    gate.register(CODE, NAME)
    receipt = gate.send("penalty", *(penalty(CODE, NAME, f"甲〔2026〕{n}号") for n in range(11)))
    digests = [version.digest for version in archive.versions_of_act(receipt.batch)]
    assert len(digests) == 11
    assert bytes(Batch.objects.get(id=receipt.batch).root) == tree(digests)


def test_the_stored_digest_is_recomputed_by_the_database(gate: Gate) -> None:
    from django.db import connection

    from xinheng.intake.filed import field_names

    gate.register(CODE, NAME)
    gate.send("penalty", penalty(CODE, NAME))
    gate.send("licence", licence(CODE, NAME, 许可类别="其他：备案"))
    for item in ("registration", "penalty", "licence"):
        edition = gate.ctx.rulebook.item(item, gate.ctx.today)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE digest ="
                " xh_record_digest(salt, item, edition, subject, %s::text[], content))"
                " FROM archive_version WHERE item = %s",
                [field_names(edition), item],
            )
            assert cursor.fetchone() == (1, 1)


def test_the_way_back_leads_to_what_was_sent(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.send("penalty", penalty(CODE, NAME), penalty(CODE, NAME, "甲〔2026〕2号"))
    record = read_record_id(receipt.rows[1].record or "")
    assert record is not None
    version = archive.current(record)
    assert version is not None
    kept = source_row(gate.store, act=version.act, part=version.source_part, row=version.source_row)
    assert kept is not None
    assert "甲〔2026〕2号" in kept.cells
    assert CODE in kept.cells


def test_replaying_the_register_gives_the_current_heads(gate: Gate) -> None:
    other = codes.enterprise(2)
    gate.send("registration", registration(CODE, NAME), registration(other, "示例市白杨粮油厂"))
    gate.register(CODE, "示例市新青禾食品有限公司", 曾用名=NAME, 变更日期="2026-10-01")
    gate.register(other, "示例市白杨粮油厂", 登记状态="注销", 状态日期="2026-11-01", 承继主体统一社会信用代码=CODE)
    gate.register(CODE, NAME)
    replayed = {}
    for entry in entries_after(-1, limit=100):
        for version in archive.versions_of_act(entry.act):
            told = version.values
            replayed[version.id.subject] = (
                told["subject_name"], told.get("status", "active"), told.get("successor_code")
            )  # fmt: skip
    heads = archive.organisations([CODE, other])
    assert {code: (head.name, head.status, head.successor) for code, head in heads.items()} == replayed
    assert archive.former_names(CODE) == (NAME,)


def test_a_bureau_may_send_for_another_only_where_it_is_allowed(gate: Gate) -> None:
    gate.register(CODE, NAME)
    row = penalty(CODE, NAME)
    assert counts(gate.send("penalty", row, agency=REGISTRAR))["rejected"] == 1
    agency(gate.ctx, REGISTRAR, sends_for=[BUREAU])
    assert counts(gate.send("penalty", row, agency=REGISTRAR)) == {"rows": 1, "accepted": 1}


def test_a_workbook_of_two_items_gives_only_its_own_sheet(gate: Gate, tmp_path: Path) -> None:
    gate.register(CODE, NAME)
    book = openpyxl.Workbook()
    for sheet, row in (("处罚", penalty(CODE, NAME)), ("许可", licence(CODE, NAME))):
        table = book.create_sheet(sheet)
        table.append(list(row))
        table.append(list(row.values()))
    del book["Sheet"]
    book.save(tmp_path / "both.xlsx")
    receipt = submit(gate.ctx, source=tmp_path / "both.xlsx", item="penalty", agency=BUREAU, store=gate.store)
    assert (receipt.counts["rows"], receipt.counts["accepted"]) == (1, 1)
    assert [said["value"] for said in receipt.findings if said["rule"] == "sheet.other_item"] == ["许可"]


def test_a_repeated_row_names_the_row_it_repeats(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.send("penalty", penalty(CODE, NAME), penalty(CODE, NAME))
    assert receipt.counts["duplicates"] == 1
    (said,) = receipt.findings
    assert said["rule"] == "duplicate.in_file"
    assert "第 2 行" in said["message_zh"]
