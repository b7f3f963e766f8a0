"""Unified codes by the column: both check digits and the tables of GB 32100, in sums over bytes."""

from collections.abc import Callable
from functools import lru_cache

import polars as pl

from xinheng.core.identifiers.tables import RegionStatus, UsccTables
from xinheng.core.identifiers.uscc import ALPHABET

_LENGTH = 18
_ASCII = 128
_INNER = 1024
"""Both sums share one integer: the outer one below this, the inner one in multiples of it."""

_REPEATED = pl.Series([digit * 6 for digit in "0123456789"])
"""Regions that could stand in a code of one character repeated."""
_INNER_CHECKS = pl.Series(list("0123456789X"))
_ANY = "[0-9A-HJ-NPQRTUWXY]"
_SHAPE = rf"^{_ANY}{{2}}[0-9]{{6}}{_ANY}{{10}}$"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2, 1)
# Sixteen and more figures in front of which 1 or 9 stands are nobody's number unless a day of birth is in them; any
# other long run of figures is looked at again. Letters X in a row can be figures struck out.
_RUN = "[0-9]{11}|X{3}"
_NUMERIC = "^[19][0-9]{15}"
_BIRTHDAY = r"^.{6}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"


def plain_codes(texts: pl.Series, tables: UsccTables) -> pl.Series:
    """Sound codes of which nothing is to be said: both checks hold, category and region are as they should be."""
    return _among(texts, lambda codes: _sound(codes, tables) & _usual(codes, tables))


def sound_codes(texts: pl.Series, tables: UsccTables) -> pl.Series:
    """Clean codes that may be used, perhaps with a warning, and in which no person's number can be seen."""
    return _among(texts, lambda codes: _sound(codes, tables))


def _among(texts: pl.Series, good: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Where texts have a code's shape and are ``good``."""
    places = texts.str.contains(_SHAPE).arg_true()
    found = places.filter(good(texts.gather(places))) if len(places) else places
    return pl.zeros(len(texts), dtype=pl.Boolean, eager=True).scatter(found, True)


def _sound(codes: pl.Series, tables: UsccTables) -> pl.Series:
    sound = (
        (_sums(codes) % _INNER % 31 == 0)
        & codes.str.head(2).is_in(_kinds(tables).implode())
        & ~codes.str.slice(2, 6).is_in(_REPEATED.implode())
        & (codes.str.slice(8, 8) != "00000000")
        & ~(codes.str.contains(_RUN) & ~(codes.str.contains(_NUMERIC) & ~codes.str.contains(_BIRTHDAY)))
    )
    return sound & ~codes.is_in(sorted(tables.exceptions)) if tables.exceptions else sound


def _usual(codes: pl.Series, tables: UsccTables) -> pl.Series:
    inner = (_sums(codes) // _INNER % 11 == 0) & codes.str.slice(16, 1).is_in(_INNER_CHECKS.implode())
    usual = codes.str.head(2).is_in(_kinds(tables, unusual=False).implode())
    return inner & usual & codes.str.slice(2, 6).is_in(_regions(tables).implode())


def _sums(codes: pl.Series) -> pl.Series:
    """The sums of both checks for codes of eighteen characters of the alphabet; both are 0 where the checks hold."""
    count = len(codes)
    octets = codes.cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, _LENGTH)).explode()
    offsets = (pl.int_range(0, count * _LENGTH, dtype=pl.UInt32, eager=True) % _LENGTH) * _ASCII
    return _terms().gather(octets.cast(pl.UInt32) + offsets).reshape((count, _LENGTH)).arr.sum()


@lru_cache(maxsize=1)
def _terms() -> pl.Series:
    """What each character adds to both sums, by its place in the code and its byte."""
    terms = [0] * (_LENGTH * _ASCII)
    for place in range(_LENGTH):
        weight = pow(3, place, 31) if place < _LENGTH - 1 else 1
        for value, character in enumerate(ALPHABET):
            inner = int(character, 36) * _ORGANISATION_WEIGHTS[place - 8] if 8 <= place <= 16 else 0
            if place == 16 and character == "X":
                inner = 10
            terms[place * _ASCII + ord(character)] = value * weight % 31 + _INNER * inner
    return pl.Series(terms, dtype=pl.UInt32)


@lru_cache(maxsize=8)
def _kinds(tables: UsccTables, *, unusual: bool = True) -> pl.Series:
    """The pairs of authority and category that are known; without ``unusual`` those of the standard's own table."""
    kinds = [
        authority + category
        for authority, facts in tables.authorities.items()
        for category, kind in facts.categories.items()
        if unusual or not kind.unusual
    ]
    return pl.Series(kinds, dtype=pl.String)


@lru_cache(maxsize=4)
def _regions(tables: UsccTables) -> pl.Series:
    """Regions in force."""
    current = [code for code, region in tables.regions.items() if region.status is RegionStatus.CURRENT]
    return pl.Series(current, dtype=pl.String)
