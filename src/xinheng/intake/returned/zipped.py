"""A ZIP given back: every data file in it annotated, in a new ZIP under the same names."""

import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from typing import IO

from xinheng.core.cells import RawSheet
from xinheng.core.persons import mask_any
from xinheng.intake.readers.archive import CHUNK_BYTES, Archive, Budget
from xinheng.intake.readers.files import Content, Limits, SourceFile
from xinheng.intake.returned.placing import scratch
from xinheng.intake.returned.said import changed
from xinheng.intake.returned.way import Way

_UTF_8_NAME = 0x800

Member = Callable[[Content, IO[bytes], tuple[RawSheet, ...]], bool]
"""Writes one member's file anew; whether it became a workbook."""


def annotate_zip(file: Content, out: IO[bytes], way: Way, sheets: tuple[RawSheet, ...], member: Member) -> None:
    """Write the archive to ``out``; what is no data stays as it is. ``member`` writes one data file."""
    archive = Archive(file)
    budget = Budget(Limits().archive_bytes)
    groups = [(name or "", tuple(group)) for name, group in groupby(sheets, key=lambda sheet: sheet.file)]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in archive.infos:
            name = member_name(info)
            chunks = archive.chunks(info, budget)
            if name.endswith("/"):
                continue
            if groups and _is_same(groups[0][0], name):
                _data(chunks, (target, name, info), way, groups.pop(0)[1], member)
            else:
                _copy(chunks, target, _entry(name, info))
    if groups:
        raise changed()


def _data(
    chunks: Iterator[bytes],
    to: tuple[zipfile.ZipFile, str, zipfile.ZipInfo],
    way: Way,
    sheets: tuple[RawSheet, ...],
    member: Member,
) -> None:
    target, name, info = to
    with scratch(way.out) as made:
        is_workbook = _made(chunks, made, way, sheets, member)
        made.seek(0)
        written = _entry(_renamed(name) if is_workbook else name, info)
        _copy(iter(partial(made.read, CHUNK_BYTES), b""), target, written)


def _made(chunks: Iterator[bytes], made: IO[bytes], way: Way, sheets: tuple[RawSheet, ...], member: Member) -> bool:
    """Unpack a member into a file without a name and write it anew into ``made``."""
    with scratch(way.out) as unpacked:
        for chunk in chunks:
            unpacked.write(chunk)
        unpacked.flush()
        return member(SourceFile(unpacked.fileno(), unpacked.tell()), made, sheets)


def _renamed(name: str) -> str:
    return name if name.lower().endswith(".xlsx") else f"{name}.xlsx"


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name with forward slashes; Chinese programs write it in their own code page, unmarked."""
    written = info.orig_filename
    if not info.flag_bits & _UTF_8_NAME:
        raw = written.encode("cp437", "replace")
        try:
            written = raw.decode("utf-8")
        except UnicodeDecodeError:
            written = raw.decode("gb18030", "replace")
    return written.replace("\\", "/")


def _is_same(shown: str, name: str) -> bool:
    """Whether a name in receipts is this member's: masked, and numbered where another one looks the same then."""
    masked = mask_any(name)
    return shown == masked or shown.startswith(f"{masked} (")


def _copy(chunks: Iterator[bytes], target: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    with target.open(entry, "w", force_zip64=True) as stream:
        for chunk in chunks:
            stream.write(chunk)


def _entry(name: str, info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, info.date_time)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
