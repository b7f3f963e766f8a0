"""Invented people whose names and numbers are planted in files, and the search for anything that stayed of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import psycopg
import pyarrow.parquet as pq
from psycopg import sql

from tests.doors import town
from tests.doors.command_line import CommandLine
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database

SURNAMES = ("欧阳", "司徒", "诸葛", "上官", "慕容", "尉迟", "皇甫", "令狐", "宇文")
GIVEN = ("晴岚", "望舒", "明澈", "听澜", "疏影", "归鸿", "怀瑾", "枕石", "漱玉")


@dataclass(frozen=True, slots=True)
class Person:
    """Nobody: the name is invented, the numbers belong to no area and no operator's block."""

    name: str
    number: str
    phone: str
    card: str

    @property
    def traces(self) -> tuple[str, ...]:
        """What must not be found anywhere; of the numbers also what a spreadsheet or a blank would leave."""
        return (self.name, self.number, self.number[6:16], self.phone, self.card)


def person(place: int) -> Person:
    """The ``place``-th invented person."""
    name = SURNAMES[place % 9] + GIVEN[(place * 4 + place // 9) % 9]
    return Person(name, town.person_number(400 + place * 7), f"1999999{place:04d}", _card(place))


def _card(place: int) -> str:
    """Nineteen digits that pass the check of bank cards (ISO/IEC 7812)."""
    first18 = f"6222029999{place:08d}"
    total = sum(sum(divmod(int(digit) * (1 + at % 2), 10)) for at, digit in enumerate(first18))
    return first18 + str(-total % 10)


FORMATS = (
    "utf-8.csv",
    "gb18030.csv",
    "utf-16.tsv",
    "semicolon.txt",
    "xlsx",
    "array.json",
    "wrapped.json",
    "lines.jsonl",
)
"""Every format that the gate reads and a test can write."""


def write(folder: Path, form: str, columns: dict[str, str], rows: list[town.Row]) -> Path:
    """The same rows in one of the formats."""
    path = folder / f"报送.{form}"
    cells = town.table(columns, rows)
    if form == "xlsx":
        book = openpyxl.Workbook()
        for line in cells:
            book.active.append(line)
        book.save(path)
    elif form.endswith(("json", "jsonl")):
        path.write_text(_json(form, cells), encoding="utf-8")
    else:
        mark = {"utf-16.tsv": "\t", "semicolon.txt": ";"}.get(form, ",")
        text = "".join(mark.join(line) + "\r\n" for line in cells)
        path.write_bytes(text.encode(form.rpartition(".")[0].replace("semicolon", "utf-8")))
    return path


def _json(form: str, cells: list[list[str]]) -> str:
    header, *body = cells
    objects = [dict(zip(header, line, strict=True)) for line in body]
    if form == "lines.jsonl":
        return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects)
    return json.dumps({"data": objects} if form == "wrapped.json" else objects, ensure_ascii=False)


def everything_kept(office: CommandLine) -> Iterator[tuple[str, bytes]]:
    """Whatever an installation holds: each file as bytes, each table as text, each document as its rows."""
    for path in sorted(office.data.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(office.data)), path.read_bytes()
        if path.suffix == ".parquet":
            yield f"{path.name} (rows)", json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False).encode()
    with database(DataFolder(office.data)) as server, psycopg.connect(server.conninfo()) as connection:
        for table in tables(connection):
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                yield f"table {table}", b"".join(bytes(block) for block in copy)


def tables(connection: psycopg.Connection) -> list[str]:
    """Every table that holds rows of its own."""
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    return [name for (name,) in found]


def found_in(traces: tuple[str, ...], content: bytes) -> list[str]:
    """The traces that occur in these bytes, however they are encoded."""
    encodings = ("utf-8", "gb18030", "utf-16-le")
    return [trace for trace in traces if any(trace.encode(encoding) in content for encoding in encodings)]
