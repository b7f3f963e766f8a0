"""A mapping is confirmed by an officer, remembered for one agency, versioned, taken back, and never overwritten."""

import csv
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from tests.core.mapping_samples import CELLS
from tests.factories import codes
from tests.factories.accounts import BUREAU, REGISTRAR, agency
from tests.factories.intake import Gate, csv_file, penalty
from xinheng.core.context import Context
from xinheng.core.findings import Outcome
from xinheng.core.mapping.adapters import read_header
from xinheng.core.mapping.confirming import Decisions
from xinheng.core.validation.header import map_keys
from xinheng.intake.adapters import (
    ADAPTER_CONFIRMED,
    ADAPTER_REVOKED,
    Asked,
    adapter_confirm,
    adapter_revoke,
    adapter_versions,
    adapters_for,
    mapping_propose,
)
from xinheng.intake.readers.source import open_source
from xinheng.ledger.models import Entry
from xinheng.runtime.errors import RuntimeRefusal

pytestmark = pytest.mark.django_db

COLUMNS = {
    "案号": "document_number", "当事人": "subject_name", "甲": "subject_code", "下达日期": "decided_on",
    "联系电话": "phone",
}  # fmt: skip
SET = Decisions(fields={"甲": "subject_code", "下达日期": "decided_on"})


@pytest.fixture
def file(tmp_path: Path, gate: Gate) -> Path:
    """An export of the bureau's own system."""
    return export(tmp_path / "export.csv", COLUMNS)


def export(path: Path, columns: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([list(columns), *zip(*(CELLS[held] for held in columns.values()), strict=True)])
    return path


def asked(file: Path, sender: str = BUREAU, item: str = "penalty", **more: object) -> Asked:
    return Asked(file, item, sender, **more)


def header_as(ctx: Context, file: Path, sender: str):
    """How the gate reads a file's headings as that agency's."""
    edition = ctx.rulebook.item("penalty", ctx.today)
    with open_source(file) as source:
        rows = list(source.sheets[0].rows)
    return read_header(rows, edition, adapters_for(sender, edition), ctx.rulebook)


def rules_of(ctx: Context, file: Path, sender: str) -> list[str]:
    return [finding.rule for finding in header_as(ctx, file, sender).findings]


def refused(call: object, **options: object) -> str:
    with pytest.raises(RuntimeRefusal) as caught:
        call(**options)
    assert caught.value.message_zh
    assert caught.value.message_en
    return caught.value.rule


def test_a_confirmed_mapping_reads_the_agencys_next_file(ctx: Context, file: Path, tmp_path: Path) -> None:
    stored = adapter_confirm(ctx, asked=asked(file), decisions=SET, officer="王某")
    later = export(tmp_path / "later.csv", COLUMNS)
    read = header_as(ctx, later, BUREAU)
    assert dict(read.header.columns) == {
        0: "document_number", 1: "subject_name", 2: "subject_code", 3: "decided_on",
    }  # fmt: skip
    assert (read.adapter, stored.adapter.version) == (stored.adapter, 1)
    assert rules_of(ctx, later, BUREAU) == ["adapter.used"]


def test_another_agencys_file_is_never_touched(ctx: Context, file: Path) -> None:
    other = agency(ctx, "11610800MB2A0002XQ", "示例市某某局")
    before = header_as(ctx, file, other)
    adapter_confirm(ctx, asked=asked(file), decisions=SET, officer="王某")
    assert header_as(ctx, file, other) == before
    assert header_as(ctx, file, REGISTRAR) == before
    assert before.adapter is None


def test_one_column_more_and_it_no_longer_fits(ctx: Context, file: Path, tmp_path: Path) -> None:
    adapter_confirm(ctx, asked=asked(file), decisions=SET, officer="王某")
    grown = export(tmp_path / "grown.csv", {**COLUMNS, "处罚方式": "penalty_types"})
    assert rules_of(ctx, grown, BUREAU) == ["adapter.header_changed"]
    adapter_confirm(ctx, asked=asked(grown), decisions=SET, officer="王某")
    assert rules_of(ctx, grown, BUREAU) == ["adapter.used"]
    assert rules_of(ctx, file, BUREAU) == ["adapter.used"], "the earlier headings are still read"


def test_every_change_is_a_new_version_with_officer_time_and_ledger_entry(ctx: Context, file: Path) -> None:
    first = adapter_confirm(ctx, asked=asked(file), decisions=SET, officer="王某")
    again = adapter_confirm(ctx, asked=asked(file), decisions=SET, officer="李某")
    assert again == first, "what changes nothing is no new version"
    changed = Decisions(fields={"甲": "subject_code"}, ignored=("下达日期",))
    second = adapter_confirm(ctx, asked=asked(file), decisions=changed, officer="李某")
    third = adapter_revoke(ctx, adapter=str(second.id), officer="赵某")
    told = [
        (view.adapter.version, view.state, view.officer) for view in adapter_versions(agency=BUREAU, item="penalty")
    ]
    assert told == [(1, "confirmed", "王某"), (2, "confirmed", "李某"), (3, "revoked", "赵某")]
    assert {view.decided_at for view in adapter_versions()} == {ctx.now}
    entries = dict(Entry.objects.filter(kind__startswith="adapter:").values_list("act", "kind"))
    assert entries == {first.id: ADAPTER_CONFIRMED, second.id: ADAPTER_CONFIRMED, third.id: ADAPTER_REVOKED}
    bodies = Entry.objects.filter(kind__startswith="adapter:").values_list("body", flat=True)
    assert not any(name in str(body) for body in bodies for name in ("王某", "李某", "赵某")), "codes act, not names"


def test_taken_back_it_reads_nothing_and_can_be_confirmed_anew(ctx: Context, file: Path) -> None:
    before = header_as(ctx, file, BUREAU)
    stored = adapter_confirm(ctx, asked=asked(file), decisions=SET, officer="王某")
    adapter_revoke(ctx, adapter=str(stored.id), officer="王某")
    assert header_as(ctx, file, BUREAU) == before
    assert refused(adapter_revoke, ctx=ctx, adapter=str(stored.id), officer="王某") == "mapping.unknown"
    assert adapter_confirm(ctx, asked=asked(file), decisions=SET, officer="王某").adapter.version == 3
    assert rules_of(ctx, file, BUREAU) == ["adapter.used"]


def test_a_superseded_version_is_not_the_one_to_revoke(ctx: Context, file: Path) -> None:
    first = adapter_confirm(ctx, asked=asked(file), decisions=SET, officer="王某")
    adapter_confirm(ctx, asked=asked(file), decisions=Decisions(SET.fields, ("案号",)), officer="王某")
    assert refused(adapter_revoke, ctx=ctx, adapter=str(first.id), officer="王某") == "mapping.unknown"


@pytest.mark.parametrize(
    "sql", ["UPDATE intake_adapter SET officer = 'x'", "DELETE FROM intake_adapter", "TRUNCATE intake_adapter"]
)
def test_nothing_is_ever_overwritten(ctx: Context, file: Path, sql: str) -> None:
    adapter_confirm(ctx, asked=asked(file), decisions=SET, officer="王某")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_version_stands_once(ctx: Context, file: Path) -> None:
    adapter_confirm(ctx, asked=asked(file), decisions=SET, officer="王某")
    repeat = (
        "INSERT INTO intake_adapter SELECT gen_random_uuid(), agency, item, edition, signature, version, state,"
        " columns, depth, keyed, constants, officer, decided_at, rulebook FROM intake_adapter"
    )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(repeat)


def test_nothing_of_the_rows_is_stored(ctx: Context, file: Path) -> None:
    adapter_confirm(ctx, asked=asked(file), decisions=SET, officer="王某")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(a::text, ' ') FROM intake_adapter a")
        (stored,) = cursor.fetchone()
    assert not [cell for held in COLUMNS.values() for cell in CELLS[held] if cell in stored]


def test_a_persons_number_typed_as_officer_or_heading_is_masked(ctx: Context, tmp_path: Path, gate: Gate) -> None:
    number = CELLS["phone"][0]
    odd = export(tmp_path / "odd.csv", {**COLUMNS, f"说明{number}": "violation_facts"})
    stored = adapter_confirm(ctx, asked=asked(odd), decisions=Decisions(SET.fields, ("*",)), officer=f"王某{number}")
    assert number not in stored.officer + "".join(stored.adapter.titles)
    assert rules_of(ctx, odd, BUREAU) == ["adapter.used"]


def test_a_proposal_says_which_version_reads_the_file_already(ctx: Context, file: Path) -> None:
    assert mapping_propose(ctx, asked=asked(file)).version is None
    adapter_confirm(ctx, asked=asked(file), decisions=SET, officer="王某")
    proposed = mapping_propose(ctx, asked=asked(file))
    assert (proposed.version, proposed.first_row, proposed.last_row, proposed.sheet) == (1, 1, 1, None)


def test_a_table_without_headings(ctx: Context, tmp_path: Path, gate: Gate) -> None:
    bare = tmp_path / "bare.csv"
    bare.write_text("\n".join(export(tmp_path / "full.csv", COLUMNS).read_text().splitlines()[1:]), encoding="utf-8")
    decisions = Decisions({"#1": "document_number", "#2": "subject_name", "#3": "subject_code", "#4": "decided_on"})
    adapter_confirm(ctx, asked=asked(bare), decisions=decisions, officer="王某")
    read = header_as(ctx, bare, BUREAU)
    assert (read.header.last_row, read.header.columns[2]) == (0, "subject_code")


def test_headings_may_be_pointed_at(ctx: Context, file: Path) -> None:
    """Row 2 is data, but whoever insists may say so; what lies outside is refused."""
    assert mapping_propose(ctx, asked=asked(file, headings=(1, 1))).first_row == 1
    assert mapping_propose(ctx, asked=asked(file, headings=(0, 0))).proposals[0].title == "第1列"
    for rows in ((1, 4), (2, 1), (0, 1), (9, 9)):
        assert refused(mapping_propose, ctx=ctx, asked=asked(file, headings=rows)) == "mapping.headings"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"sender": "11610800MB2A0002XQ"}, "agency.unknown"),
        ({"item": "colour"}, "item.unknown"),
        ({"sheet": "Sheet9"}, "sheet.missing"),
    ],
)
def test_what_cannot_be_asked_is_refused(ctx: Context, file: Path, changes: dict[str, str], rule: str) -> None:
    assert refused(mapping_propose, ctx=ctx, asked=asked(file, **changes)) == rule


def test_decisions_that_make_no_mapping_store_nothing(ctx: Context, file: Path) -> None:
    options = {"ctx": ctx, "asked": asked(file), "officer": "王某"}
    wrong = Decisions({**SET.fields, "联系电话": "note"})
    assert refused(adapter_confirm, decisions=wrong, **options) == "mapping.person_column"
    assert refused(adapter_confirm, decisions=SET, **{**options, "officer": " "}) == "mapping.officer"
    assert refused(adapter_revoke, ctx=ctx, adapter="none", officer="王某") == "mapping.unknown"
    assert adapter_versions() == ()


def test_through_the_gate_a_mapped_file_is_filed_and_the_receipt_says_by_which_version(gate: Gate) -> None:
    """The same row as under the catalogue's own headings, under headings of a system's own."""
    code, name = codes.enterprise(1), "示例市甲公司"
    gate.register(code, name)
    row = penalty(code, name)
    strange = {f"栏{number}": cell for number, cell in enumerate(row.values()) if cell}
    fields = map_keys(tuple(row), gate.ctx.rulebook.item("penalty", gate.ctx.today)).columns
    wanted = {f"栏{number}": fields[number] for number, cell in enumerate(row.values()) if cell}
    with pytest.raises(RuntimeRefusal):
        gate.send("penalty", strange)
    source = csv_file(gate.folder / "strange.csv", [strange])
    adapter_confirm(gate.ctx, asked=asked(source), decisions=Decisions(wanted), officer="王某")
    receipt = gate.send("penalty", strange)
    assert [outcome.outcome for outcome in receipt.rows] == [Outcome.ACCEPTED], receipt.findings
    assert "adapter.used" in {finding["rule"] for finding in receipt.findings}
    again = gate.send("penalty", row)
    assert [outcome.outcome for outcome in again.rows] == [Outcome.UNCHANGED], "the archive holds the very same record"
