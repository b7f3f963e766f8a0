"""A data folder for a corpus of the test's own."""

from pathlib import Path

import pytest

from xinheng.runtime.folder import DataFolder


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """An empty data folder; the database is the tests' own."""
    return DataFolder(tmp_path)
