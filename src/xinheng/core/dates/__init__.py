"""Dates as agencies write them."""

from xinheng.core.dates.reading import DatePolicy, DateReading, read_date

__all__ = ["DatePolicy", "DateReading", "read_date"]
