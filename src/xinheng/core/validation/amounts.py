"""An amount in its field's unit: the cell's own unit wins over the heading's, that over the catalogue's."""

from decimal import Decimal

from xinheng.core.cells import Cell, Uncalculated
from xinheng.core.money import AmountReading, Unit, read_amount, to_yuan
from xinheng.core.rulebook.types import Field
from xinheng.core.validation.desk import Entry

_YUAN_PER_HEADING = {
    "元": Decimal(1),
    "百元": Decimal(100),
    "千元": Decimal(1000),
    "万": Decimal(10_000),
    "万元": Decimal(10_000),
    "亿": Decimal(100_000_000),
    "亿元": Decimal(100_000_000),
}


def amount_of(entry: Entry) -> tuple[Decimal | None, str | None]:
    """The amount of an entry in its field's unit, or the rule id of what is wrong with it (policy f)."""
    about = entry.field
    unit = Unit(about.unit or Unit.YUAN)
    heading = _YUAN_PER_HEADING.get(entry.unit or "")
    if heading is None or heading == to_yuan(Decimal(1), unit):
        reading = read_amount(_cell(entry), unit=unit, minimum=about.minimum, maximum=about.maximum)
        return reading.value, reading.problem
    reading = read_amount(_cell(entry), unit=Unit.YUAN)
    if reading.value is None:
        return None, reading.problem
    value = _in_yuan(reading, heading) / to_yuan(Decimal(1), unit)
    problem = _out_of_bounds(value, about)
    return (None, problem) if problem else (value, None)


def _cell(entry: Entry) -> Cell:
    """The cell without control characters, native where the file held a number."""
    native = isinstance(entry.cell, Uncalculated) or not isinstance(entry.cell, str)
    return entry.cell if native else entry.text


def _in_yuan(reading: AmountReading, heading: Decimal) -> Decimal:
    read = reading.value or Decimal(0)
    return read if reading.cell_unit else read * heading


def _out_of_bounds(value: Decimal, about: Field) -> str | None:
    if about.minimum is not None and value < about.minimum:
        return "amount.below_minimum"
    return "amount.above_maximum" if about.maximum is not None and value > about.maximum else None
