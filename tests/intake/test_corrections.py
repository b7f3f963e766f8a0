"""A single row is put right through the same gate: old and new stay, what identifies a record does not change."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import accounts, codes
from tests.factories.accounts import BUREAU, REGISTRAR
from tests.factories.intake import Gate, catch_up, licence, penalty
from xinheng.archive import selectors as archive
from xinheng.archive.records import RecordId, read_record_id
from xinheng.core.cells import RawRow
from xinheng.core.findings import Outcome
from xinheng.core.validation.engine import judge_case
from xinheng.core.validation.header import map_keys
from xinheng.intake.corrections import Corrected, Told, record_correct, row_correct
from xinheng.intake.kept_headers import kept_header, with_changes
from xinheng.intake.models import Batch, Correction
from xinheng.intake.receipts import Receipt
from xinheng.intake.single_rows import judged_row, spelled
from xinheng.intake.withdrawals import Said, batch_withdraw, record_withdraw
from xinheng.ledger.selectors import entry_of_act, head
from xinheng.publication import selectors
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.rulebook_check import worked_cases
from xinheng.runtime.rulebook_files import load_rulebook

CODE, NAME = codes.enterprise(1), "示例市青禾食品有限公司"
RULEBOOK = load_rulebook()
TAKEN = [(edition, case) for edition, case in worked_cases(RULEBOOK) if case.outcome == "accepted"]
PHONE = "13800138000"


@pytest.fixture
def sent(gate: Gate) -> Receipt:
    """A penalty that stands."""
    gate.register(CODE, NAME)
    return gate.publish("penalty", penalty(CODE, NAME, 备注="原说明"))


def named(receipt: Receipt, row: int = 0) -> RecordId:
    found = read_record_id(receipt.rows[row].record or "")
    assert found
    return found


def correct(gate: Gate, record: RecordId, agency: str = BUREAU, reason: str = "录入有误", **changes: str) -> Corrected:
    told = Told(changes, reason, "王科长")
    return record_correct(gate.ctx, record=record, agency=agency, told=told)


def refused(gate: Gate, record: RecordId, **given: str) -> str:
    before = (head().size, Correction.objects.count())
    with pytest.raises(RuntimeRefusal) as said:
        correct(gate, record, **given)
    assert (head().size, Correction.objects.count()) == before
    return said.value.rule


@pytest.mark.django_db
class TestARecord:
    def test_becomes_a_new_version_and_the_old_one_stays(self, gate: Gate, sent: Receipt) -> None:
        record = named(sent)
        done = correct(gate, record, content="罚款30000元", fine_amount="3")
        assert (done.outcome, done.n, done.fields, done.record) == (
            Outcome.UPDATED, 2, ("content", "fine_amount"), record,
        )  # fmt: skip
        old, new = archive.versions(record)
        assert (old.values["fine_amount"], new.values["fine_amount"]) == ("2", "3")
        assert {name for name in old.values if old.values[name] != new.values[name]} == {"content", "fine_amount"}
        assert (new.source_row, new.act) == (old.source_row, done.act)

    def test_is_an_act_with_its_reason_kept_aside(self, gate: Gate, sent: Receipt) -> None:
        done = correct(gate, named(sent), reason=f"当事人 {PHONE} 来电", note="新说明")
        assert done.act is not None
        entry = entry_of_act(done.act)
        assert entry is not None
        assert (entry.kind, entry.payload["batch"], entry.payload["fields"]) == (
            "batch:row:corrected", str(sent.batch), ["note"],
        )  # fmt: skip
        kept = Correction.objects.get()
        assert (kept.n_before, PHONE in kept.reason, "王科长" in str(entry.payload)) == (1, False, False)

    def test_the_page_names_submission_and_correction(self, gate: Gate, sent: Receipt) -> None:
        correct(gate, named(sent), note="新说明")
        catch_up(gate.ctx)
        page = selectors.record(gate.ctx, str(named(sent)))
        assert isinstance(page, selectors.RecordPage)
        assert [line.corrected for line in page.versions] == [True, False]
        assert (page.receipt, page.source_agency_code) == (sent.number, BUREAU)

    def test_fields_go_by_heading_or_code_as_well(self, gate: Gate, sent: Receipt) -> None:
        assert correct(gate, named(sent), 备注="新说明").fields == ("note",)

    def test_emptied_is_emptied(self, gate: Gate, sent: Receipt) -> None:
        assert correct(gate, named(sent), note="").fields == ("note",)
        assert "note" not in archive.versions(named(sent))[-1].values

    def test_what_the_gate_does_not_take_changes_nothing(self, gate: Gate, sent: Receipt) -> None:
        before = head().size
        done = correct(gate, named(sent), decided_on="2026-13-40")
        assert (done.outcome, done.act, done.n) == (Outcome.REJECTED, None, None)
        assert "date.impossible" in [said["rule"] for said in done.findings]
        held = correct(gate, named(sent), fine_amount="20000")
        assert (held.outcome, [said["rule"] for said in held.findings]) == (Outcome.HELD, ["amount.factor_10000"])
        assert (head().size, len(archive.versions(named(sent)))) == (before, 1)

    def test_the_same_again_is_unchanged(self, gate: Gate, sent: Receipt) -> None:
        before = head().size
        assert correct(gate, named(sent), note="原说明").outcome is Outcome.UNCHANGED
        assert head().size == before

    def test_numbers_of_persons_never_get_in(self, gate: Gate, sent: Receipt) -> None:
        done = correct(gate, named(sent), note=f"联系电话 {PHONE}")
        assert PHONE not in str(archive.versions(named(sent))[-1].values)
        assert PHONE not in str(done.findings)

    def test_a_record_does_not_become_a_persons(self, gate: Gate, sent: Receipt) -> None:
        done = correct(gate, named(sent), subject_category="自然人", subject_name="诸葛明月")
        assert (done.outcome, done.act) == (Outcome.EXCLUDED_PERSON, None)
        assert "诸葛" not in str(done.findings)
        assert len(archive.versions(named(sent))) == 1

    @pytest.mark.parametrize(
        "change",
        [{"subject_code": codes.enterprise(2)}, {"document_number": "乙〔2026〕1号"}, {"body_code": REGISTRAR},
         {"organisation_code": codes.organisation_code(3)}],
    )  # fmt: skip
    def test_what_it_is_known_by_cannot_change(self, gate: Gate, sent: Receipt, change: Mapping[str, str]) -> None:
        assert refused(gate, named(sent), **change) == "correction.key_field"

    def test_refusals(self, gate: Gate, sent: Receipt) -> None:
        record = named(sent)
        assert refused(gate, record, mood="good") == "correction.field_unknown"
        assert refused(gate, record) == "correction.nothing"
        assert refused(gate, record, note="x", reason=" ") == "reason.missing"
        assert refused(gate, record, note="x", agency=REGISTRAR) == "agency.not_the_sender"
        assert refused(gate, RecordId(CODE, b"\0" * 16), note="x") == "record.unknown"
        record_withdraw(gate.ctx, record=record, agency=BUREAU, said=Said("annulled"))
        assert refused(gate, record, note="x") == "correction.withdrawn"

    def test_is_taken_back_with_its_batch(self, gate: Gate, sent: Receipt) -> None:
        correct(gate, named(sent), note="新说明")
        done = batch_withdraw(gate.ctx, batch=sent.batch, agency=BUREAU, said=Said("sent_by_mistake"))
        assert (done.records, done.superseded) == (1, 1)
        assert archive.file_as_of(CODE, as_of=gate.ctx.today, known_at=gate.ctx.now, item="penalty") == ()

    def test_of_a_licence_without_an_end(self, gate: Gate) -> None:
        gate.register(CODE, NAME)
        receipt = gate.send("licence", licence(CODE, NAME, 有效期至="长期", 许可类别="其他：临时许可"))
        done = correct(gate, named(receipt), content="危险化学品经营（限零售）")
        assert done.fields == ("content",)
        values = archive.versions(named(receipt))[-1].values
        assert (values["valid_to"], values["licence_type_other"]) == ("open", "临时许可")


@pytest.mark.django_db
@pytest.mark.parametrize(("edition", "case"), TAKEN, ids=[f"{e.id}-{e.edition}-{c.name}" for e, c in TAKEN])
def test_what_is_stored_reads_as_the_same_again(gate: Gate, edition, case) -> None:  # type: ignore[no-untyped-def]
    """A correction spells the stored values as cells; untouched fields must come out as they were."""
    _, _, values = judge_case(RULEBOOK, edition, case)
    cells = spelled(RULEBOOK, edition, values)
    body = values.get(edition.body_code or "", BUREAU)
    accounts.agency(gate.ctx, body)
    row = RawRow(1, tuple(cells.values()), tuple(cells))
    again = judged_row(
        gate.ctx, edition=edition, sender=body, row=row, header=map_keys(tuple(cells), edition), part=None
    )
    assert dict(again.verdict.values) == dict(values)


@pytest.fixture
def rejected(gate: Gate) -> Receipt:
    """A batch whose second and third rows were rejected."""
    gate.register(CODE, NAME)
    rows = [
        penalty(CODE, NAME, "甲〔2026〕1号"),
        penalty(CODE, NAME, "甲〔2026〕2号", 处罚决定日期="2026-13-40"),
        penalty(CODE, NAME, "甲〔2026〕3号", 处罚决定日期="", 处罚类别="胡写"),
    ]
    receipt = gate.send("penalty", *rows)
    assert receipt.counts["rejected"] == 2
    return receipt


@pytest.mark.django_db
class TestARejectedRow:
    def put_right(self, gate: Gate, receipt: Receipt, row: int, **changes: str) -> Corrected:
        told = Told(changes, "按决定书更正")
        return row_correct(gate.ctx, batch=receipt.batch, row=row, agency=BUREAU, told=told, store=gate.store)

    def test_is_judged_again_with_what_was_wrong_put_right(self, gate: Gate, rejected: Receipt) -> None:
        done = self.put_right(gate, rejected, 3, decided_on="2026-11-09")
        assert (done.outcome, done.n, done.fields) == (Outcome.ACCEPTED, 1, ("decided_on",))
        assert done.record is not None
        (version,) = archive.versions(done.record)
        assert (version.document_number, version.source_row, version.act) == ("甲〔2026〕2号", 3, done.act)
        assert Batch.objects.get(id=rejected.batch).counts["rejected"] == 2, "the receipt stays what it was"

    def test_stays_rejected_until_all_is_right(self, gate: Gate, rejected: Receipt) -> None:
        half = self.put_right(gate, rejected, 4, decided_on="2026-11-09")
        assert (half.outcome, half.act) == (Outcome.REJECTED, None)
        assert self.put_right(gate, rejected, 4, decided_on="2026-11-09", 处罚类别="罚款").outcome is Outcome.ACCEPTED

    def refused(self, gate: Gate, receipt: Receipt, row: int) -> str:
        with pytest.raises(RuntimeRefusal) as said:
            self.put_right(gate, receipt, row, decided_on="2026-11-09")
        return said.value.rule

    def test_only_rejected_rows_and_each_once(self, gate: Gate, rejected: Receipt) -> None:
        assert self.refused(gate, rejected, 2) == "row.not_rejected"
        assert self.refused(gate, rejected, 99) == "row.not_rejected"
        self.put_right(gate, rejected, 3, decided_on="2026-11-09")
        assert self.refused(gate, rejected, 3) == "row.corrected_already"

    def test_without_its_columns_nothing_is_guessed(self, gate: Gate, rejected: Receipt) -> None:
        Batch.objects.filter(id=rejected.batch).update(headers={})
        assert self.refused(gate, rejected, 3) == "row.not_kept"


CELLS = st.lists(st.text("甲乙1", max_size=3), max_size=6)
CHANGES = st.dictionaries(st.sampled_from("abcd"), st.text("新", max_size=2))
KEPT = {"columns": {"0": "a", "1": "b", "3": "a"}, "units": {}, "unit_above": None, "constants": {"d": "x"}, "width": 4}


@given(CELLS, CHANGES)
def test_changes_reach_their_field_and_nothing_else(cells: list[str], changes: dict[str, str]) -> None:
    """Against a slow reference: the row read by field, before and after."""
    header = kept_header(KEPT)
    changed, row = with_changes(header, cells, changes)
    padded = [*cells, *[""] * (4 - len(cells))]
    for field in "abcd":
        stand = [row[column] for column, known in changed.columns.items() if known == field]
        before = [padded[column] for column, known in header.columns.items() if known == field]
        wanted = [changes[field], *[""] * (len(stand) - 1)] if field in changes else before
        assert stand == wanted
    assert ("d" in changed.constants) is ("d" not in changes)
    assert list(row[changed.width :]) == cells[4:], "what stood beyond the header stays beyond it"
    assert row[2] == padded[2]
