"""Words of decisions: long enough and various enough that a row weighs what real rows weigh."""

from dataclasses import dataclass
from random import Random

_OPENINGS = (
    "我局执法人员依法对当事人的生产经营场所进行现场检查时发现",
    "根据群众投诉举报线索，执法人员对当事人开展了专项核查，经查明",
    "在年度双随机、一公开联合抽查中，检查组对当事人实施检查，查实",
    "经上级部门交办，我局对当事人涉嫌违法的行为立案调查，现已查明",
    "执法人员在日常巡查过程中，对当事人经营活动进行核对，发现",
)
_FINDINGS = (
    "当事人销售的预包装食品标签未标明生产日期、保质期和生产者名称，货值金额较小，尚未售出的产品已全部下架封存",
    "当事人在未取得相应许可的情况下擅自从事经营活动，经营场所内存放有待售货品和销售台账，台账记录与实际库存不符",
    "当事人使用未经检验合格的计量器具进行贸易结算，共涉及电子计价秤三台，其中两台超过检定有效期限",
    "当事人在宣传资料中使用绝对化用语，对商品的性能、功能作引人误解的宣传，相关资料已向社会公众发放",
    "当事人未按照规定建立进货查验记录制度，不能提供供货者的许可证明、产品合格证明以及购货凭证",
    "当事人排放的废水经采样检测，化学需氧量超过了排放标准规定的限值，污染防治设施当日未正常运行",
    "当事人未按要求对从业人员进行安全生产教育和培训，应急预案未定期演练，有限空间作业未设置警示标志",
    "当事人超出核准登记的经营范围从事经营，且未在规定期限内办理变更登记，经责令改正后仍未改正",
)
_EVIDENCE = (
    "上述事实，有现场检查笔录、询问调查笔录、现场照片、营业执照复印件和购销票据等证据为证",
    "以上事实有检验报告、抽样单、送达回证、当事人提供的情况说明以及证人证言等材料证实",
    "认定上述事实的主要证据有：现场笔录一份、影像资料一组、财务账册复印件十二页、检测报告一份",
    "本案证据经当事人逐页核对并盖章确认，取证程序合法，证据之间能够相互印证，足以认定",
)
_HEARING = (
    "我局依法向当事人送达了行政处罚告知书，当事人在法定期限内未提出陈述、申辩意见，也未要求举行听证",
    "当事人在收到告知书后提出书面陈述意见，经复核，其所述理由不能成立，我局不予采纳",
    "当事人能够积极配合调查，主动提供证据材料，并及时采取措施消除危害后果，符合从轻处罚的情形",
    "案发后当事人立即停止违法行为，召回已售产品并向消费者公开致歉，未造成人身伤害和财产损失",
)
_LAWS = (
    "《中华人民共和国食品安全法》第六十七条第一款、第一百二十五条第一款第二项",
    "《中华人民共和国广告法》第九条第三项、第五十七条第一项",
    "《中华人民共和国计量法》第二十五条和《中华人民共和国计量法实施细则》第四十三条",
    "《中华人民共和国水污染防治法》第八十三条第二项",
    "《中华人民共和国安全生产法》第九十七条第三项",
    "《中华人民共和国价格法》第四十二条",
    "《无证无照经营查处办法》第五条、第十三条",
)
_DISCRETION = (
    "参照《示例市市场监督管理行政处罚裁量权适用规定》，违法程度属于一般，裁量幅度为法定幅度的百分之三十以下",
    "参照《示例市行政处罚裁量基准》，综合考虑违法行为的事实、性质、情节以及社会危害程度，作出如下决定",
    "依照《中华人民共和国行政处罚法》第二十八条、第三十二条，当事人具有应当从轻处罚的情节",
)
_AFTER = (
    "当事人应当自收到本决定书之日起十五日内到指定银行缴清，逾期不缴纳的，我局将依法申请人民法院强制执行",
    "当事人如不服本决定，可以自收到决定书之日起六十日内向示例市人民政府申请行政复议，也可以在六个月内依法向人民法院提起行政诉讼",
    "复议或者诉讼期间，本决定不停止执行，法律另有规定的除外；我局将依法向社会公示本决定的内容",
)
TYPES = (
    "经营标签不符合规定的食品", "无照经营", "使用不合格的计量器具", "发布虚假广告", "未履行进货查验义务",
    "超标排放水污染物", "未按规定开展安全培训", "未明码标价",
)  # fmt: skip
CERTIFICATES = ("食品经营许可证", "药品经营许可证", "道路运输经营许可证", "排污许可证", "危险化学品经营许可证")
CONTENTS = (
    "预包装食品销售（含冷藏冷冻食品）",
    "热食类食品制售",
    "普通货物运输",
    "化学药制剂、中成药零售",
    "危险化学品零售（不带储存）",
)
PENALTY_DEPARTMENTS = ("示市监处罚", "示市监食罚", "示市监价罚")
AGENCY_CODE = "11610800MB2A0002XQ"
AGENCY_NAME = "示例市市场监督管理局"
POOL = 2000


@dataclass(frozen=True, slots=True)
class Sanction:
    """One decision: kinds, amount in 万元 as text (empty: none), its words."""

    kinds: str
    amount: str
    words: str


def facts(rng: Random) -> list[str]:
    """What was found and proved, about 300 characters each."""
    return [_found(rng) for _ in range(POOL)]


def _found(rng: Random) -> str:
    found = (rng.choice(_OPENINGS), *rng.sample(_FINDINGS, 2), *rng.sample(_EVIDENCE, 2), rng.choice(_HEARING))
    return "，".join(found) + "。"


def bases(rng: Random) -> list[str]:
    """The law that was applied, about 110 characters each."""
    return [f"{'，'.join(rng.sample(_LAWS, 2))}；{rng.choice(_DISCRETION)}" for _ in range(POOL)]


def sanctions(rng: Random, *, short: bool) -> list[Sanction]:
    """Decisions with amounts that agree with their words; ``short``: without what follows from them."""
    return [_sanction(rng, short) for _ in range(POOL)]


def _sanction(rng: Random, short: bool) -> Sanction:
    yuan = rng.randrange(2, 2000) * 100
    whole, rest = divmod(yuan, 10_000)
    amount = f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
    kinds, words, amount = rng.choice(
        (("罚款", f"处以罚款{yuan}元", amount), ("警告;罚款", f"给予警告，并处罚款{yuan}元", amount),
         ("警告", "给予警告", ""), ("罚款", f"责令停止违法行为，处以罚款{yuan}元", amount))
    )  # fmt: skip
    return Sanction(kinds, amount, words if short else f"{words}。{'；'.join(_AFTER)}。")
