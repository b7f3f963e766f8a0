"""Numbers of official documents (文号), such as 沪市监处罚〔2026〕第12号.

The bracket round the year is 〔〕 (GB/T 9704-2012, 7.2.5); agencies type whatever the keyboard offers.
"""

from xinheng.core.characters import drop_blanks, drop_invisible, fold_dashes, fold_width

_OPENING = "[【（(［{｛〖〘⟦❲﹝﹙﹛「『〈<"
_CLOSING = "]】）)］}｝〗〙⟧❳﹞﹚﹜」』〉>"
_BRACKETS = dict.fromkeys(map(ord, _OPENING), "〔") | dict.fromkeys(map(ord, _CLOSING), "〕")
_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}


def normalise_document_number(text: str) -> str:
    """The one spelling of a document number, for display and as key alike.

    Brackets become 〔〕, full width narrow, dashes ``-``, latin letters capitals; blanks, a spreadsheet's
    leading apostrophe and invisible characters go. All else stays (第, 号, leading zeros): numbers that
    differ in more than typing stay different. Applying it twice changes nothing.
    """
    narrow = fold_dashes(fold_width(drop_invisible(text)))
    return drop_blanks(narrow).lstrip("'").translate(_BRACKETS).translate(_UPPER)
