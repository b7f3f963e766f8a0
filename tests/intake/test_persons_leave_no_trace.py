"""Nothing of a person's row stays anywhere: not in a table, not in a file, not in the receipt."""

from collections.abc import Iterator
from random import Random

import pyarrow.parquet as pq
import pytest
from django.db import connection

from tests.factories import codes
from tests.factories.intake import CODE as CODE_COLUMN
from tests.factories.intake import Gate, penalty, registration
from xinheng.intake.receipts import Receipt
from xinheng.synth.codes import mobile_number, person_number

pytestmark = pytest.mark.django_db

CODE, NAME = codes.enterprise(1), "示例市青禾食品有限公司"
PERSON = "司徒查无此人"
NUMBER = person_number(Random(7))
PHONE = mobile_number(Random(7))


def stored_texts(gate: Gate) -> Iterator[tuple[str, str]]:
    """Every row of every table, and every file, as text with its place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from ((table, text) for (text,) in cursor.fetchall())
    for path in gate.store.folder.rglob("*"):
        yield path.name, path.name
        yield path.name, path.read_bytes().decode("latin-1")
        yield path.name, repr(pq.read_table(path).to_pylist())


def assert_gone(gate: Gate, receipt: Receipt, *secrets: str) -> None:
    for secret in secrets:
        assert secret not in repr(receipt)
        assert not [place for place, text in stored_texts(gate) if secret in text]


def by_category(gate: Gate) -> Receipt:
    return gate.send(
        "penalty",
        penalty(
            "",
            PERSON,
            "甲〔2026〕77号",
            行政相对人类别="自然人",
            证件类型="身份证",
            证件号码=NUMBER,
            违法事实="私人的事",
        ),
        penalty(CODE, NAME),
    )


def test_a_row_about_a_person_leaves_no_trace(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = by_category(gate)
    assert (receipt.counts["excluded_persons"], receipt.counts["accepted"]) == (1, 1)
    assert_gone(gate, receipt, PERSON, NUMBER, "甲〔2026〕77号", "私人的事")
    (fate,) = [row for row in receipt.rows if row.outcome.value == "excluded_person"]
    assert (fate.subject, fate.record) == (None, None)


def test_the_search_for_traces_does_find_what_is_stored(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.send("penalty", penalty(CODE, NAME, "甲〔2026〕88号", 违法事实="公开的事"))
    places = {place.split("_")[0] for place, text in stored_texts(gate) if "公开的事" in text}
    assert "archive" in places
    assert any(place.endswith(".rows.parquet") for place, text in stored_texts(gate) if "公开的事" in text)


def test_a_persons_number_in_the_code_column_makes_a_persons_row(gate: Gate) -> None:
    receipt = gate.send("penalty", penalty(NUMBER, PERSON, "甲〔2026〕77号"), penalty(CODE, NAME))
    assert receipt.counts["excluded_persons"] == 1
    assert_gone(gate, receipt, PERSON, NUMBER, "甲〔2026〕77号")


def test_papers_without_a_code_make_a_persons_row(gate: Gate) -> None:
    receipt = gate.send("penalty", penalty("", PERSON, "甲〔2026〕77号", 证件类型="身份证", 证件号码=NUMBER))
    assert receipt.counts["excluded_persons"] == 1
    assert_gone(gate, receipt, PERSON, NUMBER, "甲〔2026〕77号")


def test_a_representative_is_emptied_on_arrival(gate: Gate) -> None:
    gate.register(CODE, NAME)
    papers = {"法定代表人": PERSON, "法定代表人证件类型": "身份证", "法定代表人证件号码": NUMBER}
    receipt = gate.send("penalty", penalty(CODE, NAME, **papers))
    assert (receipt.counts["accepted"], receipt.counts["warned"]) == (1, 1)
    assert_gone(gate, receipt, PERSON, NUMBER)


def test_the_registers_representative_stays_but_not_the_papers(gate: Gate) -> None:
    row = dict(registration(CODE, NAME, 法定代表人=PERSON)) | {"法定代表人证件号码": NUMBER}
    receipt = gate.send("registration", row)
    assert receipt.counts["accepted"] == 1
    assert_gone(gate, receipt, NUMBER)
    assert [place for place, text in stored_texts(gate) if PERSON in text]


@pytest.mark.parametrize("secret", [NUMBER, PHONE, f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}"])
@pytest.mark.parametrize("column", ["违法事实", "处罚内容", "备注", "违法行为类型"])
def test_numbers_in_texts_are_masked_on_arrival(gate: Gate, column: str, secret: str) -> None:
    gate.register(CODE, NAME)
    receipt = gate.send("penalty", penalty(CODE, NAME, **{column: f"罚款20000元，联系人号码{secret}"}))
    assert receipt.counts["accepted"] == 1
    assert_gone(gate, receipt, secret, secret.replace(" ", ""))


def test_a_number_in_a_column_nobody_knows_is_masked_too(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.send("penalty", dict(penalty(CODE, NAME)) | {"经办人电话": PHONE, "": NUMBER})
    assert_gone(gate, receipt, PHONE, NUMBER)


def test_a_waiting_row_keeps_no_number_either(gate: Gate) -> None:
    receipt = gate.send("penalty", penalty(CODE, NAME, 违法事实=f"电话{PHONE}", 法定代表人=PERSON))
    assert receipt.counts["held"] == 1
    assert_gone(gate, receipt, PHONE, PERSON)


def test_a_refused_rows_values_are_not_kept_beyond_the_masked_row(gate: Gate) -> None:
    gate.register(CODE, NAME)
    row = dict(penalty(CODE, NAME, 处罚决定日期=NUMBER)) | {CODE_COLUMN: CODE}
    receipt = gate.send("penalty", row)
    assert receipt.counts["rejected"] == 1
    assert_gone(gate, receipt, NUMBER)
