"""The styles part of an XLSX workbook."""

from xinheng.intake.readers.errors import too_large
from xinheng.intake.readers.number_formats import Shows, Styles, classify, styles_of
from xinheng.intake.readers.xlsx_package import Attributes, Package, parse

_MOST_STYLES = 200_000
"""Programs stop at 65,490."""


def read_styles(package: Package, name: str) -> Styles:
    """The styles part of a workbook."""
    formats: dict[int, Shows] = {}
    cells: list[int] = []
    inside: list[str] = []

    def start(element: str, attributes: Attributes) -> None:
        if element == "numFmt":
            formats[int(attributes["numFmtId"])] = classify(attributes.get("formatCode", ""))
        elif element == "xf" and inside and inside[-1] == "cellXfs":
            cells.append(int(attributes.get("numFmtId", "0")))
            if len(cells) > _MOST_STYLES:
                raise too_large("单元格样式数量", "The number of cell styles", str(_MOST_STYLES))
        inside.append(element)

    def end(_: str) -> None:
        inside.pop()

    parse(package, name, start, end)
    return styles_of(cells, formats)
