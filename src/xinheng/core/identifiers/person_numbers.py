"""The shapes of natural persons' numbers, over a plain run of ASCII characters.

Resident numbers of 18 characters (GB 11643; a wrong check character included) and of 15 digits, each with a
real date from 1800 on; residence permits of Hong Kong, Macau and Taiwan residents (81, 82, 83) and of
foreigners (new: 18 digits from 9; old: a country's three letters and twelve digits); mobile phones; bank
cards that pass Luhn. Landlines are not personal.
"""

import re
from collections.abc import Iterator
from datetime import date

LATEST = date(2099, 12, 31)
"""The last day of birth that counts where the caller gives none (this floor has no clock)."""

RESIDENT_ID = "resident_id"
REGIONAL_PERMIT = "regional_permit"
FOREIGN_RESIDENT = "foreign_resident"
MOBILE = "mobile"
BANK_CARD = "bank_card"
PAPERS = frozenset({RESIDENT_ID, REGIONAL_PERMIT, FOREIGN_RESIDENT})
"""The kinds that name one person; a phone or a card does not make a row a person's."""

_EARLIEST = date(1800, 1, 1)
_CENTURIES = ("18", "19", "20")
_ID_18 = re.compile("[0-9]{17}[0-9X]")
_ID_15 = re.compile("[1-9][0-9]{14}")
_FOREIGN_OLD = re.compile("([A-Z]{3})[0-9]{12}")
_MOBILE = re.compile("(?:(?:00)?86|0)?1[3-9][0-9]{9}")
# Cards of domestic banks begin with 62; foreign brands have 16 digits; a few old domestic issuers have 19.
_CARD_STARTS = {
    16: ("62", "60", "81", "35", "4", "51", "52", "53", "54", "55", "22", "23", "24", "25", "26", "27"),
    17: ("62",),
    18: ("62",),
    19: ("62", "60", "9558", "4367", "4213", "4340", "4563", "6858"),
}
_CARD = re.compile("[0-9]+")
# ISO 3166-1 alpha-3: with a country in front the twelve digits need no date to be known as a permit.
_COUNTRIES = (
    "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM "
    "BLR BLZ BMU BOL BRA BRB BRN BTN BWA CAF CAN CCK CHE CHL CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR "
    "CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY "
    "GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL "
    "ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAF "
    "MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK "
    "NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU "
    "RUS RWA SAU SDN SEN SGP SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA "
    "TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TZA UGA UKR URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF "
    "WSM YEM ZAF ZMB ZWE"
)


def shapes_at(run: str, start: int, latest: date) -> Iterator[tuple[int, str]]:
    """Every personal number that begins at ``start`` of ``run``, as (end, kind); the caller judges the
    borders.

    ``run`` holds ASCII digits and capital letters where numbers stand, blanks and width already taken away.
    """
    if _ID_18.match(run, start) and _is_date(run[start + 6 : start + 14], latest):
        yield start + 18, _kind_of_18(run[start : start + 2])
    if _ID_15.match(run, start) and _is_short_date(run[start + 6 : start + 12], latest):
        yield start + 15, RESIDENT_ID
    foreign = _FOREIGN_OLD.match(run, start)
    if foreign and (foreign[1] in _COUNTRIES.split() or _is_short_date(run[start + 7 : start + 13], latest)):
        yield start + 15, FOREIGN_RESIDENT
    mobile = _MOBILE.match(run, start)
    if mobile:
        yield mobile.end(), MOBILE
    for length, starts in _CARD_STARTS.items():
        number = run[start : start + length]
        if len(number) == length and number.startswith(starts) and _CARD.fullmatch(number) and _luhn(number):
            yield start + length, BANK_CARD


def _kind_of_18(start: str) -> str:
    if start[0] == "9":
        return FOREIGN_RESIDENT
    return REGIONAL_PERMIT if start in ("81", "82", "83") else RESIDENT_ID


def _is_date(eight: str, latest: date) -> bool:
    try:
        return _EARLIEST <= date(int(eight[:4]), int(eight[4:6]), int(eight[6:])) <= latest
    except ValueError:
        return False


def _is_short_date(six: str, latest: date) -> bool:
    """Whether year, month and day of two digits each are a real date in any century that counts."""
    return any(_is_date(century + six, latest) for century in _CENTURIES)


def _luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
