"""Unified codes by the column: both check digits and the tables of GB 32100, in sums over bytes."""

from functools import lru_cache

import polars as pl

from xinheng.core.identifiers.tables import RegionStatus, UsccTables
from xinheng.core.identifiers.uscc import ALPHABET

_LENGTH = 18
_ASCII = 128
_INNER = 1024
"""Both sums share one integer: the outer one below this, the inner one in multiples of it."""

_ANY = "[0-9A-HJ-NPQRTUWXY]"
_SHAPE = rf"^{_ANY}{{2}}[0-9]{{6}}{_ANY}{{8}}[0-9X]{_ANY}$"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2, 1)
# Sixteen and more figures in front of which 1 or 9 stands are nobody's number unless a day of birth is in them; any
# other long run of figures is looked at again. XXX can be figures struck out.
_RUN = "[0-9]{11}|XXX"
_NUMERIC = "^[19][0-9]{15}"
_BIRTHDAY = r"^.{6}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"


def plain_codes(texts: pl.Series, tables: UsccTables) -> pl.Series:
    """Codes of which nothing is to be said: clean, checks and tables as they should be, no person's number in them."""
    shaped = texts.str.contains(_SHAPE)
    places = shaped.arg_true()
    codes = texts.gather(places)
    good = (
        _checks_hold(codes)
        & codes.str.head(2).is_in(_kinds(tables).implode())
        & codes.str.slice(2, 6).is_in(_regions(tables).implode())
        & (codes.str.slice(8, 8) != "00000000")
        & ~(codes.str.contains(_RUN) & ~(codes.str.contains(_NUMERIC) & ~codes.str.contains(_BIRTHDAY)))
    )
    if tables.exceptions:
        good &= ~codes.is_in(sorted(tables.exceptions))
    return pl.zeros(len(texts), dtype=pl.Boolean, eager=True).scatter(places.filter(good), True)


def _checks_hold(codes: pl.Series) -> pl.Series:
    """Whether both checks hold for codes of eighteen characters of the alphabet, the seventeenth a figure or X."""
    count = len(codes)
    if not count:
        return pl.Series(dtype=pl.Boolean)
    octets = codes.cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, _LENGTH)).explode()
    offsets = (pl.int_range(0, count * _LENGTH, dtype=pl.UInt32, eager=True) % _LENGTH) * _ASCII
    terms = _terms().gather(octets.cast(pl.UInt32) + offsets)
    sums = terms.reshape((count, _LENGTH)).arr.sum()
    return (sums % _INNER % 31 == 0) & (sums // _INNER % 11 == 0)


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


@lru_cache(maxsize=4)
def _kinds(tables: UsccTables) -> pl.Series:
    """The pairs of authority and category that the standard's own tables hold."""
    kinds = [
        authority + category
        for authority, facts in tables.authorities.items()
        for category, kind in facts.categories.items()
        if not kind.unusual
    ]
    return pl.Series(kinds, dtype=pl.String)


@lru_cache(maxsize=4)
def _regions(tables: UsccTables) -> pl.Series:
    """Regions in force; one of a single repeated figure could stand in a placeholder."""
    current = [code for code, region in tables.regions.items() if region.status is RegionStatus.CURRENT]
    return pl.Series([code for code in current if len(set(code)) > 1], dtype=pl.String)
