"""All findings of a submission as one table that any spreadsheet program opens."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from xinheng.core.rulebook.types import ItemEdition, Rulebook
from xinheng.intake.returned.placing import placed
from xinheng.intake.returned.said import Finding, Said
from xinheng.intake.returned.wording import harmless, one_line

COLUMNS = (
    "file", "sheet", "row", "outcome", "field", "header_zh", "rule", "severity", "message_zh", "message_en", "value",
)  # fmt: skip


def findings_csv(
    said: Iterable[Said],
    out: Path,
    *,
    rulebook: Rulebook,
    item: ItemEdition,
    file_findings: Iterable[Finding] = (),
) -> None:
    """Write every finding as a line of CSV (UTF-8 with byte order mark), those of the whole file first.

    ``said`` is read once, line by line. No cell can become a formula. Raises RuntimeRefusal as ``placed`` does.
    """
    headers = {field.id: field.label.zh for field in item.fields}
    with placed(out) as sink:
        text = io.TextIOWrapper(sink, "utf-8-sig", newline="")
        table = csv.writer(text)
        table.writerow(COLUMNS)
        for line in _table_lines(said, file_findings, headers):
            table.writerow([harmless(one_line("" if cell is None else cell)) for cell in line])
        # The file is still needed to be given its name.
        text.detach()


def _table_lines(
    said: Iterable[Said], file_findings: Iterable[Finding], headers: Mapping[str, str]
) -> Iterator[Sequence[object]]:
    for each in file_findings:
        yield each.get("file"), each.get("sheet"), None, None, *_about(each, headers)
    for row in said:
        for each in row.findings:
            yield row.file, row.sheet, row.row, row.outcome, *_about(each, headers)


def _about(finding: Finding, headers: Mapping[str, str]) -> tuple[object, ...]:
    field = finding.get("field")
    told = (finding[name] for name in ("rule", "severity", "message_zh", "message_en"))
    return field, headers.get(field or ""), *told, finding.get("value")
