"""Clean rows of licences."""

from datetime import date

from xinheng.synth.desk import Desk, add_years
from xinheng.synth.organisations import Organisation
from xinheng.synth.rows import Row
from xinheng.synth.trades import GRANTS

LONG_TERM = date(2099, 12, 31)


def licence_row(desk: Desk, organisation: Organisation) -> Row:
    """One licence, valid, expired or long-term."""
    rng = desk.rng
    grant = rng.choice(GRANTS[desk.agency.field])
    body = desk.deciding_body()
    decided = desk.decision_date(organisation)
    term = rng.choices((1, 3, 5, 0), (20, 35, 35, 10))[0]
    ends = add_years(decided, term) if term else LONG_TERM
    number = desk.document_number(body, decided)
    certificate = f"{body.district[0]}{body.sign}-{decided.year}-{desk.running[body.code, '许', decided.year]}"
    withdrawn = ends < desk.today or rng.random() < 0.02
    return desk.row(
        organisation,
        {
            "XK_XKWS": grant.document,
            "XK_WSH": number,
            "XK_XKLB": grant.category,
            "XK_XKZS": grant.certificate,
            "XK_XKBH": certificate if rng.random() < 0.85 else "",
            "XK_NR": grant.content,
            "XK_JDRQ": decided,
            "XK_YXQZ": decided,
            "XK_YXQZI": ends,
            "XK_XKJG": body.name,
            "XK_XKJGDM": body.code,
            "XK_ZT": "2" if withdrawn else "1",
        },
    )


def share_document(row: Row, earlier: Row) -> None:
    """Put a second licence of a subject under an earlier decision: the licence number keeps them apart."""
    for column in ("XK_WSH", "XK_JDRQ", "XK_YXQZ", "XK_YXQZI", "XK_ZT", "XK_XKJG", "XK_XKJGDM"):
        row.values[column] = earlier.values[column]
