"""Reasons are written down once and read in the reader's language."""

from __future__ import annotations

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tocsin.kernel import sentences

# A sentence of the incidents room, which is translated.
AFFECTED = "It says “%(phrase)s”, and the customer is affected."


def test_a_sentence_is_read_in_the_readers_language() -> None:
    kept = sentences.keep(AFFECTED, phrase="почта")
    with override("hr"):
        read = sentences.word(kept)
    assert "почта" in read
    assert read != sentences.in_english(kept) == "It says “почта”, and the customer is affected."
    with override("el"):
        assert sentences.word(kept, "hr") == read
        assert sentences.in_english(kept) == "It says “почта”, and the customer is affected."


def test_several_are_read_one_after_the_other() -> None:
    kept = sentences.join(
        sentences.keep("One of %(count)s.", count=2), "a word of old", sentences.keep("End.")
    )
    assert sentences.in_english(kept) == "One of 2. a word of old End."
    assert sentences.in_english(sentences.join(kept, kept)) == " ".join([sentences.in_english(kept)] * 2)


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "The message is empty.",
        "100 % of it, %(never)s filled",
        '{"sentences":',
        '{"sentences":7}',
        '{"sentences":[["%(x)s"]]}',
        '{"sentences":[["",{}]]}',
        '{"sentences":[[["%(x)s",{}],{}]]}',
    ],
)
def test_plain_texts_and_what_looks_like_ours_are_shown_as_they_are(plain: str) -> None:
    assert sentences.word(plain) == sentences.in_english(plain) == plain


def test_what_a_stranger_wrote_never_formats() -> None:
    strange = '{"sentences":[["%(x)999999999s %(y)s %d %",{"x":"a"}]]}'
    assert sentences.word(strange) == "%(x)999999999s  %d %"


@given(st.text(st.characters()), st.text(st.characters()))
def test_whatever_is_kept_is_storable_and_comes_back(text: str, plain: str) -> None:
    kept = sentences.join(sentences.keep("It says %(text)s", text=text), plain)
    kept.encode()
    assert "\x00" not in kept
    assert sentences.in_english(kept).startswith("It says ")
