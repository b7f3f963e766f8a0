"""What goes wrong with codes and names. Each function spoils one row in place."""

from decimal import Decimal

from xinheng.synth.codes import UNIFIED_ALPHABET, damaged_check, outer_check
from xinheng.synth.desk import Desk
from xinheng.synth.names import traditional
from xinheng.synth.organisations import Organisation
from xinheng.synth.rows import Row

_WIDE = {ord(c): ord(c) + 0xFEE0 for c in UNIFIED_ALPHABET} | {ord("("): "（", ord(")"): "）"}
_NARROW = {ord("（"): "(", ord("）"): ")"}


def _set_code(row: Row, desk: Desk, text: str | Decimal) -> None:
    row.values[desk.layout.part("code")] = text


def full_width(row: Row, desk: Desk, one: Organisation) -> None:
    _set_code(row, desk, one.code.translate(_WIDE))


def lower_case(row: Row, desk: Desk, one: Organisation) -> None:
    _set_code(row, desk, one.code.lower())


def blanks_and_dashes(row: Row, desk: Desk, one: Organisation) -> None:
    mark = desk.rng.choice((" ", "-", "　", " - "))
    _set_code(row, desk, f" {mark.join((one.code[:8], one.code[8:17], one.code[17]))} ")


def labelled(row: Row, desk: Desk, one: Organisation) -> None:
    label = desk.rng.choice(("统一社会信用代码：", "统一社会信用代码:"))
    _set_code(row, desk, label + one.code)


def apostrophe(row: Row, desk: Desk, one: Organisation) -> None:
    _set_code(row, desk, "'" + one.code)


def invisible(row: Row, desk: Desk, one: Organisation) -> None:
    _set_code(row, desk, "\ufeff" + one.code[:9] + "\u200b" + one.code[9:] + "\u00a0")


def wrong_outer_check(row: Row, desk: Desk, one: Organisation) -> None:
    _set_code(row, desk, damaged_check(desk.rng, one.code))


def one_short(row: Row, desk: Desk, one: Organisation) -> None:
    _set_code(row, desk, one.code[:-1])


def one_long(row: Row, desk: Desk, one: Organisation) -> None:
    _set_code(row, desk, one.code + one.code[-1])


def letter_o(row: Row, desk: Desk, one: Organisation) -> None:
    _set_code(row, desk, one.code.replace("0", "O", 1))


def undefined_category(row: Row, desk: Desk, one: Organisation) -> None:
    first17 = "94" + one.code[2:17]
    _set_code(row, desk, first17 + outer_check(first17))


def nothing(row: Row, desk: Desk, one: Organisation) -> None:
    """The organisation itself is the mess: its code has a wrong inner check."""


def old_code_in_its_column(row: Row, desk: Desk, one: Organisation) -> None:
    _set_code(row, desk, "")
    dashed = desk.rng.random() < 0.5
    row.values[desk.layout.part("org_code")] = f"{one.org_code[:8]}-{one.org_code[8]}" if dashed else one.org_code


def registration_number_only(row: Row, desk: Desk, one: Organisation) -> None:
    _set_code(row, desk, "")
    row.values[desk.layout.part("registration_number")] = one.registration_number


def old_code_in_code_column(row: Row, desk: Desk, one: Organisation) -> None:
    _set_code(row, desk, desk.rng.choice((one.org_code, one.registration_number)))


def digits_lost(row: Row, desk: Desk, one: Organisation) -> None:
    """A spreadsheet took the code for a number: fifteen digits are left of it."""
    if desk.form.kind == "xlsx":
        _set_code(row, desk, Decimal(one.code[:15] + "000"))
    else:
        _set_code(row, desk, f"{one.code[0]}.{one.code[1:6]}E+17")


def stranger(row: Row, desk: Desk, one: Organisation) -> None:
    """A valid code that the register does not know."""
    other = desk.rng.choice(desk.city.strangers)
    row.values |= {
        desk.layout.part("code"): other.code,
        desk.layout.part("name"): other.name,
        desk.layout.part("category"): other.category,
    }
    row.subject = other.code


def code_placeholder(row: Row, desk: Desk, one: Organisation) -> None:
    _set_code(row, desk, desk.rng.choice(("无", "暂无", "/", "-", "—", "N/A", "null", "*")))


def two_codes(row: Row, desk: Desk, one: Organisation) -> None:
    other = desk.rng.choice(desk.city.organisations)
    if other.code == one.code:
        other = desk.city.strangers[0]
    _set_code(row, desk, desk.rng.choice(("；", ";", "、", ",", "\n")).join((one.code, other.code)))


def two_names(row: Row, desk: Desk, one: Organisation) -> None:
    other = next(o for o in desk.city.organisations if o.name.endswith("公司") and o.code != one.code)
    row.values[desk.layout.part("name")] = f"{one.name}；{other.name}"


def other_legal_form(row: Row, desk: Desk, one: Organisation) -> None:
    long, short = "有限责任公司", "有限公司"
    name = one.name.replace(long, short) if long in one.name else one.name.replace(short, long)
    row.values[desk.layout.part("name")] = name


def traditional_name(row: Row, desk: Desk, one: Organisation) -> None:
    row.values[desk.layout.part("name")] = traditional(one.name)


def former_name(row: Row, desk: Desk, one: Organisation) -> None:
    row.values[desk.layout.part("name")] = one.former_name


def narrow_name(row: Row, desk: Desk, one: Organisation) -> None:
    row.values[desk.layout.part("name")] = one.name.translate(_NARROW)


def name_of_another(row: Row, desk: Desk, one: Organisation) -> None:
    others = [o for o in desk.city.organisations[-200:] if o.code != one.code and o.name[:4] != one.name[:4]]
    row.values[desk.layout.part("name")] = desk.rng.choice(others).name
