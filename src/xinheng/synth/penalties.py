"""Clean rows of penalties, from a warning to the loss of a licence."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from xinheng.synth.desk import Desk, add_years
from xinheng.synth.organisations import Organisation
from xinheng.synth.rows import Row
from xinheng.synth.trades import BREACHES, GRANTS

NO_END = date(2099, 12, 31)
TEN_THOUSAND = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Sanction:
    """What was decided: kinds, wording, money in yuan, the licence that is lost."""

    kinds: tuple[str, ...]
    wording: str
    fine: int | None = None
    confiscated: int | None = None
    licence: str = ""
    years: int = 1


def fine_in_yuan(rng: Random) -> int:
    """Many small ones, few very large ones."""
    yuan = int(rng.lognormvariate(9.2, 1.5))
    return min(max(yuan // 100 * 100, 200), 5_000_000)


def in_words(yuan: int) -> str:
    """As a decision writes it: whole ten thousands in 万元, else in 元."""
    return f"{yuan // 10_000}万元" if yuan % 10_000 == 0 else f"{yuan}元"


def fined(yuan: int) -> Sanction:
    return Sanction(("罚款",), f"处以罚款{in_words(yuan)}", yuan)


def _sanction(rng: Random, certificate: str) -> Sanction:
    """One kind of sanction by its share in real life."""
    yuan = fine_in_yuan(rng)
    kind = rng.choices(
        ("fine", "warning", "warning_fine", "confiscation", "halt", "revocation", "restriction", "criticism"),
        (48, 16, 10, 14, 4, 3, 2, 3),
    )[0]
    gain = rng.randrange(1, 400) * 100
    match kind:
        case "warning":
            return Sanction(("警告",), "给予警告")
        case "criticism":
            return Sanction(("通报批评",), "给予通报批评")
        case "warning_fine":
            return Sanction(("警告", "罚款"), f"给予警告，并处罚款{in_words(yuan)}", yuan)
        case "confiscation":
            wording = f"没收违法所得{in_words(gain)}，并处罚款{in_words(yuan)}"
            return Sanction(("没收违法所得", "罚款"), wording, yuan, gain)
        case "halt":
            return Sanction(("责令停产停业",), "责令停产停业整顿十五日", years=3)
        case "revocation":
            return Sanction(("吊销许可证件",), f"吊销{certificate}", licence=certificate, years=3)
        case "restriction":
            return Sanction(("限制从业",), "三年内不得申请本行业生产经营许可", years=3)
        case _:
            return fined(yuan)


def penalty_row(desk: Desk, organisation: Organisation, sanction: Sanction | None = None) -> Row:
    """One penalty decision."""
    rng = desk.rng
    breach = rng.choice(BREACHES[desk.agency.field])
    certificate = GRANTS[desk.agency.field][0].certificate
    sanction = sanction or _sanction(rng, certificate)
    body = desk.deciding_body()
    decided = desk.decision_date(organisation)
    lost = f"{sanction.licence} {body.sign}-{rng.randrange(1000, 9999)}" if sanction.licence else ""
    return desk.row(
        organisation,
        {
            "CF_WSH": desk.document_number(body, decided),
            "CF_WFXW": breach.type,
            "CF_SY": f"{decided.year}年，执法人员检查发现：{breach.facts}。",
            "CF_YJ": breach.basis,
            "CF_CFLB": ";".join(sanction.kinds),
            "CF_NR": sanction.wording,
            "CF_NR_FK": _ten_thousands(sanction.fine),
            "CF_NR_WFFF": _ten_thousands(sanction.confiscated),
            "CF_NR_ZKDX": lost,
            "CF_JDRQ": decided,
            "CF_YXQ": add_years(decided, sanction.years) if rng.random() < 0.9 else NO_END,
            "CF_CFJG": body.name,
            "CF_CFJGDM": body.code,
        },
    )


def _ten_thousands(yuan: int | None) -> Decimal | str:
    return "" if yuan is None else Decimal(yuan) / TEN_THOUSAND
