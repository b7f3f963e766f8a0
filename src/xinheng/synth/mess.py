"""The kinds of messy rows, what must become of each, and how they get into a file."""

from collections.abc import Callable
from dataclasses import dataclass

from xinheng.synth import mess_codes as codes
from xinheng.synth import mess_rows as rows
from xinheng.synth import mess_values as values
from xinheng.synth.mess_values import Change
from xinheng.synth.names import traditional
from xinheng.synth.organisations import Organisation
from xinheng.synth.rows import DELIMITED, Form

Fit = Callable[[Organisation], bool]


def anyone(one: Organisation) -> bool:
    return one.inner_is_right


def _all_digits(one: Organisation) -> bool:
    return one.code.isdigit()


def _has_letter(one: Organisation) -> bool:
    return one.inner_is_right and not one.code.isdigit()


def _wrong_inner(one: Organisation) -> bool:
    return not one.inner_is_right


def _has_number(one: Organisation) -> bool:
    return one.inner_is_right and bool(one.registration_number)


def _limited(one: Organisation) -> bool:
    return one.name.endswith(("有限公司", "有限责任公司")) and "股份" not in one.name


def _company(one: Organisation) -> bool:
    return one.inner_is_right and one.name.endswith("公司")


def _translatable(one: Organisation) -> bool:
    return traditional(one.name) != one.name


def _renamed(one: Organisation) -> bool:
    return bool(one.former_name)


def _bracketed(one: Organisation) -> bool:
    return "（" in one.name


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mess.

    ``copies``: the clean row stays, and a changed copy further down has the outcome. ``warned`` None: the
    rules leave open whether a warning appears. ``item`` and ``forms`` narrow where the kind can occur,
    ``fits`` for whom; ``fine`` asks for a penalty with a fine.
    """

    name: str
    outcome: str
    change: Change
    warned: bool | None = False
    fits: Fit = anyone
    item: str = ""
    forms: frozenset[str] = frozenset()
    fine: bool = False
    copies: bool = False

    def occurs(self, item: str, form: Form) -> bool:
        return self.item in ("", item) and (not self.forms or form.kind in self.forms)


_TEXT = DELIMITED
_SHEET = frozenset({"xlsx"})
_LINES = frozenset({"jsonl"})

CODE_KINDS = (
    Kind("code_full_width", "accepted", codes.full_width, None),
    Kind("code_lower_case", "accepted", codes.lower_case, None, _has_letter),
    Kind("code_blanks_dashes", "accepted", codes.blanks_and_dashes, None),
    Kind("code_labelled", "accepted", codes.labelled, None),
    Kind("code_apostrophe", "accepted", codes.apostrophe, None),
    Kind("code_invisible", "accepted", codes.invisible, None),
    Kind("code_wrong_check", "rejected", codes.wrong_outer_check),
    Kind("code_too_short", "rejected", codes.one_short),
    Kind("code_too_long", "rejected", codes.one_long),
    Kind("code_letter_o", "rejected", codes.letter_o),
    Kind("code_undefined_category", "rejected", codes.undefined_category),
    Kind("code_wrong_inner_check", "accepted", codes.nothing, True, _wrong_inner),
    Kind("old_code_in_its_column", "accepted", codes.old_code_in_its_column, None),
    Kind("registration_number_only", "accepted", codes.registration_number_only, None, _has_number),
    Kind("old_code_in_code_column", "rejected", codes.old_code_in_code_column, False, _has_number),
    Kind("code_digits_lost", "rejected", codes.digits_lost, False, _all_digits),
    Kind("code_not_in_register", "held", codes.stranger, None),
    Kind("code_placeholder", "rejected", codes.code_placeholder),
    Kind("two_codes", "rejected", codes.two_codes),
    Kind("two_names", "rejected", codes.two_names, False, _company),
    Kind("name_legal_form", "accepted", codes.other_legal_form, True, _limited),
    Kind("name_traditional", "accepted", codes.traditional_name, True, _translatable),
    Kind("name_former", "accepted", codes.former_name, True, _renamed),
    Kind("name_narrow_brackets", "accepted", codes.narrow_name, None, _bracketed),
    Kind("name_of_another", "held", codes.name_of_another, None),
)

VALUE_KINDS = (
    Kind("placeholder_required", "rejected", values.placeholder),
    Kind("value_not_in_list", "rejected", values.unknown_kind),
    Kind("other_explained", "accepted", values.other_explained, None),
    Kind("detention", "rejected", values.detention, item="penalty"),
    *(Kind(f"date_{name}", "accepted", values.respelled(s), None) for name, s in values.SPELLINGS.items()),
    *(Kind(f"date_{name}", "rejected", values.respelled(s)) for name, s in values.WRONG_DATES.items()),
    Kind("date_future", "rejected", values.future_date),
    Kind("date_no_end", "accepted", values.no_end),
    Kind("date_from_after_to", "rejected", values.from_after_to, item="licence"),
    Kind("amount_with_unit", "accepted", values.yuan_in_cell, None, item="penalty", fine=True),
    Kind("amount_zero", "accepted", values.zero, None, item="penalty"),
    *(
        Kind(f"amount_{name}", "rejected", change, item="penalty", fine=True)
        for name, change in values.WRONG_AMOUNTS.items()
    ),
    Kind("amount_formula", "rejected", values.amount_formula, item="penalty", forms=_SHEET, fine=True),
    Kind("amount_factor_10000", "held", values.factor_ten_thousand, None, item="penalty", fine=True),
    Kind("amount_text_differs", "accepted", values.text_differs, True, item="penalty", fine=True),
)

ROW_KINDS = (
    Kind("line_cut_short", "rejected", rows.cut_short, forms=_TEXT),
    Kind("cells_beyond_header", "rejected", rows.beyond_header, forms=_TEXT | _SHEET),
    Kind("broken_line", "rejected", rows.broken_line, forms=_LINES),
    Kind("line_break_in_cell", "accepted", rows.line_break, None),
    Kind("duplicate", "duplicate", rows.same_again, None, copies=True),
    Kind("duplicate_respelled", "duplicate", rows.same_respelled, None, copies=True),
    Kind("conflict", "held", rows.same_key_other_content, None, copies=True),
    Kind("body_unknown", "rejected", rows.unknown_body),
    Kind("body_not_allowed", "rejected", rows.body_of_another),
    Kind("body_damaged", "rejected", rows.damaged_body),
    Kind("natural_person", "excluded_person", rows.natural_person),
    Kind("person_papers", "excluded_person", rows.person_papers),
    Kind("person_in_code_column", "excluded_person", rows.person_in_code_column),
    Kind("person_in_text", "accepted", rows.person_in_text, True),
    Kind("representative_papers", "accepted", rows.representative_papers, True),
    Kind("formula_text", "accepted", rows.formula_text, True),
    Kind("script_text", "accepted", rows.script_text, True),
    Kind("query_text", "accepted", rows.query_text, True),
    Kind("control_characters", "accepted", rows.control_characters, None, forms=_TEXT | {"json", "jsonl"}),
)

KINDS = CODE_KINDS + VALUE_KINDS + ROW_KINDS
IGNORED_KINDS = ("blank", "total", "note")
EXTRA_KINDS = (*IGNORED_KINDS, "resent", "corrected", "superseded", "two_names_one_code")
