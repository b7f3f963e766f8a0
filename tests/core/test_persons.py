"""Numbers of persons: which shapes are found, what is masked, and what is left alone."""

from datetime import date

import pytest

from tests.core.identifier_tables import TABLES
from xinheng.core.cells import Cell
from xinheng.core.persons import (
    MASKS,
    counts_as_code,
    find_person_numbers,
    is_ambiguous,
    mask_any,
    mask_text,
    person_shape,
)

ID = "11010519491231002X"
FOREIGN_CODE = "911000194912100012"  # begins with 9, both checks hold, and has a foreign resident's shape
PERSON_LIKE_CODE = "110105194912310482"  # both checks hold, but it does not begin with 9


def kinds(text: str) -> tuple[str, ...]:
    return tuple(span.kind for span in find_person_numbers(text))


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("11010519491231002X", "resident_id"),
        ("11010519491231002x", "resident_id"),
        ("110105194912310021", "resident_id"),  # wrong check digit
        ("440524188001010014", "resident_id"),
        ("610102180001010000", "resident_id"),  # the first day that counts
        ("110105491231002", "resident_id"),
        ("810000199003074512", "regional_permit"),
        ("830000199003074512", "regional_permit"),
        ("932156199003074512", "foreign_resident"),
        ("USA110090030745", "foreign_resident"),
        ("XQZ110090030745", "foreign_resident"),
        ("CAN123456789012", "foreign_resident"),
        ("13812345678", "mobile"),
        ("+8613812345678", "mobile"),
        ("008613812345678", "mobile"),
        ("013812345678", "mobile"),
        ("6222021234567890128", "bank_card"),
        ("4111111111111111", "bank_card"),
        ("5500000000000004", "bank_card"),
        ("3530111333300000", "bank_card"),
    ],
)
def test_each_shape_is_found_alone_and_in_chinese_text(number: str, kind: str) -> None:
    assert kinds(number) == (kind,)
    assert kinds(f"当事人周某（{number}）到场") == (kind,)
    assert kinds(f"号码为{number}的当事人") == (kind,)
    assert mask_text(f"号码为{number}的当事人", tables=TABLES).text == f"号码为{MASKS[kind]}的当事人"


@pytest.mark.parametrize(
    "number",
    [
        "110105 19491231 002X",
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
        "110105-19491231-002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "1101\u200b0519\ufeff491231\u00ad002X",
        "110105\u300019491231\u00a0002\tx",
        "110105\n19491231002X",
        "①①0105194912310021",
        "11010519491231002Ⅹ",
        "11010519491231002Х",
        "1\ufe0f\u20e310105194912310021",
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢١",
    ],
)
def test_blanks_width_and_invisible_characters_hide_nothing(number: str) -> None:
    assert kinds(number) == ("resident_id",)
    assert mask_any(f"周某{number}。") == f"周某{MASKS['resident_id']}。"


@pytest.mark.parametrize(
    "text",
    [
        "91110000600037341L",
        "0912-3891234",
        "010-88886666",
        "029-88880101-231",
        "400-800-1234",
        "榆市监处罚〔2026〕123456789号",
        "610802202613010001",  # no thirteenth month
        "110105189002291421",  # no such day
        "110105179912310021",  # before 1800
        "110105999912310021",
        "12345678901234567890123456789",
        "1110105194912310021",  # inside a longer run of digits
        "1101051949123100211",
        "23812345678",
        "12812345678",
        "138123456789",
        "6222021234567890129",  # wrong Luhn digit
        "XZF202301010001",
        "罚款人民币13,812,345,678元",
        "13.812345678万元",
        "2026-11-22 10:30:00",
        "",
        "无",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    masked = mask_text(text, tables=TABLES)
    assert masked.text == text
    assert masked.kinds == ()
    assert find_person_numbers(text) == ()


def test_spans_are_positions_of_the_text_as_given() -> None:
    text = "甲：１３８ 1234\u200b5678，乙：11010519491231002X"
    first, second = find_person_numbers(text)
    assert text[first.start : first.end] == "１３８ 1234\u200b5678"
    assert text[second.start : second.end] == ID
    assert (first.kind, second.kind) == ("mobile", "resident_id")


def test_letters_beside_a_number_do_not_hide_it() -> None:
    assert mask_any("wx13812345678abc") == f"wx{MASKS['mobile']}abc"
    assert mask_any(f"ID{ID}") == f"ID{MASKS['resident_id']}"


def test_a_number_behind_other_digits_and_a_blank_is_found() -> None:
    assert kinds(f"3 {ID}") == ("resident_id",)
    assert kinds("13812345678 13912345678") == ("mobile", "mobile")


def test_an_exponent_does_not_hide_the_birthday() -> None:
    assert mask_any("1.10105194912310E+17") == MASKS["resident_id"]
    assert mask_any("1.3812345678E+10") == MASKS["mobile"]


def test_nobody_is_born_after_today() -> None:
    born_later = "110105202612310021"
    assert kinds(born_later) == ("resident_id",)
    assert find_person_numbers(born_later, latest=date(2026, 11, 22)) == ()


@pytest.mark.parametrize("code", ["91110000600037341L", "911522010783762860"])
def test_a_valid_code_stays_in_text(code: str) -> None:
    text = f"当事人（{code}）电话13812345678"
    assert mask_text(text, tables=TABLES).text == f"当事人（{code}）电话{MASKS['mobile']}"


def test_a_code_that_begins_with_nine_and_passes_both_checks_stays_though_it_looks_like_a_person() -> None:
    assert person_shape(FOREIGN_CODE) == "foreign_resident"
    assert mask_text(f"甲{FOREIGN_CODE}乙", tables=TABLES).text == f"甲{FOREIGN_CODE}乙"
    assert not is_ambiguous(FOREIGN_CODE)


def test_a_person_like_code_stays_only_when_the_register_knows_it() -> None:
    text = f"甲{PERSON_LIKE_CODE}乙"
    assert is_ambiguous(PERSON_LIKE_CODE)
    assert mask_text(text, tables=TABLES).text == f"甲{MASKS['resident_id']}乙"
    assert mask_text(text, tables=TABLES, known_codes=frozenset({PERSON_LIKE_CODE})).text == text
    assert not counts_as_code(PERSON_LIKE_CODE, frozenset(), TABLES)
    assert counts_as_code(PERSON_LIKE_CODE, frozenset({PERSON_LIKE_CODE}), TABLES)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (ID, "resident_id"),
        (f" '{ID} ", "resident_id"),
        ("110105-19491231-002X", "resident_id"),
        ("身份证:" + ID, "resident_id"),
        (110105194912310021, "resident_id"),
        (110105194912310021.0, "resident_id"),
        (110105491231002.0, "resident_id"),
        ("1.10105194912310E+17", "resident_id"),
        ("USA110090030745", "foreign_resident"),
        ("13812345678", None),
        ("91110000600037341L", None),
        (f"{ID}和91110000600037341L", None),
        (None, None),
        ("", None),
        (date(2026, 1, 1), None),
    ],
)
def test_a_whole_cell_has_a_person_s_shape_or_not(value: Cell, kind: str | None) -> None:
    assert person_shape(value) == kind


def test_an_ordinary_code_is_not_ambiguous() -> None:
    assert not is_ambiguous("91110000600037341L")
    assert not is_ambiguous(ID)


def test_masks_say_nothing_of_the_number() -> None:
    assert not any(character.isdigit() for mask in MASKS.values() for character in mask)
    assert mask_any(f"{ID}、110105194912310021") == "、".join([MASKS["resident_id"]] * 2)


@pytest.mark.parametrize(
    "written",
    [
        "110105.19491231.002X",
        "110105·19491231·002X",
        "110105_19491231_002X",
        "110105/19491231/002X",
        "110105*19491231*002X",
        "１１０１０５．１９４９１２３１．００２Ｘ",
        "138.1234.5678",
        "138_1234_5678",
        "（138）1234 5678",
        "138(1234)5678",
    ],
)
def test_dots_slashes_and_brackets_inside_a_number_do_not_hide_it(written: str) -> None:
    masked = mask_any(f"当事人{written}到场")
    assert MASKS["resident_id"] in masked or MASKS["mobile"] in masked
    assert not any(character.isdigit() for character in masked)


@pytest.mark.parametrize(
    "text",
    [
        "2026.05.12/2026.05.13",
        "2026/05/12/13/14/15/01",
        "IP 192.168.100.100/24.255.255.0",
        "经度109.734567/38.285123",
        "GB/T 13800.1234-2010",
        "面积13800.12平方米",
        "案号610802/2026/0512",
        "共1,380,012,345.67元",
        "罚没人民币13800123456元",
        "共计15000000000.00元",
        "13812345678股",
    ],
)
def test_dates_amounts_and_references_are_no_numbers_of_persons(text: str) -> None:
    assert mask_any(text) == text
