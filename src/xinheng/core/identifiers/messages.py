"""What a reason says to the person who has to mend the value: what happened, and what to do next."""

from collections.abc import Mapping

from xinheng.core.identifiers.judgement import Reason
from xinheng.core.values import Bilingual

_COLUMNS: Mapping[str, Bilingual] = {
    "org_code": Bilingual("组织机构代码", "organisation code"),
    "registration_number": Bilingual("工商注册号", "registration number"),
    "tax_number": Bilingual("税务登记号", "tax number"),
}
_STEPS: Mapping[str, Bilingual] = {
    "invisible": Bilingual("不可见字符", "invisible characters"),
    "width": Bilingual("全角字符", "full-width characters"),
    "blanks": Bilingual("空格", "blanks"),
    "apostrophe": Bilingual("前置撇号", "a leading apostrophe"),
    "case": Bilingual("小写字母", "small letters"),
    "label": Bilingual("前置文字", "a label in front"),
    "dashes": Bilingual("连接符", "dashes"),
}
_SENTENCES: Mapping[str, Bilingual] = {
    "code.empty": Bilingual("代码为空，请填写。", "The code is empty. Fill it in."),
    "code.placeholder": Bilingual(
        "填写的是占位内容，不是代码。请填写真实代码，没有则留空。",
        "This is a placeholder, not a code. Give the real code, or leave the cell empty if there is none.",
    ),
    "code.not_text": Bilingual(
        "单元格是日期、逻辑值或未计算的公式，不是代码。请将该列设为文本后重新填写。",
        "The cell holds a date, a truth value or an uncalculated formula. Format the column as text and refill it.",
    ),
    "code.length": Bilingual(
        "代码应为 {expected} 位，实际为 {length} 位。请核对原件后补正。",
        "The code must have {expected} characters and has {length}. Compare it with the certificate.",
    ),
    "code.alphabet": Bilingual(
        "代码含有不允许的字符（第 {positions} 位：{characters}）。代码不使用字母 I、O、S、V、Z，第 3 至 "
        "8 位只能是数字。请核对原件。",
        "The code holds characters that may not stand there (position {positions}: {characters}). Codes "
        "never use I, O, S, V, Z, and positions 3 to 8 are digits. Compare it with the certificate.",
    ),
    "code.outer_check": Bilingual(
        "第 18 位校验码不符（按 GB 32100 应为 {expected}），代码中至少有一位有误。请核对原件。",
        "The check character (position 18, GB 32100) should be {expected}: at least one character is "
        "wrong. Compare the code with the certificate.",
    ),
    "code.inner_check": Bilingual(
        "组织机构代码部分的校验码不符（按 GB 11714 应为 {expected}）。已接收，请核对原件。",
        "The check of the organisation-code part (GB 11714) should be {expected}. Taken in; compare it "
        "with the certificate.",
    ),
    "code.org_check": Bilingual(
        "组织机构代码的校验码不符（按 GB 11714 应为 {expected}）。请核对原件。",
        "The check of the organisation code (GB 11714) should be {expected}. Compare it with the certificate.",
    ),
    "code.registration_check": Bilingual(
        "工商注册号末位校验码不符（GS 15-2006）。请核对原件。",
        "The check digit of the registration number (GS 15-2006) is wrong. Compare it with the certificate.",
    ),
    "code.authority": Bilingual(
        "第 1 位“{authority}”不是已定义的登记管理部门（GB 32100）。请核对原件。",
        "Position 1, “{authority}”, is no registering authority of GB 32100. Compare it with the certificate.",
    ),
    "code.category": Bilingual(
        "第 2 位“{category}”在登记管理部门“{authority}”（{name}）下没有定义（GB 32100）。请核对原件。",
        "Position 2, “{category}”, is no category under authority “{authority}” in GB 32100. Compare it "
        "with the certificate.",
    ),
    "code.category_unusual": Bilingual(
        "前两位“{authority}{category}”不在国家标准表内，但见于已赋代码。已接收，请核对。",
        "The first two characters “{authority}{category}” stand outside the standard's table but occur "
        "on issued codes. Taken in; please verify.",
    ),
    "code.region_unknown": Bilingual(
        "第 3 至 8 位行政区划码“{region}”未收录。已接收，请核对。",
        "The region part “{region}” is in no known list. Taken in; please verify.",
    ),
    "code.region_retired": Bilingual(
        "第 3 至 8 位行政区划码“{region}”（{name}）已撤销。代码仍然有效，已接收。",
        "The region part “{region}” ({name}) is retired. The code stays valid and was taken in.",
    ),
    "code.region_outside": Bilingual(
        "第 3 至 8 位“{region}”不在行政区划表内，见于已赋代码（如开发区）。",
        "The region part “{region}” stands outside the national list but occurs on issued codes (development zones).",
    ),
    "code.old_code_in_unified_column": Bilingual(
        "统一社会信用代码栏中填写的是{column_zh}。请移到“{column_zh}”栏，并在本栏填写 18 位统一社会信用代码。",
        "The unified-code column holds a {column_en}. Move it to its own column and give the "
        "18-character unified code here.",
    ),
    "code.unified_code_in_old_column": Bilingual(
        "旧代码栏中填写的是 18 位统一社会信用代码。请移到统一社会信用代码栏。",
        "The column of an old code holds a unified code. Move it to the unified-code column.",
    ),
    "code.digits_lost": Bilingual(
        "该代码被电子表格当作数字保存，末尾数字已丢失，无法还原。请将该列设为文本后重新填写。",
        "A spreadsheet kept this code as a number and lost its last digits, which cannot be restored. "
        "Format the column as text and enter the code again.",
    ),
    "code.several": Bilingual(
        "一个单元格内有多个代码。请拆分为多行，每行一个主体。",
        "The cell holds several codes. Split it: one row, one organisation.",
    ),
    "code.exception": Bilingual(
        "该代码列入依法赋码的例外清单。", "The code is on the list of legally issued exceptions."
    ),
    "code.cleaned": Bilingual("已自动清理：{what_zh}。", "Cleaned: {what_en}."),
    "code.person_shape": Bilingual(
        "该值同时具有个人证件号码的形式，已隐去显示。以 9 开头且两个校验码均相符的按代码处理，其余只有登记库能确认。",
        "The value also has the shape of a person's number and is shown masked. It counts as a code if it "
        "begins with 9 and both checks hold; otherwise only the register can tell.",
    ),
    "code.person_number": Bilingual(
        "该值具有个人证件号码的形式，已隐去。本系统只记录组织，请填写组织的代码。",
        "The value has the shape of a person's number and is masked. Only organisations are recorded "
        "here: give the organisation's code.",
    ),
}


# A fact that a judge had no reason to state reads as a question mark.
_FACTS = dict.fromkeys(
    ("expected", "length", "positions", "characters", "authority", "category", "name", "region"), "?"
)


def sentence(reason: Reason) -> Bilingual:
    """The sentence of a reason in Chinese and English, its facts filled in; never the judged value itself."""
    parts: dict[str, str] = {**_FACTS, **reason.detail}
    column = _COLUMNS.get(parts.get("column", ""), Bilingual("", ""))
    steps = [_STEPS[step] for step in parts.get("what", "").split(",") if step]
    parts |= {"column_zh": column.zh, "column_en": column.en}
    parts |= {
        "what_zh": "、".join(step.zh for step in steps),
        "what_en": ", ".join(step.en for step in steps),
    }
    return _SENTENCES[reason.rule].format(**parts)
