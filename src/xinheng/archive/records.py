"""The permanent name of a record: its subject's code and its key, as pages, receipts and files write it."""

import re
from dataclasses import dataclass

from xinheng.core.identifiers.uscc import bucket_of

_SHAPE = re.compile(r"([0-9A-HJ-NP-RTUW-Y]{18})-([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class RecordId:
    """Where a record stands: subject and 16-byte key; the bucket follows from the subject."""

    subject: str
    key: bytes

    @property
    def bucket(self) -> int:
        """The partition of the subject."""
        return bucket_of(self.subject)

    def __str__(self) -> str:
        return f"{self.subject}-{self.key.hex()}"


def read_record_id(text: str) -> RecordId | None:
    """The record that an address names, or None when it is no record's name."""
    match = _SHAPE.fullmatch(text)
    return RecordId(match[1], bytes.fromhex(match[2])) if match else None
