"""Clean rows as columns of text, a block at a time: what a sender's system would export if it made no mistakes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import polars as pl

from xinheng.bench.made import phrases
from xinheng.bench.made.organisations import MadeOrganisations

BLOCK = 100_000
SERIES = 10_000_000
"""Document numbers of one seed: rows of another seed are other records."""

NAME, CATEGORY, CODE = "行政相对人名称", "行政相对人类别", "行政相对人代码_1（统一社会信用代码）"
PENALTY_NUMBER, LICENCE_NUMBER = "行政处罚决定书文号", "行政许可决定书文号"
FACTS, KINDS, FINE, PENALTY_DAY = "违法事实", "处罚类别", "罚款金额（万元）", "处罚决定日期"
LICENCE_KIND, LICENCE_DAY, LICENCE_CONTENT = "许可类别", "许可决定日期", "许可内容"
ORGANISATION = "法人及非法人组织"


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: ``rows`` rows of ``item`` (penalty, licence) about ``subjects``, decided before ``today``.

    ``narrow``: only what the template requires, in few words. ``ready``: in the order of an archive's buckets.
    """

    item: str
    rows: int
    subjects: MadeOrganisations
    today: date
    seed: int
    narrow: bool = False
    ready: bool = False


def clean_blocks(order: Order) -> Iterator[pl.DataFrame]:
    """The rows in blocks, every column text."""
    maker = _Maker(order)
    for start in range(0, order.rows, BLOCK):
        yield maker.block(start, min(BLOCK, order.rows - start))


class _Maker:
    """Pools of words and days, drawn once; a block only picks from them."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._rng = rng = Random(f"{order.seed} {order.item}")  # noqa: S311 - the same rows every time
        subjects = order.subjects.in_buckets() if order.ready else order.subjects
        self._codes, self._names = pl.Series(subjects.codes), pl.Series(subjects.names)
        self._days = [order.today - timedelta(days=each) for each in range(2, 700)]
        self._facts = pl.Series(phrases.TYPES if order.narrow else phrases.facts(rng))
        self._bases = pl.Series([f"{base[:30]}" for base in phrases.bases(rng)] if order.narrow else phrases.bases(rng))
        self._sanctions = phrases.sanctions(rng, short=order.narrow)

    def block(self, start: int, number: int) -> pl.DataFrame:
        subjects = self._subjects(start, number)
        whose = {
            NAME: self._names.gather(subjects),
            CATEGORY: self._same(ORGANISATION, number),
            CODE: self._codes.gather(subjects),
        }
        serial = pl.Series(range(start, start + number)) + self._order.seed % 900 * SERIES + 1
        own = self._penalty(serial) if self._order.item == "penalty" else self._licence(serial)
        rest = self._same(phrases.AGENCY_NAME, number), self._same(phrases.AGENCY_CODE, number)
        source = dict(zip(("数据来源单位", "数据来源单位统一社会信用代码"), rest, strict=True))
        return pl.DataFrame(whose | own | source)

    def _subjects(self, start: int, number: int) -> list[int]:
        known = len(self._codes)
        if self._order.ready:
            return [(start + each) * known // self._order.rows for each in range(number)]
        return self._rng.choices(range(known), k=number)

    def _penalty(self, serial: pl.Series) -> dict[str, pl.Series]:
        number = len(serial)
        chosen = self._rng.choices(range(len(self._sanctions)), k=number)
        decided, until, public = self._dates(number, years=1)
        columns = {
            PENALTY_NUMBER: self._numbers(self._pick(phrases.PENALTY_DEPARTMENTS, number), serial),
            "违法行为类型": self._pick(phrases.TYPES, number),
            FACTS: self._facts.gather(self._rng.choices(range(len(self._facts)), k=number)),
            "处罚依据": self._bases.gather(self._rng.choices(range(len(self._bases)), k=number)),
            KINDS: self._of_sanctions("kinds", chosen),
            "处罚内容": self._of_sanctions("words", chosen),
            FINE: self._of_sanctions("amount", chosen),
            PENALTY_DAY: decided,
            "处罚有效期": until,
            "处罚机关": self._same(phrases.AGENCY_NAME, number),
            "处罚机关统一社会信用代码": self._same(phrases.AGENCY_CODE, number),
        }
        return columns if self._order.narrow else columns | {"公示截止期": public, "备注": self._same("", number)}

    def _licence(self, serial: pl.Series) -> dict[str, pl.Series]:
        number = len(serial)
        decided, until, _ = self._dates(number, years=5)
        certificates = self._pick(phrases.CERTIFICATES, number)
        columns = {
            "行政许可决定文书名称": "准予" + certificates,
            LICENCE_NUMBER: self._numbers(self._same("示市监许", number), serial),
            LICENCE_KIND: self._same("普通", number),
            LICENCE_CONTENT: self._pick(phrases.CONTENTS, number),
            LICENCE_DAY: decided,
            "有效期自": decided,
            "有效期至": until,
            "许可机关": self._same(phrases.AGENCY_NAME, number),
            "许可机关统一社会信用代码": self._same(phrases.AGENCY_CODE, number),
            "当前状态": self._same("1", number),
        }
        extra = {"许可证书名称": certificates, "许可编号": "JY1" + serial.cast(pl.String)}
        return columns if self._order.narrow else columns | extra | {"备注": self._same("", number)}

    def _dates(self, number: int, *, years: int) -> tuple[pl.Series, pl.Series, pl.Series]:
        """Day of the decision, end of its effect, end of publication."""
        chosen = self._rng.choices(range(len(self._days)), k=number)
        ends = [day.replace(day=min(day.day, 28)) for day in self._days]
        texts = (
            pl.Series([f"{day:%Y-%m-%d}" for day in self._days]),
            pl.Series([f"{day.replace(year=day.year + years):%Y-%m-%d}" for day in ends]),
            pl.Series([f"{day.replace(year=day.year + 1):%Y-%m-%d}" for day in ends]),
        )
        return texts[0].gather(chosen), texts[1].gather(chosen), texts[2].gather(chosen)

    def _numbers(self, department: pl.Series, serial: pl.Series) -> pl.Series:
        return department + f"〔{self._days[0].year}〕" + serial.cast(pl.String) + "号"

    def _of_sanctions(self, name: str, chosen: list[int]) -> pl.Series:
        return pl.Series([getattr(each, name) for each in self._sanctions]).gather(chosen)

    def _pick(self, pool: tuple[str, ...], number: int) -> pl.Series:
        return pl.Series(pool).gather(self._rng.choices(range(len(pool)), k=number))

    @staticmethod
    def _same(text: str, number: int) -> pl.Series:
        return pl.Series([text]).new_from_index(0, number)
