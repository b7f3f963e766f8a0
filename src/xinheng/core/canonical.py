"""Bytes that mean one thing only: canonical JSON, length-prefixed fields, digests and keys of records.

Sources: RFC 8785 (JSON Canonicalization Scheme) for JSON without fractions; the digest's layout is our own.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

KEY_BYTES = 16
MIN_SALT_BYTES = 16
MAX_SAFE_INTEGER = 2**53 - 1


def canonical_json(value: object) -> bytes:
    """The one UTF-8 encoding of a value made of str, int, bool, None, lists/tuples and dicts (RFC 8785).

    Raises ``TypeError`` for anything else, floats and Decimals too (write amounts as text), ``ValueError``
    for integers beyond ±(2^53-1), which other readers would round, and for text with lone surrogates.
    """
    return _encode(value).encode("utf-8")


def _encode(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _encode_text(value)
    if isinstance(value, int):
        return _encode_integer(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_encode_text(k)}:{_encode(value[k])}" for k in _sorted_keys(value)) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_encode(entry) for entry in value) + "]"
    raise TypeError(f"canonical JSON has no {type(value).__name__}; write it as text")


def _encode_text(text: str) -> str:
    # Without ensure_ascii the standard library escapes exactly what RFC 8785 section 3.2.2.2 escapes.
    return json.dumps(text, ensure_ascii=False)


def _encode_integer(number: int) -> str:
    if abs(number) > MAX_SAFE_INTEGER:
        raise ValueError(f"{number} does not survive JSON readers with double precision; write it as text")
    return str(int(number))


def _sorted_keys(mapping: Mapping[object, object]) -> list[str]:
    keys = [key for key in mapping if isinstance(key, str)]
    if len(keys) != len(mapping):
        raise TypeError("keys of canonical JSON are text")
    return sorted(keys, key=lambda key: key.encode("utf-16-be"))


def lp(data: bytes) -> bytes:
    """``data`` behind its length as 4 bytes, big-endian (SQL: ``int4send(length(data)) || data``)."""
    return len(data).to_bytes(4, "big") + data


def record_digest(*, salt: bytes, item: str, edition: str, subject: str, fields: Sequence[tuple[str, str]]) -> bytes:
    """The 32-byte digest of one version of a record.

    ``SHA-256(salt || lp(item) || lp(edition) || lp(subject) || lp(id) || lp(value) || …)``, text as UTF-8,
    ``fields`` the filled fields as (field id, canonical text value) in catalogue order. In PostgreSQL, each
    text ``t`` with ``b = convert_to(t, 'UTF8')``: ``int4send(length(b)) || b``, all through ``sha256``.
    The salt is as long in every record of a table. Raises ``ValueError`` for a short salt or an empty value.
    """
    if len(salt) < MIN_SALT_BYTES:
        raise ValueError(f"a salt has at least {MIN_SALT_BYTES} bytes, this one has {len(salt)}")
    parts = [item, edition, subject]
    for field_id, value in fields:
        if not value:
            raise ValueError(f"field {field_id} is empty; only filled fields enter a digest")
        parts += (field_id, value)
    return sha256(salt + _prefixed(parts)).digest()


def record_key(*, item: str, parts: Sequence[str]) -> bytes:
    """The 16-byte key of all versions of a record: ``SHA-256(lp(item) || lp(part) || …)[:16]``.

    ``parts`` are the normalised key fields in catalogue order; an empty part keeps its place.
    SQL as in ``record_digest``.
    """
    return sha256(_prefixed([item, *parts])).digest()[:KEY_BYTES]


def _prefixed(texts: Sequence[str]) -> bytes:
    return b"".join(lp(text.encode("utf-8")) for text in texts)
