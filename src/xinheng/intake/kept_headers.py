"""What the columns of a kept table mean, so that one of its rows can be put right later without the file."""

from collections.abc import Mapping, Sequence
from typing import Any

from xinheng.core.validation.columns import Header


def header_entry(header: Header) -> dict[str, Any]:
    """A header as a batch keeps it: field ids and units by column; no heading of the file, known or not."""
    return {
        "columns": {str(column): field for column, field in header.columns.items()},
        "units": {str(column): unit for column, unit in header.units.items()},
        "unit_above": header.unit_above,
        "constants": dict(header.constants),
        "width": header.width,
    }


def kept_header(entry: Mapping[str, Any]) -> Header:
    """The header again; its unknown columns are columns that say nothing."""
    columns = {int(column): field for column, field in entry["columns"].items()}
    width = int(entry["width"])
    return Header(
        first_row=0,
        last_row=0,
        columns=columns,
        leftovers={column: "" for column in range(width) if column not in columns},
        width=width,
        units={int(column): unit for column, unit in entry["units"].items()},
        unit_above=entry["unit_above"],
        constants=entry["constants"],
    )


def with_changes(header: Header, cells: Sequence[str], changes: Mapping[str, str]) -> tuple[Header, tuple[str, ...]]:
    """The row with some fields changed: in their first column, any other column of theirs emptied; a field without a
    column gets one behind the last. Cells beyond the header stay beyond it."""
    row = [*cells, *[""] * (header.width - len(cells))]
    columns, width = dict(header.columns), header.width
    for field, value in changes.items():
        places = [column for column, known in columns.items() if known == field]
        for column in places:
            row[column] = ""
        if not places:
            places, columns[width] = [width], field
            row.insert(width, "")
            width += 1
        row[places[0]] = value
    constants = {field: value for field, value in header.constants.items() if field not in changes}
    return _replaced(header, columns, width, constants), tuple(row)


def _replaced(header: Header, columns: Mapping[int, str], width: int, constants: Mapping[str, str]) -> Header:
    return Header(
        header.first_row, header.last_row, columns, header.leftovers, width, units=header.units,
        unit_above=header.unit_above, constants=constants,
    )  # fmt: skip
