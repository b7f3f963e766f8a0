"""Traditional to simplified characters, by OpenCC's tables."""

from functools import lru_cache

from opencc import OpenCC


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=65_536)
def simplify(text: str) -> str:
    """The text in simplified characters; text without traditional ones comes back as it is."""
    return text if text.isascii() else _converter().convert(text)
