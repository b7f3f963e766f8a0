"""What was said of the rows of a file, as the gate answers it, taken one row at a time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xinheng.runtime.errors import RuntimeRefusal

Finding = Mapping[str, Any]
Place = tuple[str | None, str | None]
"""The member of an archive and the sheet of a workbook, as receipts name them."""

EXCLUDED, IGNORED = "excluded_person", "ignored"


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one physical row.

    ``findings`` are as receipts hold them: ``row``, ``field``, ``rule``, ``severity``, ``message_zh``, ``message_en``,
    ``value``. ``sheet`` and ``file`` are None where the format has none.
    """

    row: int
    sheet: str | None
    file: str | None
    outcome: str
    findings: tuple[Finding, ...] = ()

    @property
    def place(self) -> Place:
        """The table in which the row stands."""
        return self.file, self.sheet


class Feed:
    """Answers in file order, read once and never gathered."""

    def __init__(self, said: Iterable[Said]) -> None:
        self._rest = iter(said)
        self._next = next(self._rest, None)

    def begins(self, place: Place) -> bool:
        """Whether the next answers are about this table."""
        return self._next is not None and self._next.place == place

    def at(self, place: Place, row: int) -> Said | None:
        """The answer about this row of the table, if there is one. Rows are asked for in rising order.

        Raises RuntimeRefusal (``annotated.changed``) where an answer is about a row that never came.
        """
        due = self._next
        if due is None or due.place != place or due.row > row:
            return None
        if due.row < row:
            raise changed()
        self._next = next(self._rest, None)
        return due

    def up_to(self, place: Place, row: int | None) -> Iterator[Said]:
        """The answers about rows of the table before ``row``; all that are left without one."""
        while (due := self._next) is not None and due.place == place and (row is None or due.row < row):
            self._next = next(self._rest, None)
            yield due

    def finish(self) -> None:
        """Nothing may be left: an answer without its row means that the file is not the one that was judged."""
        if self._next is not None:
            raise changed()


def changed() -> RuntimeRefusal:
    """The file no longer holds the rows that were judged."""
    return RuntimeRefusal(
        "annotated.changed",
        "文件在校验之后被改动，无法把结果写回原位。请重新报送。",
        "The file was changed after it was judged: the results no longer fit its rows. Send it again.",
    )
