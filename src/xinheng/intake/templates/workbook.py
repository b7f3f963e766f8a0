"""The template as a workbook: data, legend, and a hidden sheet with the lists."""

import io
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from xinheng.core.rulebook.types import ItemEdition, Rulebook, UnknownItem
from xinheng.core.validation.headings import TEMPLATE_LISTS, TEMPLATE_NOTES
from xinheng.intake.refusals import refusal
from xinheng.intake.returned.placing import placed
from xinheng.intake.templates import legend
from xinheng.intake.templates.columns import Column, columns_of, comment, validation
from xinheng.runtime.errors import RuntimeRefusal

LEGEND, LISTS = TEMPLATE_NOTES, TEMPLATE_LISTS
_LAST_ROW = 1_048_575
_HEADING_HEIGHT, _SPACER_HEIGHT = 32, 4
_COMMENT = {"x_scale": 2.2, "y_scale": 1.4, "author": "信衡 / Xinheng"}
_NAME_CHARS = 31


def template(rulebook: Rulebook, *, item: str, today: date, out: Path, edition: str | None = None) -> ItemEdition:
    """Write the template of an item to ``out`` and return the edition that it is for.

    Without ``edition`` it is the one in force ``today``. The same rulebook gives the same bytes. Raises RuntimeRefusal:
    ``item.unknown``, ``template.edition_unknown``, and what ``placed`` raises.
    """
    chosen = _edition(rulebook, item, today, edition)
    data = _workbook(rulebook, chosen)
    with placed(out) as sink:
        sink.write(data)
    return chosen


def _edition(rulebook: Rulebook, item: str, today: date, edition: str | None) -> ItemEdition:
    try:
        current = rulebook.item(item, today)
        return current if edition is None else rulebook.edition(item, edition)
    except UnknownItem as unknown:
        if item not in rulebook.items:
            raise refusal(rulebook, "item.unknown", item, known=", ".join(unknown.known)) from None
        known = "、".join(each.edition for each in rulebook.items[item])
        raise RuntimeRefusal(
            "template.edition_unknown",
            f"该事项没有这个版本。已有版本：{known}。",
            f"The item has no such edition. Editions are: {known}.",
        ) from None


def _workbook(rulebook: Rulebook, item: ItemEdition) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    # The day of the edition, not of the making: the same rules give the same file.
    made = datetime.combine(item.in_force.start, time())
    book.set_properties(
        {"title": item.label.zh, "comments": f"{item.id} {item.edition} {rulebook.digest}", "created": made}
    )
    columns = columns_of(rulebook, item)
    data = book.add_worksheet(item.label.zh[:_NAME_CHARS].translate(str.maketrans("（）/", "()-")))
    _write_legend(book, book.add_worksheet(LEGEND), columns, (rulebook, item))
    places = _write_lists(book.add_worksheet(LISTS), columns)
    for number, column in enumerate(columns):
        _write_column(book, data, number, column, comment(column, rulebook), places.get(column.field.id))
    data.set_row(0, _HEADING_HEIGHT)
    data.freeze_panes(1, 0)
    data.activate()
    book.close()
    return stream.getvalue()


def _write_column(
    book: Workbook, sheet: Worksheet, number: int, column: Column, said: str, listed_at: str | None
) -> None:
    colour = "#FCE4D6" if column.field.required else "#EDEDED" if column.is_taken else "#BFBFBF"
    heading = book.add_format(
        {"bold": column.is_taken, "bg_color": colour, "border": 1, "text_wrap": True, "valign": "vcenter",
         "num_format": "@"}
    )  # fmt: skip
    sheet.set_column(number, number, column.width, book.add_format({"num_format": column.number_format}))
    sheet.write_string(0, number, column.heading, heading)
    sheet.write_comment(0, number, said, _COMMENT)
    rule = validation(column, xl_rowcol_to_cell(1, number), listed_at)
    if rule is not None:
        sheet.data_validation(1, number, _LAST_ROW, number, rule)


def _write_lists(sheet: Worksheet, columns: list[Column]) -> dict[str, str]:
    """The choices of each column, one list a column of the hidden sheet; their ranges by field."""
    sheet.hide()
    places: dict[str, str] = {}
    for column in columns:
        if not column.choices or not column.is_taken:
            continue
        at = len(places)
        for row, choice in enumerate(column.choices):
            sheet.write_string(row, at, choice)
        letters = xl_col_to_name(at)
        places[column.field.id] = f"'{LISTS}'!${letters}$1:${letters}${len(column.choices)}"
    return places


def _write_legend(book: Workbook, sheet: Worksheet, columns: list[Column], about: tuple[Rulebook, ItemEdition]) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#EDEDED", "border": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    row = 0
    for line in legend.heading_lines(*about):
        _write_line(sheet, row, line, bold if row == 0 else None)
        row += 2
    _write_line(sheet, row + 1, legend.HEADINGS, bold)
    row += 3
    for line in (*legend.field_lines(columns, about[0]), (), *legend.list_lines(columns, about[0])):
        _write_line(sheet, row, line, plain)
        # Rows on top of each other would make a header of names: the gate must find none here.
        sheet.set_row(row + 1, _SPACER_HEIGHT)
        row += 2
    for number, width in enumerate(legend.WIDTHS):
        sheet.set_column(number, number, width)


def _write_line(sheet: Worksheet, row: int, line: tuple[str, ...], style: object) -> None:
    for column, text in enumerate(line):
        sheet.write_string(row, column, text, style)
