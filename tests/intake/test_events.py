"""What happened to an organisation is told once, however often the register repeats it."""

import pytest

from tests.factories import codes
from tests.factories.intake import Gate
from xinheng.archive import selectors as archive

pytestmark = pytest.mark.django_db

CODE, SUCCESSOR = codes.enterprise(1), codes.enterprise(2)


def test_a_repeated_successor_is_one_merger(gate: Gate) -> None:
    gate.register(SUCCESSOR, "示例市乙公司")
    for scope in ("零售", "批发"):
        gate.register(CODE, "示例市甲公司", 合并后统一社会信用代码=SUCCESSOR, 经营范围=scope)
    kinds = [event.kind for event in archive.events(CODE)]
    assert kinds.count("merged") == 1
