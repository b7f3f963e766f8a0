"""Fills one file of an agency: clean rows, messy rows among them, blank lines, totals and notes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from xinheng.synth.desk import Desk
from xinheng.synth.licences import licence_row, share_document
from xinheng.synth.mess import Kind
from xinheng.synth.organisations import BANK_NAME, Organisation
from xinheng.synth.penalties import fine_in_yuan, fined, penalty_row
from xinheng.synth.rows import Row

Draw = Callable[[Kind | None], Organisation]
"""Picks whom a row is about; a kind of mess may need an organisation of a certain sort."""

_NO_SUBJECT = frozenset({"rejected", "excluded_person", "ignored"})


@dataclass(slots=True)
class Order:
    """How many clean rows a file gets, and which messy ones."""

    clean: int
    kinds: list[Kind]


def fill(desk: Desk, order: Order, draw: Draw) -> list[Row]:
    """The rows of one file. A copy stands somewhere below the row that it repeats."""
    rows = _clean_rows(desk, order.clean, draw)
    copies: list[tuple[Row, Row]] = []
    for kind in order.kinds:
        organisation = draw(kind)
        row = _base(desk, organisation, kind)
        if kind.copies:
            copies.append((row, spoil(row.copy(), kind, desk, organisation)))
            row.kind = "repeated_below"
        else:
            spoil(row, kind, desk, organisation)
        rows.append(row)
    desk.rng.shuffle(rows)
    insert_copies(rows, copies, desk.rng)
    return rows


def insert_copies(rows: list[Row], copies: list[tuple[Row, Row]], rng: Random) -> None:
    """Each copy somewhere below its row."""
    for row, copy in copies:
        below = next(place for place, other in enumerate(rows) if other is row) + 1
        rows.insert(rng.randint(below, len(rows)), copy)


def _clean_rows(desk: Desk, count: int, draw: Draw) -> list[Row]:
    """The bank is granted several licences in one decision; everyone else one by one."""
    rows: list[Row] = []
    of_bank: Row | None = None
    for _ in range(count):
        organisation = draw(None)
        row = _clean_row(desk, organisation)
        if organisation.name == BANK_NAME and row.values.get("XK_XKBH"):
            if of_bank is not None and desk.rng.random() < 0.5:
                share_document(row, of_bank)
            of_bank = row
        rows.append(row)
    return rows


def _clean_row(desk: Desk, organisation: Organisation) -> Row:
    return (licence_row if desk.layout.item == "licence" else penalty_row)(desk, organisation)


def _base(desk: Desk, organisation: Organisation, kind: Kind) -> Row:
    """The clean row that a kind of mess starts from."""
    if kind.fine:
        return penalty_row(desk, organisation, fined(min(fine_in_yuan(desk.rng) + 100, 500_000)))
    return _clean_row(desk, organisation)


def spoil(row: Row, kind: Kind, desk: Desk, organisation: Organisation) -> Row:
    kind.change(row, desk, organisation)
    row.kind, row.outcome = kind.name, kind.outcome
    # A warning for the organisation's own code stays, whatever else the row brings.
    row.warned = True if row.warned else kind.warned
    if row.outcome in _NO_SUBJECT:
        row.subject, row.warned = None, None
    return row


def add_ignored(rows: list[Row], columns: Sequence[str], form_kind: str, rng: Random) -> None:
    """Blank lines anywhere, a total and notes at the end; JSON arrays have none of them."""
    if form_kind == "json" or len(rows) < 3:
        return
    for _ in range(rng.randrange(3)):
        blank = Row({}, "ignored", "blank", warned=None, keep=rng.choice((0, None)))
        rows.insert(rng.randint(1, len(rows) - 1), blank)
    if form_kind == "jsonl" or (form_kind != "xlsx" and rng.random() < 0.6):
        return
    count = sum(1 for row in rows if row.outcome != "ignored")
    rows.append(Row({columns[0]: "合计", columns[1]: f"{count}条"}, "ignored", "total", warned=None))
    for note in ("注：金额单位为万元。", "说明：本表由业务系统导出。")[: rng.randint(1, 2)]:
        rows.append(Row({columns[0]: note}, "ignored", "note", warned=None))
