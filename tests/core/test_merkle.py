"""Tree roots against published vectors (RFC 6962 test leaves) and the recursive definition."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.merkle import RootBuilder, leaf_hash, node_hash, root

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def defined(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 section 2.1 writes it: split at the largest power of two below n."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + defined(leaves[:split]) + defined(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size):
    assert root([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size]


def test_the_builder_gives_every_root_on_its_way():
    builder = RootBuilder()
    seen = [builder.root().hex()]
    for leaf in LEAVES:
        builder.add(leaf)
        seen.append(builder.root().hex())
    assert seen == ROOTS
    assert builder.size == 8


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_builder_and_definition_agree(leaves):
    builder = RootBuilder()
    for leaf in leaves:
        builder.add(leaf)
    assert builder.root() == defined(leaves) == root([leaf_hash(leaf) for leaf in leaves])


def test_memory_is_one_hash_per_power_of_two():
    builder = RootBuilder()
    for number in range(5000):
        builder.add(number.to_bytes(4, "big"))
    assert len(builder._peaks) == (5000).bit_count()


def test_leaves_and_nodes_are_kept_apart():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize("digest", [b"", b"\x00" * 31, b"\x00" * 33])
def test_a_leaf_hash_of_the_wrong_length_is_refused(digest):
    with pytest.raises(ValueError, match="32 bytes"):
        root([digest])
