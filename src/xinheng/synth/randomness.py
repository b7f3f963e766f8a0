"""One seeded stream of chance per purpose, so that a change in one part leaves the others as they were."""

from random import Random


def stream(seed: int, purpose: str) -> Random:
    """A stream that depends only on the seed and on what it is for."""
    return Random(f"{seed}:{purpose}")  # noqa: S311 (a made-up city, nothing secret)
