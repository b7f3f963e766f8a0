"""A file that was given back can be sent again: what we wrote into it changes no row's fate."""

import csv
import json
from pathlib import Path

import pytest
import xlsxwriter

from tests.intake.returned.samples import RULEBOOK, TODAY, judged
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.headings import headings_of
from xinheng.intake.returned import annotate

ITEMS = [RULEBOOK.item(name, TODAY) for name in RULEBOOK.items]


def rows(item: ItemEdition) -> list[list[str]]:
    """All worked cases of an item under one row of its headings."""
    headings = headings_of(item)
    table = [[field.label.zh for field in item.fields]]
    for case in item.cases:
        fields = {match[0]: value for name, value in case.row.items() if (match := headings.match(name))}
        table.append([fields.get(field.id, "") for field in item.fields])
    return table


def write(path: Path, kind: str, table: list[list[str]]) -> None:
    if kind == "csv":
        with path.open("w", encoding="gb18030", newline="") as file:
            csv.writer(file).writerows(table)
    elif kind == "json":
        path.write_text(json.dumps([dict(zip(table[0], row, strict=True)) for row in table[1:]]), "utf-8")
    else:
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
        sheet = book.add_worksheet()
        for number, row in enumerate(table):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)
        book.close()


@pytest.mark.parametrize("item", ITEMS, ids=[item.id for item in ITEMS])
@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_every_worked_case_keeps_its_fate(tmp_path: Path, kind: str, item: ItemEdition) -> None:
    source, out = tmp_path / f"in.{kind}", tmp_path / f"out.{kind}"
    write(source, kind, rows(item))
    before = judged(source, item)
    annotate(source, before, out, rulebook=RULEBOOK, item=item)
    after = judged(out, item)
    assert [(each.row, each.outcome, _rules(each)) for each in after] == [
        (each.row, each.outcome, _rules(each)) for each in before
    ]
    assert len(before) == len(item.cases)


def _rules(said: object) -> list[tuple[str, str | None]]:
    return [(each["rule"], each["field"]) for each in said.findings]  # type: ignore[attr-defined]
