"""How the files are read: nothing is guessed, and the digest says exactly what was read."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from shutil import copytree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.rulebook.problems import RulebookError
from xinheng.core.validation.engine import judge_case
from xinheng.runtime.rulebook_check import check_rulebook
from xinheng.runtime.rulebook_files import (
    digest_of,
    load_rulebook,
    parse_yaml,
    read_texts,
    rulebook_folder,
)

# SHA-256 over the label and two files, put together by hand: VERSION "1.0.0\n" and a.yml "a: 1\n".
BY_HAND = (
    b"xinheng-rulebook-1\n"
    b"\0\0\0\0\0\0\0\x07VERSION"
    + b"\0\0\0\0\0\0\0\x061.0.0\n"
    + b"\0\0\0\0\0\0\0\x05a.yml"
    + b"\0\0\0\0\0\0\0\x05a: 1\n"
)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return copytree(rulebook_folder(), tmp_path / "rulebook")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 2026-04-01", "2026-04-01"),
        ("a: no", "no"),
        ("a: off", "off"),
        ("a: Yes", "Yes"),
        ("a: 012", "012"),
        ("a: 1:30", "1:30"),
        ("a: 1e3", "1e3"),
        ("a: 0x1F", "0x1F"),
        ("a: 1_000", "1_000"),
        ("a: .5", ".5"),
        ("a: .inf", ".inf"),
        ("a: =", "="),
        ("a: 无", "无"),
        ("a: true", True),
        ("a: null", None),
        ("a:", None),
        ("a: 36", 36),
        ("a: -1", -1),
        ("a: 0.3", Decimal("0.3")),
        ("a: 0.10", Decimal("0.10")),
    ],
)
def test_yaml_guesses_nothing(text: str, value: object) -> None:
    read = parse_yaml(text)
    assert read == {"a": value}
    assert type(read["a"]) is type(value)


@given(st.dates())
def test_a_day_stays_the_text_that_was_written(day: date) -> None:
    assert parse_yaml(f"a: {day.isoformat()}") == {"a": day.isoformat()}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_a_fraction_is_exact(number: Decimal) -> None:
    assert parse_yaml(f"a: {number:f}") == {"a": number}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "stands twice"),
        ("a: {b: 1, b: 1}", "stands twice"),
        ("2015: a", "not a text"),
        ("true: a", "not a text"),
        ("a: [1", "line"),
        ("a: !!python/object:os.system x", "could not determine a constructor"),
        ("a: 1\n---\nb: 2", "document"),
    ],
)
def test_yaml_that_hides_something_is_refused(text: str, said: str) -> None:
    with pytest.raises(yaml.YAMLError, match=said):
        parse_yaml(text)


def test_a_broken_file_is_named_with_its_line(copied: Path) -> None:
    (copied / "laws.yml").write_text("laws: []\nlaws: []\n", "utf-8")
    (copied / "glossary.yml").write_bytes("terms: 术语".encode("gb18030"))
    with pytest.raises(RulebookError) as refused:
        load_rulebook(copied)
    assert [problem.file for problem in refused.value.problems] == ["glossary.yml"]
    (copied / "glossary.yml").write_text("terms: {a: 1, a: 2}", "utf-8")
    with pytest.raises(RulebookError) as refused:
        load_rulebook(copied)
    assert {p.file: p.path for p in refused.value.problems} == {"glossary.yml": "line 1", "laws.yml": "line 2"}


def test_the_digest_is_the_one_described() -> None:
    assert digest_of({"a.yml": "a: 1\n", "VERSION": "1.0.0\n"}) == hashlib.sha256(BY_HAND).hexdigest()


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=6))
def test_the_digest_hashes_lengths_and_texts_in_the_order_of_paths(texts: dict[str, str]) -> None:
    hashed = b"xinheng-rulebook-1\n"
    for path, text in sorted((path.encode("utf-8"), text.encode("utf-8")) for path, text in texts.items()):
        hashed += len(path).to_bytes(8, "big") + path + len(text).to_bytes(8, "big") + text
    assert digest_of(dict(reversed(texts.items()))) == hashlib.sha256(hashed).hexdigest()


def test_line_ends_and_byte_order_marks_do_not_change_the_digest(copied: Path) -> None:
    before = load_rulebook(rulebook_folder()).digest
    for path in copied.rglob("*.yml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert digest_of(read_texts(copied)) == before
    assert load_rulebook(copied).digest == before


def test_one_changed_character_changes_the_digest_and_pages_beside_the_rules_do_not(copied: Path) -> None:
    before = digest_of(read_texts(copied))
    (copied / "README.md").write_text("changed", "utf-8")
    (copied / "schemas" / "laws.schema.json").write_text("{}", "utf-8")
    assert digest_of(read_texts(copied)) == before
    laws = copied / "laws.yml"
    laws.write_text(laws.read_text("utf-8").replace("2026-04-01", "2026-04-02"), "utf-8")
    assert digest_of(read_texts(copied)) != before


def test_a_rulebook_is_read_once() -> None:
    assert load_rulebook() is load_rulebook(rulebook_folder())


def test_a_folder_that_is_no_rulebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="no rulebook folder"):
        load_rulebook(tmp_path)
    with pytest.raises(RulebookError, match="no rulebook folder"):
        check_rulebook(tmp_path / "nowhere")


def test_the_check_tells_schema_and_typed_mistakes_of_a_given_folder(copied: Path) -> None:
    laws = copied / "laws.yml"
    laws.write_text(laws.read_text("utf-8").replace("    verified: true", "    verified: perhaps", 1), "utf-8")
    report = check_rulebook(copied, judge_case)
    assert not report.passed
    assert report.rulebook is None
    said = [problem.message_en for problem in report.problems if problem.path == "laws[0].verified"]
    assert len(said) == 2
    assert all(problem.file == "laws.yml" for problem in report.problems)


def test_the_check_finds_a_case_that_does_not_hold(copied: Path) -> None:
    penalty = copied / "catalogue" / "penalty.yml"
    text = penalty.read_text("utf-8")
    penalty.write_text(text.replace("rules: [date.future]", "rules: [date.order]"), "utf-8")
    report = check_rulebook(copied, judge_case)
    assert [problem.path for problem in report.problems] == ["editions.2018.cases.a decision of tomorrow.rules"]
    assert "date.future" in report.problems[0].message_en
    assert check_rulebook(copied).passed


def test_a_rule_that_changes_changes_the_answer(copied: Path) -> None:
    penalty = copied / "publication" / "penalty.yml"
    text = penalty.read_text("utf-8")
    penalty.write_text(text.replace("fine_at_most: 0.3", "fine_at_most: 0.5"), "utf-8")
    regime = load_rulebook(copied).regime("penalty", date(2026, 5, 1))
    assert regime is not None
    assert {rule.condition.fine_at_most for rule in regime.rules} >= {Decimal("0.5")}


def test_dates_of_two_regimes_touch_without_a_gap() -> None:
    regimes = [regime for regime in load_rulebook().publication if regime.item == "penalty"]
    for earlier, later in pairwise(regimes):
        assert earlier.in_force.end is not None
        assert later.in_force.start == earlier.in_force.end + timedelta(days=1)
    assert regimes[-1].in_force.end is None
