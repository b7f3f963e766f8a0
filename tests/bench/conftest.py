"""A few made-up organisations and files about them."""

from datetime import date

import pytest

from xinheng.bench.made.files import MadeFile, write
from xinheng.bench.made.organisations import MadeOrganisations, organisations
from xinheng.bench.made.rows import Order

TODAY = date(2026, 11, 22)
ROWS = 900


@pytest.fixture(scope="session")
def subjects() -> MadeOrganisations:
    """Sixty enterprises."""
    return organisations(60)


@pytest.fixture(scope="session")
def penalties(subjects: MadeOrganisations, tmp_path_factory: pytest.TempPathFactory) -> MadeFile:
    """Penalties of which a tenth is faulty."""
    order = Order("penalty", ROWS, subjects, TODAY, seed=7)
    return write(order, tmp_path_factory.mktemp("made"), bad=0.1)


@pytest.fixture(scope="session")
def licences(subjects: MadeOrganisations, tmp_path_factory: pytest.TempPathFactory) -> MadeFile:
    """Licences of which a fifth is faulty."""
    order = Order("licence", ROWS, subjects, TODAY, seed=7)
    return write(order, tmp_path_factory.mktemp("made"), bad=0.2)


def lines(file: MadeFile) -> list[str]:
    """The lines of a file as the sender wrote them, headings first."""
    return file.path.read_bytes().decode("gb18030").split("\r\n")[:-1]
