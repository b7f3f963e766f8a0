"""The column engine: DuckDB with bounded memory, nothing fetched from elsewhere, spilling inside the data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from xinheng.corpus.refusals import engine_failed, part_damaged

MEMORY = "512MB"
THREADS = 2


def open_engine(spill: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory whose larger work goes to ``spill``."""
    engine = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": MEMORY,
            "threads": str(THREADS),
            "temp_directory": str(spill),
        },
    )
    engine.execute("SET enable_progress_bar = false")
    return engine


@contextmanager
def engine_errors(corpus: Path) -> Iterator[None]:
    """Turn the engine's errors of the block into refusals: no room, or a file that cannot be read."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise engine_failed(corpus) from error
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException) as error:
        if "No space left" in str(error):
            raise engine_failed(corpus) from error
        raise part_damaged(str(corpus)) from error


def listed(files: list[Path]) -> str:
    """Files as SQL names them."""
    quoted = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    return f"read_parquet([{quoted}], hive_partitioning = false)"
