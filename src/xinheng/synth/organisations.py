"""The organisations of the city: who they are, in the shares of real life."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from xinheng.synth import names
from xinheng.synth.agencies import AgencySeed
from xinheng.synth.codes import (
    UNIFIED_ALPHABET,
    inner_check,
    organisation_body,
    registration_number,
    unified_code,
)
from xinheng.synth.names import CITY, CITY_REGION, DISTRICTS, RETIRED_REGIONS

TYPE_OF_PREFIX = {
    "11": "机关",
    "12": "事业单位",
    "13": "群团组织",
    "31": "其他组织",
    "51": "社会团体",
    "52": "民办非企业单位",
    "53": "基金会",
    "71": "其他组织",
    "81": "其他组织",
    "91": "企业",
    "92": "个体工商户",
    "93": "农民专业合作社",
    "N1": "农村集体经济组织",
    "N2": "农村集体经济组织",
    "N3": "农村集体经济组织",
}

# Shares of what is left after the agencies; branches are enterprises of their own.
_SHARES = (
    ("91", 51.0), ("branch", 4.0), ("92", 33.0), ("93", 3.0), ("51", 1.6), ("52", 2.0), ("53", 0.4),
    ("12", 2.4), ("N1", 0.3), ("N2", 1.4), ("N3", 0.2), ("31", 0.3), ("71", 0.2), ("81", 0.2),
)  # fmt: skip
_RETIRED_SHARE = 0.10
_WRONG_INNER_SHARE = 0.004
BANK_NAME = "明澜农村商业银行股份有限公司"


@dataclass(frozen=True, slots=True)
class Organisation:
    """One made-up organisation with everything that its registration says."""

    code: str
    name: str
    district: str
    founded: date
    address: str
    representative: str
    capital: int | None
    scope: str
    status: str = "存续"
    status_date: date | None = None
    registration_number: str = ""
    other_number: str = ""
    former_name: str = ""
    former_code: str = ""
    inner_is_right: bool = True

    @property
    def prefix(self) -> str:
        return self.code[:2]

    @property
    def type(self) -> str:
        return TYPE_OF_PREFIX[self.prefix]

    @property
    def org_code(self) -> str:
        return self.code[8:17]

    @property
    def warns(self) -> bool:
        """Whether its code alone brings a warning: withdrawn region or wrong inner check."""
        return self.code[2:8] in RETIRED_REGIONS or not self.inner_is_right

    @property
    def category(self) -> str:
        return "个体工商户" if self.prefix == "92" else "法人及非法人组织"


class Registrar:
    """Creates organisations; no code, organisation code, registration number or name is given twice."""

    def __init__(self, rng: Random, today: date) -> None:
        self.rng = rng
        self.today = today
        self.book = names.NameBook()
        self._bodies: set[str] = set()
        self._numbers: set[str] = set()

    def code(self, prefix: str, region: str, founded: date, *, right: bool = True) -> str:
        """A new unified code; with ``right`` false its inner check is wrong and its outer check right."""
        recent = founded.year >= 2016 or prefix[0] not in "159"
        while (body := organisation_body(self.rng, recent)) in self._bodies:
            continue
        self._bodies.add(body)
        if right:
            return unified_code(prefix, region, body)
        wrong = self.rng.choice([c for c in UNIFIED_ALPHABET if c.isdigit() and c != inner_check(body)])
        return unified_code(prefix, region, body, wrong)

    def founded(self) -> date:
        """More young ones than old ones, none younger than a year."""
        days = min(365 + int(self.rng.expovariate(1 / 2600)), 14_000)
        return self.today - timedelta(days=days)

    def region(self, district: str) -> str:
        if self.rng.random() < _RETIRED_SHARE:
            return self.rng.choice(RETIRED_REGIONS)
        return DISTRICTS.get(district, CITY_REGION)

    def number(self, region: str, prefix: str) -> str:
        series = self.rng.choice("6789" if prefix == "92" else "0123")
        while (number := registration_number(self.rng, region, series)) in self._numbers:
            continue
        self._numbers.add(number)
        return number

    def certificate(self) -> str:
        """A twelve-digit certificate number of an institution or a social organisation."""
        while (number := f"1{CITY_REGION}{self.rng.randrange(10**5):05d}") in self._numbers:
            continue
        self._numbers.add(number)
        return number

    def make(self, prefix: str, name: str, district: str, scope: str, region: str | None = None) -> Organisation:
        """One organisation with everything but its later history."""
        rng, founded = self.rng, self.founded()
        region = region or self.region(district)
        right = prefix != "91" or rng.random() >= _WRONG_INNER_SHARE
        capital = rng.choice((10, 50, 100, 200, 500, 1000, 3000)) if prefix == "91" else None
        organisation = Organisation(
            self.code(prefix, region, founded, right=right),
            name,
            district,
            founded,
            names.address(rng, "" if district == CITY else district),
            names.person(rng),
            capital,
            scope,
            inner_is_right=right,
        )
        if prefix[0] == "9" and founded.year < 2016:
            organisation = replace(organisation, registration_number=self.number(region, prefix))
        if prefix in ("12", "51", "52", "53"):
            organisation = replace(organisation, other_number=self.certificate())
        return organisation


def make_governing(registrar: Registrar, seeds: list[AgencySeed]) -> list[Organisation]:
    """The agencies themselves; they are in the register like everyone else."""
    made = []
    for seed in seeds:
        registrar.book.take(seed.name)
        made.append(registrar.make(seed.prefix, seed.name, seed.district, "", seed.region))
    return made


def make_population(registrar: Registrar, count: int) -> list[Organisation]:
    """Everyone else, the bank first, then one of each sort, so that every registrar has someone."""
    rng = registrar.rng
    registrar.book.take(BANK_NAME)
    people = [registrar.make("91", BANK_NAME, CITY, "吸收公众存款；发放贷款", CITY_REGION)]
    kinds, weights = zip(*_SHARES, strict=True)
    rest = rng.choices(kinds, weights, k=max(count - 1 - len(kinds), 0))
    for kind in (*kinds, *rest):
        district = rng.choice(list(DISTRICTS))
        if kind == "branch":
            name, scope = _branch(registrar, people, district)
            people.append(registrar.make("91", name, district, scope))
        else:
            name, scope = _named(registrar, kind, district)
            people.append(registrar.make(kind, name, district, scope))
    return [_with_history(registrar, one) if n else one for n, one in enumerate(people)]


def make_strangers(registrar: Registrar, count: int) -> list[Organisation]:
    """Companies that exist, with valid codes, and that no registrar has sent yet."""
    made = []
    for _ in range(count):
        name, scope = _named(registrar, "91", CITY)
        made.append(replace(registrar.make("91", name, CITY, scope, CITY_REGION), registration_number=""))
    return [one for one in made if one.inner_is_right]


def _branch(registrar: Registrar, people: list[Organisation], district: str) -> tuple[str, str]:
    """A branch of the bank or of one of the first companies, which so become chains."""
    rng = registrar.rng
    parents = [p for p in people[:40] if p.prefix == "91" and p.name.endswith("公司")]
    parent = parents[0] if rng.random() < 0.3 else rng.choice(parents)
    tail = "支行" if parent.name == BANK_NAME else "分公司"
    for ordinal in range(1, 500):
        place = district[:2] if ordinal == 1 else f"{district[:2]}第{ordinal}"
        if registrar.book.take(name := parent.name + place + tail):
            return name, parent.scope
    raise RuntimeError(f"no free branch name for {parent.name}")


def _named(registrar: Registrar, kind: str, district: str) -> tuple[str, str]:
    """A free name of this kind and what the organisation does."""
    while True:
        name, scope = _NAMERS.get(kind, _name_other)(registrar.rng, kind, district)
        if registrar.book.take(name):
            return name, scope


def _name_company(rng: Random, kind: str, district: str) -> tuple[str, str]:
    trade, scope = rng.choice(names.COMPANY_TRADES)
    place = rng.choice((CITY[:2], CITY, district[:2]))
    form = rng.choices(names.COMPANY_FORMS, names.COMPANY_FORM_WEIGHTS)[0]
    name = place + names.brand(rng) + trade + form
    return (names.traditional(name) if rng.random() < 0.005 else name), scope


def _name_shop(rng: Random, kind: str, district: str) -> tuple[str, str]:
    trade = rng.choice(names.SHOP_TRADES)
    return district + names.brand(rng) + trade, trade


def _name_farm(rng: Random, kind: str, district: str) -> tuple[str, str]:
    trade = rng.choice(names.FARM_TRADES)
    return f"{district}{names.brand(rng)}{trade}专业合作社", f"{trade}及相关服务"


def _name_village(rng: Random, kind: str, district: str) -> tuple[str, str]:
    place = district + rng.choice(names.TOWNS)
    village = rng.choice("上下东西南北大小前后") + rng.choice(names.VILLAGES) + "村"
    ending = {
        "N1": f"{village}第{rng.randrange(1, 30)}组经济合作社",
        "N2": f"{village}股份经济合作社",
        "N3": f"第{rng.randrange(1, 9)}股份经济合作联合社",
    }[kind]
    return place + ending, "集体资产经营管理"


def _name_other(rng: Random, kind: str, district: str) -> tuple[str, str]:
    stem = names.brand(rng)
    ending = {
        "51": rng.choice(names.ASSOCIATIONS),
        "52": rng.choice(names.SOCIAL_SERVICES),
        "53": "公益基金会",
        "12": f"第{rng.randrange(1, 60)}{rng.choice(names.INSTITUTIONS)}",
        "31": "律师事务所",
        "71": "寺",
        "81": "联合工会委员会",
    }[kind]
    place = CITY + district if kind in ("12", "51", "81") else CITY
    return place + ("" if kind == "12" else stem) + ending, ending


_NAMERS = {
    "91": _name_company, "92": _name_shop, "93": _name_farm,
    "N1": _name_village, "N2": _name_village, "N3": _name_village,
}  # fmt: skip


def _with_history(registrar: Registrar, one: Organisation) -> Organisation:
    """Deregistered and revoked ones, former names, former codes."""
    rng = registrar.rng
    changes: dict[str, object] = {}
    status = rng.choices(("存续", "注销", "吊销", "迁出"), (90, 6, 3, 1))[0]
    if status != "存续" and one.prefix[0] == "9":
        span = (registrar.today - one.founded).days
        changes |= {"status": status, "status_date": one.founded + timedelta(days=rng.randrange(30, span))}
    if rng.random() < 0.03 and one.prefix in ("91", "93", "52"):
        former, _ = _named(registrar, one.prefix, one.district)
        changes["former_name"] = former
    if rng.random() < 0.005 and one.inner_is_right:
        changes["former_code"] = registrar.code(one.prefix, CITY_REGION, one.founded)
    return replace(one, **changes) if changes else one  # type: ignore[arg-type]
