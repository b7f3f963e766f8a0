"""A gate with a registrar and a bureau, for every test of this room."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from xinheng.core.context import Context
from xinheng.documents.store import DocumentStore

if TYPE_CHECKING:
    from tests.factories.intake import Gate


@pytest.fixture
def gate(ctx: Context, store: DocumentStore, tmp_path: Path) -> "Gate":
    """The way in."""
    # Imported here: this module is read before Django is set up.
    from tests.factories.accounts import usual_agencies
    from tests.factories.intake import Gate

    usual_agencies(ctx)
    return Gate(ctx, store, tmp_path)
