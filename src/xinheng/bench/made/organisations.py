"""Made-up enterprises, each with a valid code and a name of its own."""

from dataclasses import dataclass
from hashlib import sha256

from xinheng.bench.made.codes import enterprise_codes

_FIRST = "青云山河秋春明远德和信安平泰兴荣华盛金玉瑞祥宏达永恒嘉美新源"
_SECOND = "禾岭川泽林岩石松柏竹兰桥塔楼台园江湖海港城乡州原野田谷峰溪泉"
_TRADES = ("食品", "商贸", "建材", "运输", "机械", "药业", "餐饮管理", "化工", "物流", "纺织", "环保科技", "农业开发")
_SUFFIX = "有限公司"


@dataclass(frozen=True, slots=True)
class MadeOrganisations:
    """Codes and names, place by place."""

    codes: tuple[str, ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def in_buckets(self) -> "MadeOrganisations":
        """The same ordered as an archive in 64 buckets by SHA-256 of the code would be."""
        order = sorted(range(len(self)), key=lambda place: (_bucket(self.codes[place]), self.codes[place]))
        return MadeOrganisations(
            tuple(self.codes[place] for place in order), tuple(self.names[place] for place in order)
        )


def organisations(number: int, *, start: int = 0) -> MadeOrganisations:
    """The ``number`` enterprises of the series from place ``start`` on: the same place is always the same one."""
    names = tuple(_name(serial) for serial in range(start, start + number))
    return MadeOrganisations(tuple(enterprise_codes(number, start=start)), names)


def _name(serial: int) -> str:
    rest, first = divmod(serial, len(_FIRST))
    rest, second = divmod(rest, len(_SECOND))
    rest, trade = divmod(rest, len(_TRADES))
    number = f"第{rest + 1}" if rest else ""
    return f"示例市{_FIRST[first]}{_SECOND[second]}{number}{_TRADES[trade]}{_SUFFIX}"


def _bucket(code: str) -> int:
    return sha256(code.encode()).digest()[0] // 4
