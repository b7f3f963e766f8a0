"""Every row that waits has an owner and a way out, and every decision is somebody's, with a reason, in the ledger."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import accounts, codes
from tests.factories.accounts import BUREAU, REGISTRAR
from tests.factories.intake import CODE as CODE_COLUMN
from tests.factories.intake import Gate, catch_up, penalty, registration
from xinheng.archive import selectors as archive
from xinheng.core.findings import Outcome
from xinheng.intake.hold_queue import HoldLine, hold_count, hold_queue, owner_of
from xinheng.intake.holds import Decided, Ruling, hold_decide
from xinheng.intake.models import Decision, HeldRow
from xinheng.intake.outcome import HOLDING
from xinheng.intake.seals import seal_shown
from xinheng.intake.selectors import source_row, untrue_receipts
from xinheng.ledger.selectors import entry_of_act, head
from xinheng.publication import selectors
from xinheng.runtime.errors import RuntimeRefusal

pytestmark = pytest.mark.django_db

CODE, OTHER = codes.enterprise(1), codes.enterprise(2)
NAME, OTHER_NAME = "示例市青禾食品有限公司", "示例市白杨物流有限公司"
OLD = codes.organisation_code(1)
BECAUSE = "与登记机关核对无误"
PHONE = "13800138000"


def queue(gate: Gate, **asked: object) -> tuple[HoldLine, ...]:
    return hold_queue(gate.ctx, **asked).lines  # type: ignore[arg-type]


def decide(gate: Gate, decision: str, **given: str) -> Decided:
    ruling = Ruling(decision, **{"officer": "王科长", "reason": BECAUSE} | given)  # type: ignore[arg-type]
    return hold_decide(gate.ctx, hold=queue(gate)[0].id, ruling=ruling)


def refused(gate: Gate, decision: str, **given: str) -> str:
    before = (head().size, Decision.objects.count(), queue(gate))
    with pytest.raises(RuntimeRefusal) as said:
        decide(gate, decision, **given)
    assert (head().size, Decision.objects.count(), queue(gate)) == before
    return said.value.rule


def filed(gate: Gate, code: str) -> list[str]:
    found = archive.file_as_of(code, as_of=gate.ctx.today, known_at=gate.ctx.now, item="penalty")
    return sorted(version.document_number or "" for version in found)


@pytest.fixture
def factor(gate: Gate) -> Gate:
    """A fine in yuan in a column of 万元."""
    gate.register(CODE, NAME)
    assert gate.send("penalty", penalty(CODE, NAME, **{"罚款金额（万元）": "20000"})).counts["held"] == 1
    return gate


@pytest.fixture
def contested(gate: Gate) -> Gate:
    """One old code that two organisations claim, and two rows that give only it."""
    gate.register(CODE, NAME, 组织机构代码=OLD)
    gate.register(OTHER, NAME, 组织机构代码=OLD)
    rows = [penalty("", NAME, f"甲〔2026〕{n}号", 组织机构代码=OLD) for n in (1, 2)]
    gate.send("penalty", rows[0])
    gate.send("penalty", rows[1])
    return gate


def test_every_rule_that_holds_has_an_owner(gate: Gate) -> None:
    owners = {rule: owner_of(gate.ctx.rulebook, rule) for rule in (*HOLDING, "conflict.in_file")}
    assert {rule for rule, owner in owners.items() if owner == "sender"} == {
        "amount.factor_10000", "conflict.in_file", "subject.name_differs",
    }  # fmt: skip
    listed = [alias for term in gate.ctx.rulebook.lists["hold_owner"].terms for alias in term.aliases]
    assert sorted(listed) == sorted(owners), "each stands in the list"
    assert owner_of(gate.ctx.rulebook, "held") == "office"


def test_a_line_says_whose_since_when_and_why(factor: Gate) -> None:
    (line,) = queue(factor)
    assert (line.owner, line.reason, line.agency, line.since) == (
        "sender", "amount.factor_10000", BUREAU, factor.ctx.now,
    )  # fmt: skip
    assert (line.candidates, line.receipt[:3], line.state) == ((CODE,), "XH2", "waiting")


def test_an_amount_is_confirmed_by_its_sender(factor: Gate) -> None:
    done = decide(factor, "release", agency=BUREAU)
    assert (done.state, done.outcome, done.settled) == ("released", Outcome.ACCEPTED, 0)
    assert filed(factor, CODE) == ["示应急罚〔2026〕1号"]
    assert done.record is not None
    (version,) = archive.versions(done.record)
    assert (version.values["fine_amount"], version.source_row, version.act) == ("20000", 2, done.act)
    assert source_row(factor.store, act=done.act, part=None, row=2) is not None
    assert untrue_receipts() == (2, [])


def test_or_sent_back(factor: Gate) -> None:
    done = decide(factor, "reject", reason=f"金额单位错误，电话 {PHONE}")
    assert (done.state, done.outcome, done.record) == ("rejected", None, None)
    assert filed(factor, CODE) == []
    assert hold_count() == 0
    entry = entry_of_act(done.act)
    kept = Decision.objects.get()
    assert entry is not None
    assert PHONE not in kept.reason
    assert (entry.kind, entry.payload["decision"], entry.payload["by"], entry.payload["rule"]) == (
        "held:row:decided", "reject", "office", "amount.factor_10000",
    )  # fmt: skip
    assert entry.payload["seal"] == seal_shown(bytes(kept.seal))
    assert "王科长" not in str(entry.payload)


def test_what_is_settled_is_not_decided_again(factor: Gate) -> None:
    (line,) = queue(factor)
    decide(factor, "reject")
    with pytest.raises(RuntimeRefusal) as said:
        hold_decide(factor.ctx, hold=line.id, ruling=Ruling("release", "王科长", BECAUSE))
    assert said.value.rule == "hold.not_waiting"


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"officer": " "}, "officer.missing"),
        ({"reason": ""}, "reason.missing"),
        ({"agency": REGISTRAR}, "agency.not_the_sender"),
        ({"agency": codes.government(77)}, "agency.unknown"),
        ({"subject": OTHER}, "hold.subject_not_candidate"),
    ],
)
def test_nobody_decides_without_name_reason_and_right(factor: Gate, given: dict[str, str], rule: str) -> None:
    factor.register(OTHER, OTHER_NAME)
    assert refused(factor, "release", **given) == rule


def test_a_decision_is_one_of_three(factor: Gate) -> None:
    assert refused(factor, "forget") == "hold.decision_unknown"


def test_a_contested_old_code_is_decided_and_every_row_goes_on(contested: Gate) -> None:
    first, second = queue(contested, owner="office")
    assert first.candidates == second.candidates == (CODE, OTHER)
    assert refused(contested, "release") == "hold.subject_needed"
    assert refused(contested, "release", agency=BUREAU, subject=CODE) == "hold.not_the_owner"
    done = decide(contested, "release", subject=OTHER)
    assert (done.settled, done.outcome) == (1, Outcome.ACCEPTED)
    assert archive.subjects_by_old_code([("organisation_code", OLD)]) == {("organisation_code", OLD): (OTHER,)}
    catch_up(contested.ctx)
    assert (filed(contested, CODE), filed(contested, OTHER)) == ([], ["甲〔2026〕1号", "甲〔2026〕2号"])
    assert hold_count() == 0
    later = contested.send("penalty", penalty("", NAME, "甲〔2026〕3号", 组织机构代码=OLD))
    assert later.counts["accepted"] == 1


def test_a_new_claim_contests_it_again(contested: Gate) -> None:
    decide(contested, "release", subject=OTHER)
    contested.register(codes.enterprise(3), "示例市第三有限公司", 组织机构代码=OLD)
    owners = archive.subjects_by_old_code([("organisation_code", OLD)])
    assert owners == {("organisation_code", OLD): (OTHER, codes.enterprise(3))}
    contested.register(CODE, NAME, 组织机构代码=OLD, 住所="新址")
    assert archive.subjects_by_old_code([("organisation_code", OLD)]) == owners, "the overruled claim stays overruled"


def test_a_row_of_an_unknown_code_is_filed_where_the_officer_says(gate: Gate) -> None:
    gate.send("penalty", penalty(codes.enterprise(9), NAME))
    gate.register(CODE, NAME)
    assert refused(gate, "release") == "hold.subject_needed"
    assert refused(gate, "release", subject=codes.enterprise(8)) == "hold.subject_not_candidate"
    done = decide(gate, "release", subject=CODE)
    assert (done.state, filed(gate, CODE)) == ("released", ["示应急罚〔2026〕1号"])


def test_judged_anew_it_goes_on_or_says_what_it_waits_for(gate: Gate) -> None:
    gate.send("penalty", penalty(CODE, NAME))
    waiting = decide(gate, "rejudge")
    assert (waiting.state, waiting.reason, hold_count()) == ("waiting", "subject.unknown", 1)
    gate.register(CODE, OTHER_NAME)
    assert decide(gate, "rejudge").reason == "subject.name_differs"
    gate.register(CODE, NAME, 曾用名=OTHER_NAME)
    assert decide(gate, "rejudge").state == "released"
    assert [entry.decision for entry in Decision.objects.order_by("decided_at")] == ["rejudge"] * 3


def test_an_amount_is_not_released_by_judging_anew(factor: Gate) -> None:
    done = decide(factor, "rejudge")
    assert (done.state, done.reason) == ("waiting", "amount.factor_10000")


def test_another_name_is_confirmed(gate: Gate) -> None:
    gate.register(CODE, OTHER_NAME)
    gate.send("penalty", penalty(CODE, NAME))
    done = decide(gate, "release", agency=BUREAU)
    assert filed(gate, CODE) == ["示应急罚〔2026〕1号"]
    catch_up(gate.ctx)
    page = selectors.record(gate.ctx, str(done.record))
    assert isinstance(page, selectors.RecordPage)
    assert (page.source_agency_code, page.receipt[:2]) == (BUREAU, "XH")


def test_the_second_of_two_that_disagree_replaces_the_first(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.send("penalty", penalty(CODE, NAME), penalty(CODE, NAME, 备注="另一种说法"))
    assert queue(gate)[0].reason == "conflict.in_file"
    done = decide(gate, "release")
    assert done.outcome is Outcome.UPDATED
    assert done.record is not None
    assert [version.values.get("note") for version in archive.versions(done.record)] == [None, "另一种说法"]


def test_two_names_in_the_register_become_a_renaming(gate: Gate) -> None:
    gate.register(CODE, NAME)
    assert gate.send("registration", registration(CODE, OTHER_NAME)).counts["held"] == 1
    assert queue(gate)[0].owner == "office"
    done = decide(gate, "release")
    assert done.state == "released"
    head_now = archive.organisation(CODE)
    assert head_now is not None
    assert (head_now.name, archive.former_names(CODE)) == (OTHER_NAME, (NAME,))
    assert [event.kind for event in archive.events(CODE)] == ["registered", "renamed"]


def test_pages_of_the_queue_have_no_gap_and_cost_the_same(gate: Gate) -> None:
    rows = [penalty(codes.enterprise(20 + n), NAME, f"甲〔2026〕{n}号") for n in range(7)]
    gate.send("penalty", *rows, dict(penalty("", NAME, "乙", 组织机构代码=OLD)) | {CODE_COLUMN: ""})
    found, after, costs = [], 0, set()
    while after is not None:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = hold_queue(gate.ctx, after=after, limit=3)
        costs.add(len(queries))
        found += [line.id for line in page.lines]
        after = page.next_after
    assert found == sorted(HeldRow.objects.values_list("id", flat=True))
    assert len(found) == 8
    assert len(costs) == 1
    assert len(queue(gate, owner="sender")) == 0
    assert len(queue(gate, agency=REGISTRAR)) == 0
    other = accounts.agency(gate.ctx, codes.government(7))
    assert len(queue(gate, agency=other)) == 0
