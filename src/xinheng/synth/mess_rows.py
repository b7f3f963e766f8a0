"""What goes wrong with whole rows: shape, repetition, deciding bodies, persons, dangerous text."""

from datetime import date

from xinheng.synth import names
from xinheng.synth.codes import damaged_check, mobile_number, person_number
from xinheng.synth.desk import Desk
from xinheng.synth.organisations import Organisation
from xinheng.synth.rows import Row


def cut_short(row: Row, desk: Desk, one: Organisation) -> None:
    row.keep = len(desk.layout.columns) // 2


def beyond_header(row: Row, desk: Desk, one: Organisation) -> None:
    row.beyond = ("多出的内容", "另一格")


def broken_line(row: Row, desk: Desk, one: Organisation) -> None:
    row.raw = '{"' + desk.layout.columns[0][1] + '": "' + one.name


def line_break(row: Row, desk: Desk, one: Organisation) -> None:
    column = desk.layout.part("text")
    row.values[column] = f"{row.values[column]}\n另见附件。"


def same_again(row: Row, desk: Desk, one: Organisation) -> None:
    """An exact copy: nothing changes."""


def same_respelled(row: Row, desk: Desk, one: Organisation) -> None:
    """A copy that differs in spelling alone."""
    column = desk.layout.part("date")
    day = row.values[column]
    assert isinstance(day, date)
    row.values[column] = f"{day.year}年{day.month}月{day.day}日"
    row.values[desk.layout.part("code")] = one.code.lower()


def same_key_other_content(row: Row, desk: Desk, one: Organisation) -> None:
    column = desk.layout.part("text")
    row.values[column] = f"{row.values[column]}（与上次不同）"


def unknown_body(row: Row, desk: Desk, one: Organisation) -> None:
    """A valid code of an organisation that is no agency."""
    codes = desk.city.by_code
    other = desk.rng.choice([o for o in desk.city.organisations[-300:] if o.code not in codes])
    row.values[desk.layout.part("body_code")] = other.code


def body_of_another(row: Row, desk: Desk, one: Organisation) -> None:
    """A known agency for which this one may not send."""
    allowed = {desk.agency.code, *desk.agency.sends_for}
    other = desk.rng.choice([a for a in desk.city.agencies if a.code not in allowed])
    row.values[desk.layout.part("body")] = other.name
    row.values[desk.layout.part("body_code")] = other.code


def damaged_body(row: Row, desk: Desk, one: Organisation) -> None:
    column = desk.layout.part("body_code")
    row.values[column] = damaged_check(desk.rng, str(row.values[column]))


def natural_person(row: Row, desk: Desk, one: Organisation) -> None:
    part = desk.layout.part
    row.values |= {
        part("name"): names.person(desk.rng),
        part("category"): "自然人",
        part("code"): "",
        part("person_paper"): "身份证",
        part("person_number"): person_number(desk.rng),
    }


def person_papers(row: Row, desk: Desk, one: Organisation) -> None:
    """A person's papers and no organisation's code, filed as an organisation."""
    natural_person(row, desk, one)
    row.values[desk.layout.part("category")] = one.category


def person_in_code_column(row: Row, desk: Desk, one: Organisation) -> None:
    row.values[desk.layout.part("name")] = names.person(desk.rng)
    row.values[desk.layout.part("code")] = person_number(desk.rng)


def person_in_text(row: Row, desk: Desk, one: Organisation) -> None:
    column, rng = desk.layout.part("text"), desk.rng
    row.values[column] = f"{row.values[column]}现场人员证件号{person_number(rng)}，电话{mobile_number(rng)}。"


def representative_papers(row: Row, desk: Desk, one: Organisation) -> None:
    part = desk.layout.part
    row.values |= {
        part("representative"): one.representative,
        part("representative_paper"): "身份证",
        part("representative_number"): person_number(desk.rng),
    }


def formula_text(row: Row, desk: Desk, one: Organisation) -> None:
    row.values[desk.layout.part("remark")] = desk.rng.choice(
        ('=HYPERLINK("http://example.invalid/","详情")', "=1+1", "@SUM(1,2)", "+cmd|' /C calc'!A0")
    )


def script_text(row: Row, desk: Desk, one: Organisation) -> None:
    row.values[desk.layout.part("remark")] = "<script>alert(1)</script>"


def query_text(row: Row, desk: Desk, one: Organisation) -> None:
    row.values[desk.layout.part("remark")] = "'; DROP TABLE records; --"


def control_characters(row: Row, desk: Desk, one: Organisation) -> None:
    column = desk.layout.part("text")
    row.values[column] = f"\x07{row.values[column]}\x00"
