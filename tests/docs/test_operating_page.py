"""What an operator reads is complete: settings, refusals, the checks of doctor, and the example files."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import CHECKOUT, PACKAGE, dotted, full_names, modules, texts
from tests.docs.pages import page, ticked
from xinheng.core.context import Actor, Context
from xinheng.documents.store import DocumentStore
from xinheng.intake.readers.errors import MESSAGES

SETTING = re.compile(r"^(?:XINHENG_[A-Z]+(?:_[A-Z]+)*|PG_BIN|DATABASE_URL)$")
RULE = re.compile(r"^[a-z_]+\.[a-z_]+$")
SAYS_FIRST = {"RuntimeRefusal", "CalendarNotCovered", "InvalidTerm", "CannotMap"}
SAYS_SECOND = {"refusal"}


def settings_in_code() -> set[str]:
    """Names of environment variables in the code."""
    return {text.value for module in modules() for text in texts(module.tree) if SETTING.match(text.value)}


def refusals_in_code() -> Iterator[str]:
    """Ids with which a whole command is refused."""
    for module in modules():
        names = full_names(module.tree)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                called = (dotted(node.func, names) or "").rpartition(".")[2]
                place = 0 if called in SAYS_FIRST else 1 if called in SAYS_SECOND else None
                said = node.args[place] if place is not None and len(node.args) > place else None
                if isinstance(said, ast.Constant) and RULE.match(str(said.value)):
                    yield str(said.value)
    yield from MESSAGES


def test_every_setting_is_documented_and_no_other() -> None:
    written = [ticked(row[0])[0] for row in page("docs/operate.md").table("## Settings")]
    assert sorted(written) == sorted(settings_in_code())


def test_every_refusal_is_documented_and_no_other() -> None:
    lines = re.findall(r"^\| `([a-z_.]+)` \|", page("docs/refusals.md").text, re.MULTILINE)
    assert len(lines) == len(set(lines))
    assert set(lines) == set(refusals_in_code())


def test_every_check_of_doctor_is_documented() -> None:
    tree = ast.parse((PACKAGE / "cli" / "examination.py").read_text(encoding="utf-8"))
    checks = {
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_check"
        and isinstance(node.args[0], ast.Constant)
    }
    assert {ticked(row[0])[0] for row in page("docs/operate.md").table("## doctor")} == checks


def test_parts_of_the_data_folder_are_documented() -> None:
    parts = {ticked(row[0])[0] for row in page("docs/operate.md").table("## The data folder")}
    assert parts == {"postgres/", "documents/", "corpus/", "keys/", "logs/", "run/"}
    folder = (PACKAGE / "runtime" / "folder.py").read_text(encoding="utf-8")
    assert [part for part in parts if f'"{part[:-1]}"' not in folder] == []


@pytest.mark.django_db
def test_the_example_files_fare_as_the_first_page_says(ctx: Context, store: DocumentStore) -> None:
    from xinheng.accounts.services import agency_add
    from xinheng.archive.records import read_record_id
    from xinheng.cli.installation import catch_up
    from xinheng.intake.services import submit
    from xinheng.publication.selectors import record

    bureau, examples = "11610800MA2EXAM005", CHECKOUT / "docs" / "examples"
    agency_add(ctx, code=bureau, name="示例市市场监督管理局")
    sender = Context(Actor("agency", bureau), ctx.now, ctx.rulebook)
    submit(sender, source=examples / "register.csv", item="registration", agency=bureau, store=store)
    receipt = submit(sender, source=examples / "penalties.csv", item="penalty", agency=bureau, store=store)
    catch_up(ctx)

    assert [row.outcome.value for row in receipt.rows] == [
        "accepted",
        "accepted",
        "rejected",
        "held",
        "excluded_person",
    ]
    shown, filed = (row.record or "" for row in receipt.rows[:2])
    assert record(ctx, shown) is not None
    assert read_record_id(filed) is not None
    assert record(ctx, filed) is None
