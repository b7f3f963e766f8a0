"""Readers: a file as an agency sent it becomes sheets of raw rows; nothing is interpreted here."""

from xinheng.intake.readers.errors import UnreadableFile
from xinheng.intake.readers.files import Limits
from xinheng.intake.readers.source import Source, open_source

__all__ = ["Limits", "Source", "UnreadableFile", "open_source"]
