"""Invented unified codes, written from GB 32100-2015 and GB 11714-1997 alone: the gate's own checks are not asked."""

from datetime import date, timedelta
from random import Random

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
REGIONS = ("610802", "610803", "610822", "610824", "610825")
NOBODYS_AREA = "999999"

_OUTER = tuple(pow(3, place, 31) for place in range(17))
_INNER = (3, 7, 9, 10, 5, 8, 4, 2)
_PERSON = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_VALUE = {letter: place for place, letter in enumerate(LETTERS)}
_VALUE_36 = {letter: int(letter, 36) for letter in LETTERS}


def inner_check(first8: str) -> str:
    """The ninth character of an organisation code, whose letters count A = 10 to Z = 35."""
    return "0123456789X"[-sum(_VALUE_36[c] * w for c, w in zip(first8, _INNER, strict=True)) % 11]


def outer_check(first17: str) -> str:
    """The eighteenth character of a unified code."""
    return LETTERS[-sum(_VALUE[c] * w for c, w in zip(first17, _OUTER, strict=True)) % 31]


def enterprise_codes(number: int, *, start: int) -> list[str]:
    """Distinct valid codes of enterprises; ``start`` is the place of the first in the series (below 31**6)."""
    return [_enterprise(serial) for serial in range(start, start + number)]


def _enterprise(serial: int) -> str:
    # Neighbours in the series differ in every place, as codes of one day of a register do not.
    place, body = serial * 28_629_157 % 31**6, "MA"
    for _ in range(6):
        place, digit = divmod(place, 31)
        body += LETTERS[digit]
    first17 = "91" + REGIONS[serial % len(REGIONS)] + body + inner_check(body)
    return first17 + outer_check(first17)


def wrong_check(code: str) -> str:
    """The same code with the next letter as its last."""
    return code[:-1] + LETTERS[(_VALUE[code[-1]] + 1) % 31]


def person_number(rng: Random) -> str:
    """The shape of an identity number, of nobody: its area was never given out."""
    born = date(1950, 1, 1) + timedelta(days=rng.randrange(20_000))
    first17 = f"{NOBODYS_AREA}{born:%Y%m%d}{rng.randrange(1000):03d}"
    return first17 + "10X98765432"[sum(int(c) * w for c, w in zip(first17, _PERSON, strict=True)) % 11]
