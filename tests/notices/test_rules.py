"""Which words a recipient gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.notices.rules import choose_words, why_unreachable

TEXTS = {"en": {"subject": "S", "text": "english"}, "el": {"subject": "Σ", "text": "ελληνικά"}}


@pytest.mark.parametrize(
    ("wanted", "got"),
    [("el", "el"), ("en", "en"), ("ru", "en"), ("", "en"), ("el-CY", "el"), ("xx-yy", "en")],
)
def test_declared_else_english(wanted: str, got: str) -> None:
    assert choose_words(TEXTS, wanted).language == got


def test_without_english_the_first_there_is() -> None:
    assert choose_words({"el": TEXTS["el"], "hr": {"text": "hrvatski"}}, "ru").language == "el"
    assert choose_words({"en": {"text": "  "}, "hr": {"text": "hrvatski"}}, "en").language == "hr"


def test_nothing_to_say_is_an_error() -> None:
    with pytest.raises(ValueError, match="without any text"):
        choose_words({"en": {"text": " "}}, "en")


@given(
    st.dictionaries(st.sampled_from(["en", "el", "ru", "hr"]), st.text("ab ", min_size=1)),
    st.text(max_size=5),
)
def test_never_empty(texts: dict[str, str], wanted: str) -> None:
    given_texts = {language: {"subject": "", "text": text} for language, text in texts.items()}
    if any(text.strip() for text in texts.values()):
        assert choose_words(given_texts, wanted).text.strip()


@pytest.mark.parametrize(
    ("address", "ticket", "refusal", "bounced", "why"),
    [
        ("a@b", False, "", False, ""),
        ("", False, "", False, "no_address"),
        ("a@b", False, "unsubscribed", False, "unsubscribed"),
        ("a@b", False, "complained", True, "complained"),
        ("a@b", False, "", True, "bounced"),
        ("a@b", True, "unsubscribed", True, ""),
        ("", True, "", False, "no_address"),
    ],
)
def test_why_nothing_is_sent(address: str, ticket: bool, refusal: str, bounced: bool, why: str) -> None:
    assert why_unreachable(address, has_ticket=ticket, refusal=refusal, bounced=bounced) == why
