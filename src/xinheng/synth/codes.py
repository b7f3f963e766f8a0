"""Invented identifiers. Written from the standards alone, so that a slip in the gate's own checks shows up.

Unified code: GB 32100-2015. Organisation code: GB 11714-1997. Registration number: GS 15-2006, which is
ISO 7064 MOD 11,10. Person-shaped numbers: GB 11643-1999, in an area that no one was ever registered in.
"""

from datetime import date, timedelta
from random import Random

UNIFIED_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
NOBODYS_AREA = "999999"

_PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def outer_check(first17: str) -> str:
    """The eighteenth character of a unified code."""
    total = sum(UNIFIED_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(first17))
    return UNIFIED_ALPHABET[-total % 31]


def inner_check(first8: str) -> str:
    """The ninth character of an organisation code; here letters count A = 10 to Z = 35."""
    total = sum(int(c, 36) * weight for c, weight in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def registration_check(first14: str) -> str:
    """The fifteenth digit of an old registration number."""
    product = 10
    for digit in first14:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def person_check(first17: str) -> str:
    total = sum(int(c) * weight for c, weight in zip(first17, _PERSON_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def organisation_body(rng: Random, recent: bool) -> str:
    """Eight characters before the check; recent ones come from the MA pool.

    The third digit is never below 2, so that no number built on it holds something like a month of birth.
    """
    if recent:
        return "MA" + "".join(rng.choices(UNIFIED_ALPHABET, k=6))
    digits = f"{rng.randrange(10**8):08d}"
    return digits[:2] + str(rng.randrange(2, 10)) + digits[3:]


def unified_code(prefix: str, region: str, body: str, inner: str | None = None) -> str:
    first17 = prefix + region + body + (inner or inner_check(body))
    return first17 + outer_check(first17)


def registration_number(rng: Random, region: str, series: str) -> str:
    """Fifteen digits; ``series`` is the first digit of the running number (0-3 domestic, 6-9 individual)."""
    first14 = f"{region}{series}{rng.randrange(10)}{rng.randrange(2, 10)}{rng.randrange(10**5):05d}"
    return first14 + registration_check(first14)


def person_number(rng: Random) -> str:
    """The shape of an identity number, of nobody: the area does not exist. Never passes as a unified code."""
    while True:
        born = date(1950, 1, 1) + timedelta(days=rng.randrange(20_000))
        first17 = f"{NOBODYS_AREA}{born:%Y%m%d}{rng.randrange(1000):03d}"
        if person_check(first17) != outer_check(first17):
            return first17 + person_check(first17)


def mobile_number(rng: Random) -> str:
    """The shape of a mobile number, from a block of ten that is plainly made up."""
    return "1999999999" + str(rng.randrange(10))


def damaged_check(rng: Random, code: str) -> str:
    """The code with another last character."""
    return code[:-1] + rng.choice([c for c in UNIFIED_ALPHABET if c != code[-1]])
