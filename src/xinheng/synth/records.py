"""Shares out licences and penalties: which agency files how many, about whom, with which mess."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, cycle, islice
from random import Random

from xinheng.synth.agencies import Agency
from xinheng.synth.files import Draw, Order
from xinheng.synth.mess import KINDS, Kind
from xinheng.synth.organisations import BANK_NAME, Organisation

MESS_SHARE = 0.08
OFFENDER_SHARE = 0.07
_BANK_SHARE = 0.07
_LICENCE_WEIGHT = {"91": 1.5, "92": 0.6, "93": 0.8, "12": 0.5, "52": 0.8, "11": 0.05}


def licence_draw(organisations: list[Organisation], rng: Random) -> Draw:
    """A few hold very many licences, most hold a few; one bank alone holds thousands."""
    weights = [min(rng.paretovariate(1.2), 60.0) * _LICENCE_WEIGHT.get(one.prefix, 0.2) for one in organisations]
    bank = next(place for place, one in enumerate(organisations) if one.name == BANK_NAME)
    weights[bank] = (sum(weights) - weights[bank]) * _BANK_SHARE / (1 - _BANK_SHARE)
    steps = list(accumulate(weights))
    return _draw(organisations, organisations, lambda: rng.choices(organisations, cum_weights=steps)[0], rng)


def penalty_draw(population: list[Organisation], rng: Random) -> Draw:
    """Seven in a hundred are penalised at all; each of them once before the repeat offenders come."""
    offenders = rng.sample(population, max(round(len(population) * OFFENDER_SHARE), 1))
    steps = list(accumulate(1 / (rank + 1) ** 0.7 for rank in range(len(offenders))))
    first_time: Iterator[Organisation] = iter(offenders)

    def anyone() -> Organisation:
        return next(first_time, None) or rng.choices(offenders, cum_weights=steps)[0]

    return _draw(offenders, population, anyone, rng)


def _draw(first: list[Organisation], then: list[Organisation], plain: Callable[[], Organisation], rng: Random) -> Draw:
    """Those whom a kind of mess needs come from the first list, from the second where the first has none."""
    pools: dict[object, list[Organisation]] = {}

    def draw(kind: Kind | None) -> Organisation:
        if kind is None:
            return plain()
        if kind.fits not in pools:
            fitting = [one for one in first if kind.fits(one)]
            pools[kind.fits] = fitting or [one for one in then if kind.fits(one)]
        return rng.choice(pools[kind.fits])

    return draw


@dataclass(frozen=True, slots=True)
class Task:
    """So many rows of one item, spread over agencies, about these organisations."""

    item: str
    rows: int
    agencies: list[Agency]
    organisations: list[Organisation]
    mess_share: float = MESS_SHARE


def share_out(task: Task, rng: Random) -> dict[str, Order]:
    """One order per agency. Every kind of mess that can occur does, where there are rows enough."""
    agencies = [a for a in task.agencies if task.item in a.items]
    orders = {agency.code: Order(0, []) for agency in agencies}
    kinds = [k for k in KINDS if _possible(k, task.item, agencies, task.organisations)]
    messy = max(round(task.rows * task.mess_share), min(len(kinds), task.rows // 3))
    used = 0
    for kind in islice(cycle(kinds), messy):
        able = [a for a in agencies if kind.occurs(task.item, a.form)]
        agency = rng.choices(able, [a.weight for a in able])[0]
        orders[agency.code].kinds.append(kind)
        used += 2 if kind.copies else 1
    codes = [a.code for a in agencies]
    clean = Counter(rng.choices(codes, [a.weight for a in agencies], k=max(task.rows - used, 0)))
    for code, count in clean.items():
        orders[code].clean = count
    return orders


def _possible(kind: Kind, item: str, agencies: list[Agency], organisations: list[Organisation]) -> bool:
    return any(kind.occurs(item, a.form) for a in agencies) and any(kind.fits(o) for o in organisations)
