"""Rows of the register, as the registrars send them."""

from xinheng.synth.agencies import REGISTRAR_OF, Agency
from xinheng.synth.names import CITY, CITY_REGION, DISTRICTS
from xinheng.synth.organisations import Organisation
from xinheng.synth.rows import Row, Value


def registrar_of(organisation: Organisation, agencies: list[Agency]) -> Agency:
    """The city body that sends the registration of this organisation."""
    sign = REGISTRAR_OF[organisation.code[0]]
    return next(a for a in agencies if a.sign == sign and a.district == CITY)


def registering_body(organisation: Organisation, sender: Agency, agencies: list[Agency]) -> Agency:
    """Shops and farms register with their district's body, for which the city body sends."""
    if organisation.prefix in ("92", "93"):
        return next(a for a in agencies if a.sign == sender.sign and a.district == organisation.district)
    return sender


def registration_row(organisation: Organisation, body: Agency) -> Row:
    """One clean row of the register."""
    one = organisation
    old_code = one.org_code if one.inner_is_right and one.founded.year < 2016 else ""
    values: dict[str, Value] = {
        "统一社会信用代码": one.code,
        "主体名称": one.name,
        "主体类型": one.type,
        "法定代表人": one.representative,
        "住所": one.address,
        "成立日期": one.founded,
        "登记状态": one.status,
        "状态日期": one.status_date or "",
        "登记机关": body.name,
        "登记机关统一社会信用代码": body.code,
        "注册资本(万元)": "" if one.capital is None else str(one.capital),
        "经营范围": one.scope,
        "组织机构代码": old_code,
        "工商注册号": one.registration_number,
        "税务登记号": one.code[2:8] + old_code if one.registration_number and old_code else "",
        "事业单位证书号": one.other_number if one.prefix == "12" else "",
        "社会组织登记证号": one.other_number if one.prefix[0] == "5" else "",
        "曾用名": one.former_name,
        "原统一社会信用代码": one.former_code,
        "行政区划": DISTRICTS.get(one.district, CITY_REGION),
        "备注": "",
    }
    return Row(values, subject=one.code, warned=one.warns)
