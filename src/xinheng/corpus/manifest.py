"""The manifest: which part files make up the corpus, and how far it has come. It is the cursor.

A manifest is replaced whole and names only files that are already on disk, so a crash leaves the old corpus or the
new one.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from xinheng.core.canonical import canonical_json
from xinheng.corpus.durable import write_durably
from xinheng.corpus.refusals import manifest_damaged, not_built, other_schema
from xinheng.corpus.streams import STREAMS

FORMAT = "xinheng-corpus"
SCHEMA = 1
"""Version of layout and columns; another one is built anew."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part file: rows of acts ``first`` to ``last``, of one bucket or (None) of all, sorted by their key."""

    file: str
    bucket: int | None
    first: int
    last: int
    rows: int
    bytes: int
    sha256: str
    min_subject: str
    max_subject: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the corpus holds. ``position`` is the last ledger entry in it (-1: none), ``act`` that entry's act."""

    generation: int
    position: int
    act: str | None
    parts: Mapping[str, tuple[Part, ...]]

    def of(self, stream: str) -> tuple[Part, ...]:
        """The parts of one stream, older ones first."""
        return self.parts.get(stream, ())

    def files(self) -> Iterable[Part]:
        """Every part of every stream."""
        return (part for parts in self.parts.values() for part in parts)

    def grown(self, *, position: int, act: str, added: Mapping[str, Iterable[Part]]) -> "Manifest":
        """The same after more acts."""
        parts = {name: (*self.of(name), *added.get(name, ())) for name in STREAMS}
        return replace(self, position=position, act=act, parts=parts)

    def exchanged(self, stream: str, *, gone: Iterable[Part], come: Iterable[Part]) -> "Manifest":
        """The same with some parts of one stream written otherwise."""
        left = set(gone)
        kept = [part for part in self.of(stream) if part not in left]
        parts = sorted([*kept, *come], key=lambda part: (part.first, -1 if part.bucket is None else part.bucket))
        return replace(self, parts={**self.parts, stream: tuple(parts)})


def empty(generation: int) -> Manifest:
    """The corpus before the first entry."""
    return Manifest(generation, -1, None, dict.fromkeys(STREAMS, ()))


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Put a manifest in force: on disk under its name, whole or not at all."""
    told = {
        "format": FORMAT, "schema": SCHEMA, "generation": manifest.generation, "position": manifest.position,
        "act": manifest.act, "parts": {name: [asdict(part) for part in manifest.of(name)] for name in STREAMS},
    }  # fmt: skip
    write_durably(path, json.dumps(told | {"digest": _digest(told)}, ensure_ascii=False, indent=1).encode())


def read_manifest(path: Path) -> Manifest:
    """The manifest in force. Raises RuntimeRefusal: corpus.not_built, manifest_damaged, other_schema."""
    try:
        told = json.loads(path.read_bytes())
        digest = told.pop("digest")
    except FileNotFoundError:
        raise not_built(path.parent) from None
    except (ValueError, KeyError, AttributeError, TypeError):
        raise manifest_damaged(path) from None
    if (told.get("format"), told.get("schema")) != (FORMAT, SCHEMA):
        raise other_schema(path, told.get("schema"))
    if digest != _digest(told):
        raise manifest_damaged(path)
    parts = {name: tuple(Part(**part) for part in listed) for name, listed in told["parts"].items()}
    return Manifest(told["generation"], told["position"], told["act"], parts)


def _digest(told: Mapping[str, Any]) -> str:
    return sha256(canonical_json(told)).hexdigest()
