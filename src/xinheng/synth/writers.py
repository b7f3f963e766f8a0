"""Text files as agencies write them: several encodings, separators, JSON. Same rows, same bytes."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from xinheng.synth.rows import Form, Formula, Row, Submission, Value

_ENCODINGS = {"csv_utf8": "utf-8-sig", "csv_gb18030": "gb18030", "tsv_utf16": "utf-16"}
_SEPARATORS = {"semicolon": ";", "tsv": "\t", "tsv_utf16": "\t"}


def plain(value: Value, form: Form) -> str:
    """A cell as text."""
    if isinstance(value, date):
        return value.strftime(form.dates)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Formula):
        return f"={value.text}"
    return value


def cells(row: Row, submission: Submission) -> list[Value]:
    """The row's cells from left to right, cut short or with cells too many where the row says so."""
    values: list[Value] = [row.values.get(code, "") for code, _ in submission.layout.columns]
    values = values if row.keep is None else values[: row.keep]
    return [*values, *row.beyond]


def delimited(submission: Submission) -> bytes:
    """Header on top, Windows line ends, quotes where needed."""
    form, out = submission.form, io.StringIO(newline="")
    writer = csv.writer(out, delimiter=_SEPARATORS.get(form.kind, ","), lineterminator="\r\n")
    writer.writerow(submission.layout.headers(form.headers))
    for row in submission.rows:
        writer.writerow([plain(value, form) for value in cells(row, submission)])
    text = out.getvalue()
    if form.kind == "tsv_utf16":
        return b"\xff\xfe" + text.encode("utf-16-le")
    return text.encode(_ENCODINGS.get(form.kind, "utf-8"))


def json_array(submission: Submission) -> bytes:
    objects = [_object(row, submission) for row in submission.rows]
    return json.dumps(objects, ensure_ascii=False, indent=1).encode()


def json_lines(submission: Submission) -> bytes:
    lines: Iterable[str] = (_line(row, submission) for row in submission.rows)
    return "".join(line + "\n" for line in lines).encode()


def _line(row: Row, submission: Submission) -> str:
    if row.kind == "blank":
        return ""
    return row.raw if row.raw is not None else json.dumps(_object(row, submission), ensure_ascii=False)


def _object(row: Row, submission: Submission) -> dict[str, str | float | None]:
    """Empty cells are null, amounts are numbers."""
    names = submission.layout.headers(submission.form.headers)
    return {
        name: float(value) if isinstance(value, Decimal) else plain(value, submission.form) or None
        for name, value in zip(names, cells(row, submission), strict=True)
    }
