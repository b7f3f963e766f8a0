"""A statement's seal: a digest that the ledger shows without telling what was said, and that nobody can guess open."""

import os
from collections.abc import Mapping
from hashlib import sha256

from xinheng.core.canonical import canonical_json

SALT_BYTES = 16


def seal_of(facts: Mapping[str, object]) -> bytes:
    """Salt (16 bytes) and SHA-256 over salt and canonical JSON (32 bytes): kept beside what was said."""
    return _sealed(os.urandom(SALT_BYTES), facts)


def seal_shown(seal: bytes) -> str:
    """What the ledger carries of a seal: its digest, in hexadecimal."""
    return seal[SALT_BYTES:].hex()


def seal_holds(seal: bytes, facts: Mapping[str, object]) -> bool:
    """Whether a seal is that of these facts."""
    return _sealed(seal[:SALT_BYTES], facts) == seal


def _sealed(salt: bytes, facts: Mapping[str, object]) -> bytes:
    return salt + sha256(salt + canonical_json(dict(facts))).digest()
