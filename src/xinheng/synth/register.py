"""The register's files: each organisation once, a few rows spoilt."""

from itertools import cycle, islice

from xinheng.synth import mess_codes as codes
from xinheng.synth import mess_rows as rows
from xinheng.synth import mess_values as values
from xinheng.synth.desk import City, Desk
from xinheng.synth.files import insert_copies, spoil
from xinheng.synth.mess import Kind
from xinheng.synth.organisations import Organisation
from xinheng.synth.registrations import registering_body, registrar_of, registration_row
from xinheng.synth.rows import Row

_MESS_SHARE = 0.02


def _no_name(row: Row, desk: Desk, one: Organisation) -> None:
    row.values[desk.layout.part("name")] = desk.rng.choice(("无", "/", "N/A"))


# Rows that are refused come as a second row beside a good one, so that everyone gets into the register.
REGISTER_KINDS = (
    Kind("code_full_width", "accepted", codes.full_width, None),
    Kind("code_lower_case", "accepted", codes.lower_case, None),
    Kind("code_labelled", "accepted", codes.labelled, None),
    Kind("date_chinese_signs", "accepted", values.respelled(values.SPELLINGS["chinese_signs"]), None),
    Kind("date_unpadded", "accepted", values.respelled(values.SPELLINGS["unpadded"]), None),
    Kind("formula_text", "accepted", rows.formula_text, True),
    Kind("code_wrong_check", "rejected", codes.wrong_outer_check, copies=True),
    Kind("code_too_short", "rejected", codes.one_short, copies=True),
    Kind("date_impossible", "rejected", values.respelled(values.WRONG_DATES["impossible"]), copies=True),
    Kind("value_not_in_list", "rejected", values.unknown_kind, copies=True),
    Kind("placeholder_required", "rejected", _no_name, copies=True),
    Kind("duplicate", "duplicate", rows.same_again, None, copies=True),
    Kind("two_names_one_code", "held", codes.name_of_another, None, copies=True),
)


def by_registrar(city: City) -> dict[str, list[Organisation]]:
    """Registrar's code → whom it registers, in the order of the city."""
    shares: dict[str, list[Organisation]] = {}
    for one in city.organisations:
        shares.setdefault(registrar_of(one, city.agencies).code, []).append(one)
    return shares


def register_rows(desk: Desk, organisations: list[Organisation]) -> list[Row]:
    """One row each, and the mess in every fiftieth place or so."""
    city = desk.city
    made = [registration_row(one, registering_body(one, desk.agency, city.agencies)) for one in organisations]
    places = [p for p, one in enumerate(organisations) if one.inner_is_right]
    chosen = desk.rng.sample(places, min(round(len(organisations) * _MESS_SHARE), len(places)))
    copies: list[tuple[Row, Row]] = []
    for place, kind in zip(chosen, islice(cycle(REGISTER_KINDS), len(chosen)), strict=True):
        row, one = made[place], organisations[place]
        if kind.copies:
            copies.append((row, spoil(row.copy(), kind, desk, one)))
            row.kind = "repeated_below"
        else:
            spoil(row, kind, desk, one)
    insert_copies(made, copies, desk.rng)
    return made
