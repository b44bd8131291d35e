"""Random and mutated mails: nothing but Unreadable ever comes out, and always in time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.channels.corpus import bodies, charsets, headers, machines
from tests.channels.test_reading import ENVELOPE, assert_storable
from tests.harness.cpu import at_most

from tocsin.channels.base import Unreadable
from tocsin.channels.email import addresses, encodings, words
from tocsin.channels.email.parameters import read_value
from tocsin.channels.email.read import read
from tocsin.kernel.text import charsets as charset_reader

_SEEDS = [case.raw for module in (bodies, charsets, headers, machines) for case in module.CASES]
_TRUSTING = {**ENVELOPE, "trusted_authserv_ids": ["mx.example.test"]}
_PIECES = [
    b"=?utf-8?B?",
    b"?=",
    b"\r\n",
    b"\r\n\r\n",
    b"--frontier",
    b"--",
    b"Content-Type: ",
    b"multipart/mixed; boundary=",
    b"message/rfc822",
    b"\x00",
    b"\xff",
    b"%CE",
    b"filename*0*=",
    b'"',
    b"<",
    b">",
    b"(",
    b";",
    b"begin 644 x\r\n",
    b"=",
    b"charset=utf-16",
    b"charset=utf-7",
    b"charset=iso-2022-jp\x1b$B",
    b"From: ",
    b"Authentication-Results: mx.example.test; ",
    b"\xed\xa0\x80",
    b"Content-Transfer-Encoding: base64\r\n",
    b"\x78\x9f\x3e\x22",
    b"Date: ",
    b"99999999999999999999",
]


def survives(raw: bytes) -> None:
    """Read or Unreadable, storable, within the time."""
    try:
        with at_most(5):
            assert_storable(read(raw, _TRUSTING))
    except Unreadable as error:
        assert "could not be read" not in error.reason, error.__cause__


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=3_000))
def test_random_bytes(raw: bytes) -> None:
    survives(raw)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(_PIECES) | st.binary(max_size=12), max_size=60))
def test_random_pieces(pieces: list[bytes]) -> None:
    survives(b"".join(pieces))


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_mutated_mails(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(_SEEDS)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        length = data.draw(st.integers(0, 20))
        raw[at : at + length] = data.draw(st.sampled_from(_PIECES) | st.binary(max_size=8))
    survives(bytes(raw))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(_SEEDS), st.integers(0, 2_000))
def test_mails_cut_short(raw: bytes, length: int) -> None:
    survives(raw[:length])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_what_is_encoded_comes_back(text: str) -> None:
    from email.header import Header

    line = words.one_line(text)
    encoded = Header(line.encode("utf-8", "replace").decode(), "utf-8").encode()
    assert words.header_text(encoded.encode()) == words.one_line(line.encode("utf-8", "replace").decode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=20))
def test_small_readers_never_raise(raw: bytes, label: str) -> None:
    addresses.read_addresses(raw)
    charset_reader.decode(raw, label, label)
    encodings.from_base64(raw)
    encodings.split_uuencoded(raw)
    value = read_value(b"a/b; " + raw)
    value.text("filename")


@pytest.mark.parametrize(
    "label",
    [
        "utf-7",
        "utf-16",
        "hz",
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "zip",
        "mbcs",
        "undefined",
        "uu",
        "cp65001",
        "utf_8_sig",
        "\x00",
        "a" * 500,
    ],
)
def test_labels_that_are_traps(label: str) -> None:
    assert isinstance(charset_reader.decode(b"caf\xc3\xa9 \\u0041 +AGE- ~{", label), str)
