"""Numbers of natural persons in text: found whatever their width and blanks, masked so that nothing of them
stays.

The shapes are those of :mod:`xinheng.core.identifiers.person_numbers`. Borders: a number directly inside a
longer run of digits is no match; letters, Chinese text, blanks and punctuation beside it do not hide it.
Blanks, dashes and
invisible characters inside it are skipped, and every way of cutting blank-parted digits into a number counts.
"""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from xinheng.core.cells import Cell
from xinheng.core.identifiers.compact import Compact, compact, digits_in, may_hold_number
from xinheng.core.identifiers.person_numbers import (
    BANK_CARD,
    FOREIGN_RESIDENT,
    LATEST,
    MOBILE,
    PAPERS,
    REGIONAL_PERMIT,
    RESIDENT_ID,
    shapes_at,
)
from xinheng.core.identifiers.tables import UsccTables
from xinheng.core.identifiers.uscc import both_checks_hold, judge_uscc, outer_check_holds
from xinheng.core.text import cell_text

__all__ = [
    "LATEST",
    "MASKS",
    "PAPERS",
    "Masked",
    "Span",
    "counts_as_code",
    "find_person_numbers",
    "is_ambiguous",
    "mask_any",
    "mask_text",
    "person_shape",
]

MASKS = {
    RESIDENT_ID: "[身份证号已隐去]",
    REGIONAL_PERMIT: "[居住证号已隐去]",
    FOREIGN_RESIDENT: "[永居证号已隐去]",
    MOBILE: "[手机号已隐去]",
    BANK_CARD: "[银行卡号已隐去]",
}
"""What stands in place of a number: one constant form per kind, nothing of the number."""

_DIGITS = "0123456789"
_CODE_LENGTH = 18
_START = re.compile("[0-9]|[A-Z](?=[A-Z]{2}[0-9]{12})")
_CODE = re.compile("(?=[0-9A-Z]{18})")
_CODE_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# 13812345678元 is money: figures that name their unit are no telephone's and no card's number.
_SUM = re.compile(r"(?:\.\d{1,6})?\s*(?:[百千]?[万萬亿億元圆圓股]|人民币|美元)(?![\u4e00-\u9fff]?[0-9])")
# A spreadsheet's exponent still shows fifteen digits: the whole birthday of a resident number.
_EXPONENT = re.compile(r"(?<![0-9.])([1-9])\.([0-9]{10,17})E\+?(1[0-9])(?![0-9])")


@dataclass(frozen=True, slots=True)
class Span:
    """A personal number at ``text[start:end]``, in positions of the text as it was given."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal numbers, and which kinds were taken out, in the order of the text."""

    text: str
    kinds: tuple[str, ...]


_Window = tuple[int, int, str]


def find_person_numbers(text: str, latest: date = LATEST) -> tuple[Span, ...]:
    """Every personal number in ``text``, codes of organisations not excepted; overlapping finds are one span.

    ``latest`` is the last day on which somebody can have been born: a later date makes no person's number.
    """
    if not may_hold_number(text):
        return ()
    read = compact(text)
    return _spans(text, read, _windows(read, latest))


def mask_text(
    text: str, *, tables: UsccTables, known_codes: Container[str] = frozenset(), latest: date = LATEST
) -> Masked:
    """``text`` with every personal number replaced by its constant mask; unified codes stay.

    A code that has a personal number's shape too stays only as :func:`counts_as_code` says. Masking a
    masked text changes nothing more.
    """
    if not may_hold_number(text):
        return Masked(text, ())
    read = compact(text)
    windows = list(_windows(read, latest))
    if not windows:
        return Masked(text, ())
    codes = list(_codes(read, known_codes, tables, latest))
    open_windows = (window for window in windows if not _touches(window, codes))
    return _masked(text, _spans(text, read, open_windows))


def mask_any(text: str, latest: date = LATEST) -> str:
    """``text`` with every personal number masked, even where it is a valid code as well."""
    return _masked(text, find_person_numbers(text, latest)).text


def person_shape(value: Cell, latest: date = LATEST) -> str | None:
    """The kind of personal paper whose number a whole cell is (of :data:`PAPERS`), or ``None``.

    Words, an apostrophe or a label around the number do not matter; other digits beside it do.
    """
    text = cell_text(value)
    spans = find_person_numbers(text, latest)
    papers = [span.kind for span in spans if span.kind in PAPERS]
    if not papers:
        return None
    rest = _rest(text, spans).removesuffix(".0")
    return None if digits_in(rest) else papers[0]


def counts_as_code(code: str, known_codes: Container[str], tables: UsccTables, latest: date = LATEST) -> bool:
    """Whether 18 characters count as an organisation's code although they may look like a person's number.

    One person's number in 31 passes the outer check. So a valid code of that shape counts only if it begins
    with 9 and both checks hold, or if the register knows it; one of a bank card's shape needs both checks.
    """
    if code in known_codes:
        return True
    if not judge_uscc(code, tables).usable:
        return False
    kinds = {span.kind for span in find_person_numbers(code, latest)}
    if kinds & PAPERS:
        return code[0] == "9" and both_checks_hold(code)
    return not kinds or both_checks_hold(code)


def is_ambiguous(code: str, latest: date = LATEST) -> bool:
    """Whether a code with a valid outer check may as well be a person's number, so that only the register
    can tell.
    """
    if not outer_check_holds(code) or person_shape(code, latest) is None:
        return False
    return not (code[0] == "9" and both_checks_hold(code))


def _windows(read: Compact, latest: date) -> Iterator[_Window]:
    """Every number with free borders, as (start, end, kind) in positions of the compact run."""
    for match in _START.finditer(read.run):
        start = match.start()
        if read.glued_at(start, _DIGITS):
            continue
        for end, kind in shapes_at(read.run, start, latest):
            if not read.glued_at(end, _DIGITS) and (kind in PAPERS or not _SUM.match(read.run, end)):
                yield start, end, kind
    for match in _EXPONENT.finditer(read.run):
        written = match[1] + match[2]
        whole = written.ljust(int(match[3]) + 1, "0")
        for end, kind in shapes_at(whole, 0, latest):
            if end == len(whole):
                yield match.start(), match.end(), kind


def _codes(read: Compact, known_codes: Container[str], tables: UsccTables, latest: date) -> Iterator[tuple[int, int]]:
    """Where unified codes stand; one written with gaps must be known or begin with 9 and pass both checks."""
    for match in _CODE.finditer(read.run):
        start, end = match.start(), match.start() + _CODE_LENGTH
        if read.glued_at(start, _CODE_CHARACTERS) or read.glued_at(end, _CODE_CHARACTERS):
            continue
        code = read.run[start:end]
        unbroken = all(read.glued[start + 1 : end])
        sure = code in known_codes or (code[0] == "9" and both_checks_hold(code))
        if (unbroken or sure) and counts_as_code(code, known_codes, tables, latest):
            yield start, end


def _touches(window: _Window, codes: Iterable[tuple[int, int]]) -> bool:
    return any(window[0] < end and start < window[1] for start, end in codes)


def _spans(text: str, read: Compact, windows: Iterable[_Window]) -> tuple[Span, ...]:
    """Windows as spans of the original text, overlapping ones joined under the kind of the first and
    longest.
    """
    spans: list[Span] = []
    for start, end, kind in sorted(windows, key=lambda window: (window[0], -window[1])):
        first, last = read.places[start], read.places[end - 1] + 1
        if first and text[first - 1] in "+＋":
            first -= 1
        if spans and first < spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(last, spans[-1].end), spans[-1].kind)
        else:
            spans.append(Span(first, last, kind))
    return tuple(spans)


def _rest(text: str, spans: tuple[Span, ...]) -> str:
    """What stands around the spans."""
    ends = (0, *(span.end for span in spans))
    starts = (*(span.start for span in spans), len(text))
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def _masked(text: str, spans: tuple[Span, ...]) -> Masked:
    pieces: list[str] = []
    done = 0
    for span in spans:
        pieces += [text[done : span.start], MASKS[span.kind]]
        done = span.end
    return Masked("".join(pieces) + text[done:], tuple(span.kind for span in spans))
