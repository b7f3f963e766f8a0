"""Valid codes of made-up organisations, by number."""

from xinheng.synth.codes import inner_check, unified_code

REGION = "610802"


def enterprise(n: int) -> str:
    """An enterprise's unified code."""
    return unified_code("91", REGION, f"MA{n:06d}")


def individual_business(n: int) -> str:
    """An individual business's unified code."""
    return unified_code("92", REGION, f"MA{n:06d}")


def government(n: int) -> str:
    """A state organ's unified code."""
    return unified_code("11", REGION, f"MB{n:06d}")


def organisation_code(n: int) -> str:
    """An organisation code from before the unified one, unlike every code above."""
    body = f"{70_000_000 + n:08d}"
    return body + inner_check(body)
