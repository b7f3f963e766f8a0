"""Where the cells of a delimited row stand in its text, by the quoting that the reader knows."""


def cell_places(text: str, delimiter: str) -> list[tuple[int, int]]:
    """Start and end of every cell in the text of one row without its line end, quotes included."""
    places: list[tuple[int, int]] = []
    start = 0
    while True:
        found = text.find(delimiter, _behind_quotes(text, start))
        end = found if found >= 0 else len(text)
        places.append((start, end))
        if found < 0:
            return places
        start = end + 1


def _behind_quotes(text: str, start: int) -> int:
    """Where a cell goes on behind its quoted part, if it begins with one."""
    if not text.startswith('"', start):
        return start
    position = start + 1
    while (found := text.find('"', position)) >= 0:
        if not text.startswith('"', found + 1):
            return found + 1
        position = found + 2
    return len(text)
