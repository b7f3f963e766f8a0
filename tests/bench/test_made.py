"""The made files are what they say they are: sizes, codes, faults, and the same from the same seed."""

from collections import Counter
from pathlib import Path

import pytest
from stdnum.cn import uscc

from tests.bench.conftest import ROWS, TODAY, lines
from xinheng.bench.made.codes import inner_check, outer_check, person_number, wrong_check
from xinheng.bench.made.faults import IN_LINES, KINDS_OF_FAULT
from xinheng.bench.made.files import MadeFile, write
from xinheng.bench.made.organisations import MadeOrganisations, organisations
from xinheng.bench.made.rows import CODE, NAME, Order


def test_codes_are_valid_by_another_program() -> None:
    made = organisations(3000)
    assert [code for code in made.codes if not uscc.is_valid(code)] == []
    assert len(set(made.codes)) == len(set(made.names)) == 3000


def test_published_codes_have_these_check_characters() -> None:
    assert outer_check("91350100M000100Y4") == "3"
    assert inner_check("D2143569") == "X"


def test_a_wrong_check_is_wrong_by_another_program() -> None:
    assert not any(uscc.is_valid(wrong_check(code)) for code in organisations(200).codes)


def test_far_places_of_the_series_are_other_organisations() -> None:
    assert not set(organisations(500).codes) & set(organisations(500, start=29_000_000).codes)


def test_numbers_of_persons_belong_to_nobody() -> None:
    from random import Random

    assert all(person_number(Random(seed)).startswith("999999") for seed in range(50))


@pytest.mark.parametrize(
    ("name", "item", "least", "most"), [("penalties", "penalty", 1250, 1350), ("licences", "licence", 230, 330)]
)
def test_a_row_weighs_what_real_rows_weigh(
    name: str, item: str, least: int, most: int, request: pytest.FixtureRequest
) -> None:
    file: MadeFile = request.getfixturevalue(name)
    assert file.item == item
    assert least <= file.row_bytes <= most
    assert file.size == file.path.stat().st_size == sum(len(x.encode("gb18030")) + 2 for x in lines(file))


def test_narrow_rows_are_short(subjects: MadeOrganisations, tmp_path: Path) -> None:
    file = write(Order("penalty", 400, subjects, TODAY, seed=1, narrow=True), tmp_path, bad=0.05)
    assert file.row_bytes < 350


def test_the_share_of_faulty_rows_is_kept_and_every_kind_occurs(penalties: MadeFile, licences: MadeFile) -> None:
    assert len(penalties.planted) == ROWS // 10
    assert len(licences.planted) == ROWS // 5
    for file in (penalties, licences):
        counted = Counter(file.planted.values())
        assert set(counted) == set(KINDS_OF_FAULT)
        assert max(counted.values()) - min(counted.values()) <= 1


def test_faults_stand_where_they_are_said_to_and_nowhere_else(penalties: MadeFile) -> None:
    clean = penalties.clean.read_text(encoding="utf-8").splitlines()
    sent = lines(penalties)
    assert sent[0].split(",") == list(penalties.columns)
    differing = {row for row, line in enumerate(sent[1:], start=2) if line.split(",") != clean[row - 2].split("\t")}
    assert differing == set(penalties.planted)


def test_clean_rows_have_unlike_keys_and_valid_codes(penalties: MadeFile, subjects: MadeOrganisations) -> None:
    rows = [dict(zip(penalties.columns, x.split("\t"), strict=True)) for x in penalties.clean.read_text().splitlines()]
    known = dict(zip(subjects.codes, subjects.names, strict=True))
    assert len({row["行政处罚决定书文号"] for row in rows}) == ROWS
    assert all(known[row[CODE]] == row[NAME] for row in rows)
    assert all(row["处罚决定日期"] < TODAY.isoformat() < "2100" for row in rows)


def test_a_kind_can_be_left_out(subjects: MadeOrganisations, tmp_path: Path) -> None:
    file = write(Order("penalty", 200, subjects, TODAY, seed=1), tmp_path, bad=0.3, kinds=IN_LINES)
    assert set(file.planted.values()) == set(IN_LINES)


def test_the_same_seed_gives_the_same_bytes(subjects: MadeOrganisations, tmp_path: Path) -> None:
    order = Order("licence", 300, subjects, TODAY, seed=5)
    first, second = (write(order, tmp_path, bad=0.1, name=name) for name in ("a", "b"))
    other = write(Order("licence", 300, subjects, TODAY, seed=6), tmp_path, bad=0.1, name="c")
    assert first.path.read_bytes() == second.path.read_bytes() != other.path.read_bytes()
    assert first.planted == second.planted


def test_a_ready_file_stands_in_the_order_of_the_archive(subjects: MadeOrganisations, tmp_path: Path) -> None:
    from xinheng.core.identifiers.uscc import bucket_of

    file = write(Order("licence", 300, subjects, TODAY, seed=5, ready=True), tmp_path, bad=0)
    codes = [x.split("\t")[2] for x in file.clean.read_text(encoding="utf-8").splitlines()]
    assert codes == sorted(codes, key=lambda code: (bucket_of(code), code))
    assert len(set(codes)) == len(subjects)
