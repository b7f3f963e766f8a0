"""Merkle tree hashes over SHA-256 (RFC 6962 section 2.1, as used by C2SP tlog-tiles)."""

from collections.abc import Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The 32-byte hash of a leaf: ``SHA-256(0x00 || data)``."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32-byte hash of an inner node: ``SHA-256(0x01 || left || right)``."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The tree's root over leaf hashes in order; the empty tree's root is ``SHA-256("")``.

    Raises ``ValueError`` when a hash has not 32 bytes.
    """
    builder = RootBuilder()
    for digest in leaf_hashes:
        builder.add_hash(digest)
    return builder.root()


class RootBuilder:
    """Grows a tree leaf by leaf and keeps only the roots of its complete subtrees: memory O(log n)."""

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._peaks: list[bytes] = []
        self._size = 0

    @property
    def size(self) -> int:
        """How many leaves were added."""
        return self._size

    def add(self, leaf_data: bytes) -> None:
        """Append a leaf given by its content."""
        self._append(leaf_hash(leaf_data))

    def add_hash(self, digest: bytes) -> None:
        """Append a leaf given by its leaf hash; raises ``ValueError`` when that has not 32 bytes."""
        if len(digest) != 32:
            raise ValueError(f"a leaf hash has 32 bytes, this one has {len(digest)}")
        self._append(digest)

    def root(self) -> bytes:
        """The root over all leaves so far; more leaves may follow."""
        if not self._peaks:
            return EMPTY_ROOT
        top = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            top = node_hash(peak, top)
        return top

    def _append(self, digest: bytes) -> None:
        # Each trailing one bit of the old size is a complete subtree as big as the one just finished.
        carry = self._size
        while carry & 1:
            digest = node_hash(self._peaks.pop(), digest)
            carry >>= 1
        self._peaks.append(digest)
        self._size += 1
