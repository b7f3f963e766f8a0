"""The city itself: shares of real life, identifiers, the kinds of mess, what comes later."""

import json
import re
import unicodedata
from collections import Counter
from datetime import date

import pytest
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from tests.synth.conftest import TODAY
from xinheng.synth.city import content
from xinheng.synth.codes import inner_check, outer_check, unified_code
from xinheng.synth.manifest import expected_lines
from xinheng.synth.mess import EXTRA_KINDS, KINDS
from xinheng.synth.mess_values import SPELLINGS, WRONG_DATES
from xinheng.synth.names import RETIRED_REGIONS
from xinheng.synth.organisations import BANK_NAME, TYPE_OF_PREFIX
from xinheng.synth.plan import Plan, plan
from xinheng.synth.rows import Row, Submission

# Published vectors: python-stdnum's samples and the synthetic ones of the standard's other prefixes.
CODES = (
    "91110000600037341L", "121200004013590816", "9115220107837941X1", "91620105L015101280",
    "92340602MA2PBQAH7E", "93610823MA70ABCD70", "A1100000MX5000018C", "N1610802MF4100011M",
    "Y1610000MY60000136", "53610000500320027M",
)  # fmt: skip


def all_rows(planned: Plan, item: str = "") -> list[tuple[Submission, Row]]:
    return [(s, row) for s in planned.submissions for row in s.rows if item in ("", s.item)]


def test_about_as_large_as_asked(default_plan: Plan) -> None:
    assert len(default_plan.city.organisations) == 3000
    rows = sum(1 for _, row in all_rows(default_plan) if row.outcome != "ignored")
    assert 39_000 <= rows <= 41_000


@pytest.mark.parametrize("code", CODES)
def test_check_digits_of_published_codes(code: str) -> None:
    assert inner_check(code[8:16]) == code[16]
    assert outer_check(code[:17]) == code[17]
    assert unified_code(code[:2], code[2:8], code[8:16]) == code


def test_codes_satisfy_an_independent_checker(default_plan: Plan) -> None:
    organisations = default_plan.city.organisations + default_plan.city.strangers
    digits = [o for o in organisations if o.code[0] in "1579"]
    assert len(digits) > 2900
    assert all(uscc.is_valid(o.code) for o in digits)
    wrong = [o for o in organisations if inner_check(o.code[8:16]) != o.code[16]]
    assert wrong
    assert all(not o.inner_is_right for o in wrong)
    assert sum(not o.inner_is_right for o in organisations) == len(wrong)


def test_old_registration_numbers_satisfy_an_independent_checker(default_plan: Plan) -> None:
    numbers = [o.registration_number for o in default_plan.city.organisations if o.registration_number]
    assert len(numbers) > 500
    assert all(len(n) == 15 and mod_11_10.is_valid(n) for n in numbers)
    assert len(set(numbers)) == len(numbers)


def test_no_identity_is_given_twice(default_plan: Plan) -> None:
    city = default_plan.city
    everyone = [*city.organisations, *city.strangers]
    codes = [o.code for o in everyone] + [o.former_code for o in everyone if o.former_code]
    assert len(set(codes)) == len(codes)
    assert len({c[8:17] for c in codes}) == len(codes)
    names = [o.name for o in everyone] + [o.former_name for o in everyone if o.former_name]
    assert len(set(names)) == len(names)


def test_types_and_regions_have_the_shares_of_real_life(default_plan: Plan) -> None:
    organisations = default_plan.city.organisations
    shares = Counter(o.prefix for o in organisations)
    assert set(shares) == set(TYPE_OF_PREFIX)
    assert 0.50 < shares["91"] / len(organisations) < 0.58
    assert 0.29 < shares["92"] / len(organisations) < 0.36
    retired = sum(o.code[2:8] in RETIRED_REGIONS for o in organisations)
    assert 0.07 < retired / len(organisations) < 0.13
    assert {o.status for o in organisations} == {"存续", "注销", "吊销", "迁出"}
    assert sum("分公司" in o.name or o.name.endswith("支行") for o in organisations) > 80


def test_most_have_no_penalty_and_a_few_have_many(default_plan: Plan) -> None:
    accepted = Counter(r.subject for _, r in all_rows(default_plan, "penalty") if r.outcome == "accepted")
    share = 1 - len(accepted) / len(default_plan.city.organisations)
    assert 0.92 <= share <= 0.95
    assert accepted.most_common(1)[0][1] >= 20


def test_one_bank_holds_thousands_of_licences(default_plan: Plan) -> None:
    bank = next(o for o in default_plan.city.organisations if o.name == BANK_NAME)
    held = Counter(r.subject for _, r in all_rows(default_plan, "licence") if r.outcome == "accepted")
    assert held[bank.code] >= 2000
    assert held.most_common(2)[1][1] < held[bank.code] / 2


def test_every_kind_of_mess_occurs_in_every_item_it_can(default_plan: Plan) -> None:
    for item in ("licence", "penalty"):
        found = {row.kind for _, row in all_rows(default_plan, item)}
        assert {k.name for k in KINDS if k.item in ("", item)} - found == set(), item
    assert {row.kind for _, row in all_rows(default_plan)} >= set(EXTRA_KINDS)


def test_mess_has_its_share(default_plan: Plan) -> None:
    names = {k.name for k in KINDS}
    rows = [row for _, row in all_rows(default_plan) if row.outcome != "ignored"]
    assert 0.05 < sum(row.kind in names for row in rows) / len(rows) < 0.10


def test_keys_of_standing_rows_are_unique(default_plan: Plan) -> None:
    keys = Counter()
    for s, row in all_rows(default_plan):
        if s.item == "registration" or row.outcome != "accepted" or row.kind.startswith("broken"):
            continue
        part = s.layout.part
        place = (str(row.values[part("body_code")]), str(row.values[part("document")]), row.subject)
        keys[(s.item, *place, str(row.values.get("XK_XKBH", "")))] += 1
    assert keys.most_common(1)[0][1] == 1


def test_copies_stand_below_their_row(default_plan: Plan) -> None:
    checked = 0
    for s in default_plan.submissions:
        document = s.layout.parts.get("document")
        seen: set[tuple[object, ...]] = set()
        for row in s.rows:
            if not document or row.outcome == "ignored":
                continue
            key = (row.values[document], row.values[s.layout.part("body_code")], row.subject)
            if row.kind in ("duplicate", "duplicate_respelled", "conflict"):
                assert key in seen
                checked += 1
            seen.add(key)
    assert checked > 100


def test_senders_decide_for_themselves_or_for_those_they_send_for(default_plan: Plan) -> None:
    city = default_plan.city
    used_right = False
    for s, row in all_rows(default_plan):
        if row.outcome != "accepted":
            continue
        body, sender = row.values[s.layout.part("body_code")], city.by_code[s.agency]
        assert body == s.agency or body in sender.sends_for
        used_right |= body != s.agency
    assert used_right


def test_strangers_are_in_no_register_before_the_last_file(default_plan: Plan) -> None:
    strangers = {o.code for o in default_plan.city.strangers}
    *before, last = default_plan.submissions
    registered = {r.subject for s in before if s.item == "registration" for r in s.rows}
    assert not strangers & registered
    assert strangers & {r.subject for r in last.rows if r.outcome == "accepted"}
    held = [r for _, r in all_rows(default_plan) if r.kind == "code_not_in_register"]
    assert {r.subject for r in held} <= strangers


def test_an_old_file_repeats_what_was_corrected(default_plan: Plan) -> None:
    def content_of(s: Submission, row: Row) -> tuple[object, ...]:
        return (s.agency, *row.values.values())

    first = {content_of(s, r) for s, r in all_rows(default_plan) if r.is_clean}
    corrected = [(s, r) for s, r in all_rows(default_plan) if r.kind == "corrected" and s.item != "registration"]
    superseded = [(s, r) for s, r in all_rows(default_plan) if r.kind == "superseded"]
    assert corrected
    assert superseded
    assert all(content_of(s, r) not in first for s, r in corrected)
    assert all(content_of(s, r) in first and r.warned for s, r in superseded)


def test_spellings_of_one_day() -> None:
    day = date(2026, 3, 5)
    assert {name: spell(day) for name, spell in SPELLINGS.items()} == {
        "unpadded": "2026-3-5",
        "slashes": "2026/03/05",
        "dots": "2026.03.05",
        "chinese_signs": "2026年3月5日",
        "eight_digits": "20260305",
        "chinese_numerals": "二〇二六年三月五日",
        "full_width": "２０２６－０３－０５",
        "with_time": "2026-03-05 14:30:00",
        "iso_time": "2026-03-05T09:05:00",
        "serial": "46086",
        "epoch": "1772640000",
        "epoch_milliseconds": "1772640000000",
    }
    assert SPELLINGS["chinese_numerals"](date(2025, 12, 31)) == "二〇二五年十二月三十一日"
    assert SPELLINGS["chinese_numerals"](date(2025, 10, 20)) == "二〇二五年十月二十日"
    assert WRONG_DATES["minguo"](day) == "民国115年3月5日"


def everything_written(planned: Plan) -> str:
    """Every cell and every expected line as text, workbooks by their planned cells."""
    parts = []
    for s in planned.submissions:
        if s.form.kind == "xlsx":
            parts += [str(v) for row in s.rows for v in row.values.values()]
        else:
            encoding = {"csv_gb18030": "gb18030", "tsv_utf16": "utf-16"}.get(s.form.kind, "utf-8")
            parts.append(content(s).decode(encoding))
        parts.append(expected_lines(s))
    return unicodedata.normalize("NFKC", "\n".join(parts))


def is_real_date(digits: str, year_digits: int) -> bool:
    year, rest = digits[:year_digits], digits[year_digits:]
    try:
        born = date(int(year) if year_digits == 4 else 1900 + int(year), int(rest[:2]), int(rest[2:]))
    except ValueError:
        return False
    return born.year >= 1800


@pytest.fixture(scope="session")
def written(default_plan: Plan) -> str:
    return everything_written(default_plan)


def test_no_number_of_a_person_belongs_to_anyone(written: str) -> None:
    runs = set(re.findall(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])", written))
    persons = {run for run in runs if is_real_date(run[6:14], 4)}
    assert len(persons) > 100
    assert {run[:6] for run in persons} == {"999999"}
    assert all(outer_check(run[:17]) != run[17] for run in persons)
    old = {r for r in re.findall(r"(?<![0-9A-Za-z])\d{15}(?![0-9A-Za-z])", written) if is_real_date(r[6:12], 2)}
    assert old == set()


def test_phone_numbers_are_plainly_made_up(written: str) -> None:
    phones = set(re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", written))
    assert phones
    assert {p[:10] for p in phones} == {"1999999999"}


def test_no_organisation_has_a_code_of_person_shape(default_plan: Plan) -> None:
    for one in [*default_plan.city.organisations, *default_plan.city.strangers]:
        assert not (one.code[6:14].isdigit() and is_real_date(one.code[6:14], 4))


def test_persons_have_no_subject_in_the_expectation(default_plan: Plan) -> None:
    persons = 0
    for s in default_plan.submissions:
        for line in map(json.loads, expected_lines(s).splitlines()):
            if line["outcome"] == "excluded_person":
                persons += 1
                assert line["subject"] is None
    assert persons > 100


@pytest.mark.parametrize(("organisations", "rows"), [(1, 1), (130, 200), (200, 1000)])
def test_small_cities_stand_too(organisations: int, rows: int) -> None:
    planned = plan(seed=5, organisations=organisations, rows=rows, today=TODAY)
    assert len(planned.city.agencies) == 86
    assert len(planned.city.organisations) >= max(organisations, 126)
    assert all(row.values for _, row in all_rows(planned) if row.outcome != "ignored")
