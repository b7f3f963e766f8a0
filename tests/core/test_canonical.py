"""Canonical bytes against the RFC's own examples and digests laid out byte by byte."""

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.canonical import canonical_json, lp, record_digest, record_key

SALT = bytes(range(16))


def test_rfc_8785_sorting_example():
    # RFC 8785 section 3.2.3: keys sorted by UTF-16 code units.
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    expected = (
        '{"\\r":"Carriage Return","1":"One","\u0080":"Control",'
        '"\u00f6":"Latin Small Letter O With Diaeresis",'
        '"\u20ac":"Euro Sign","\U0001f600":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
    )
    assert canonical_json(value) == expected.encode()


def test_rfc_8785_string_and_literals_example():
    # RFC 8785 section 3.2.2, without its numbers.
    value = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "literals": [None, True, False]}
    expected = '{"literals":[null,true,false],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    assert canonical_json(value) == expected.encode()


def reference_text(text: str) -> str:
    """RFC 8785 section 3.2.2.2, character by character."""
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    return '"' + "".join(short.get(c) or (f"\\u{ord(c):04x}" if ord(c) < 0x20 else c) for c in text) + '"'


def code_units(text: str) -> list[int]:
    units = []
    for char in text:
        code = ord(char)
        units += [code] if code < 0x10000 else [0xD800 + (code - 0x10000 >> 10), 0xDC00 + (code & 0x3FF)]
    return units


def reference(value: object) -> str:
    match value:
        case None | True | False:
            return str(value).lower().replace("none", "null")
        case str():
            return reference_text(value)
        case int():
            return f"{value:d}"
        case list():
            return "[" + ",".join(map(reference, value)) + "]"
        case dict():
            pairs = sorted(value.items(), key=lambda pair: code_units(pair[0]))
            return "{" + ",".join(f"{reference_text(k)}:{reference(v)}" for k, v in pairs) + "}"
    raise AssertionError(value)


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=5))


@given(values)
def test_any_value_is_written_as_the_rfc_says_and_read_back_the_same(value):
    written = canonical_json(value)
    assert written == reference(value).encode()
    assert json.loads(written) == value


@pytest.mark.parametrize("value", [1.0, float("nan"), {"a": 0.5}, [b"x"], {1: 2}, {1, 2}, object()])
def test_what_has_no_one_spelling_is_refused(value):
    with pytest.raises(TypeError, match="text"):
        canonical_json(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800"])
def test_what_other_readers_would_change_is_refused(value):
    with pytest.raises(ValueError, match=r"text|surrogates"):
        canonical_json(value)


def test_a_length_is_four_bytes_big_endian():
    assert lp(b"") == bytes.fromhex("00000000")
    assert lp("罚款".encode()) == bytes.fromhex("00000006e7bd9ae6acbe")
    assert lp(b"x" * 258)[:4] == bytes.fromhex("00000102")


def test_a_digest_laid_out_byte_by_byte():
    laid_out = bytes.fromhex(
        "000102030405060708090a0b0c0d0e0f"  # salt
        "00000007" "70656e616c7479"  # penalty
        "00000004" "32303138"  # 2018
        "00000012" "39313331303030304d413030303030303030"  # subject
        "00000004" "66696e65"  # fine
        "00000003" "302e32"  # 0.2
        "00000006" "726561736f6e"  # reason
        "00000003" "e697a0"  # 无
    )  # fmt: skip
    digest = record_digest(
        salt=SALT,
        item="penalty",
        edition="2018",
        subject="91310000MA00000000",
        fields=[("fine", "0.2"), ("reason", "无")],
    )
    assert digest == sha256(laid_out).digest()
    assert digest.hex() == DIGEST


# Computed apart from this project with `xxd -r -p | sha256sum` over the bytes above.
DIGEST = "136ccdf350dfdf92a60cd2850e828e7c632aeca65e2a0b51bfb83c2a5404a2b2"


def test_a_key_laid_out_byte_by_byte():
    laid_out = b"\0\0\0\7penalty" + b"\0\0\0\1a" + b"\0\0\0\0" + b"\0\0\0\2bc"
    assert record_key(item="penalty", parts=["a", "", "bc"]) == sha256(laid_out).digest()[:16]


parts = st.lists(st.text("ab0\0", max_size=3), max_size=4)


@given(parts, parts)
def test_different_key_parts_have_different_keys(one, other):
    same = record_key(item="i", parts=one) == record_key(item="i", parts=other)
    assert same == (one == other)


fields = st.lists(st.tuples(st.text("ab", max_size=2), st.text("ab", min_size=1, max_size=2)), max_size=3)
heads = st.tuples(st.text("ab", max_size=2), st.text("ab", max_size=2), st.text("ab", max_size=2))


@given(heads, heads, fields, fields)
def test_different_contents_have_different_digests(head, other_head, content, other_content):
    def digest(head: tuple[str, str, str], content: list[tuple[str, str]]) -> bytes:
        item, edition, subject = head
        return record_digest(salt=SALT, item=item, edition=edition, subject=subject, fields=content)

    same = digest(head, content) == digest(other_head, other_content)
    assert same == ((head, content) == (other_head, other_content))


def test_the_salt_changes_everything_and_has_a_least_length():
    empty = {"item": "i", "edition": "e", "subject": "s", "fields": []}
    assert record_digest(salt=b"a" * 16, **empty) != record_digest(salt=b"b" * 16, **empty)
    with pytest.raises(ValueError, match="salt"):
        record_digest(salt=b"a" * 15, **empty)


def test_an_empty_value_never_enters_a_digest():
    with pytest.raises(ValueError, match="filled"):
        record_digest(salt=SALT, item="i", edition="e", subject="s", fields=[("fine", "")])
