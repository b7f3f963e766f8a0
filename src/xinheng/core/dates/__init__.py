"""Dates as agencies write them."""

from xinheng.core.dates.reading import STANDARD_POLICY, DatePolicy, DateReading, read_date

__all__ = ["STANDARD_POLICY", "DatePolicy", "DateReading", "read_date"]
