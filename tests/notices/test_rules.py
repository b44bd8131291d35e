"""Which words a recipient gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.notices import rules
from tocsin.notices.rules import Plan, choose_words
from tocsin.people.rules import Way

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


A, B, DEAD = Way("email", "a@b"), Way("sms", "+1"), Way("email", "old@b", is_dead=True)


@pytest.mark.parametrize(
    ("ways", "ticket", "refusal", "plan"),
    [
        ([A, B], False, "", Plan((A, B), "a@b")),
        ([], False, "", Plan(unreachable="no_address")),
        ([], True, "", Plan(unreachable="no_address")),
        ([A], False, "unsubscribed", Plan(address="a@b", unreachable="unsubscribed")),
        ([DEAD], False, "complained", Plan(address="old@b", unreachable="complained")),
        ([DEAD], False, "", Plan(address="old@b", unreachable="bounced")),
        ([DEAD], True, "unsubscribed", Plan((DEAD,), "old@b")),
        ([DEAD, B, A], False, "", Plan((B, A), "+1", instead_of="old@b")),
    ],
)
def test_how_somebody_is_told_or_why_not(ways: list[Way], ticket: bool, refusal: str, plan: Plan) -> None:
    assert rules.plan(ways, worked=None, has_ticket=ticket, refusal=refusal) == plan


def test_the_way_that_worked_goes_first() -> None:
    found = rules.plan([A, DEAD, B], worked=("sms", "+1"), has_ticket=False, refusal="")
    assert found == Plan((B, A), "+1", instead_of="a@b")
    gone = rules.plan([A, B], worked=("sms", "+2"), has_ticket=False, refusal="")
    assert gone == Plan((A, B), "a@b")


def test_the_next_way_is_the_first_by_which_we_can_write() -> None:
    left = [["shouts", "@a"], ["email", "a@b"]]
    assert rules.next_way(left, {"email", "shouts"}) == ("shouts", "@a")
    assert rules.next_way(left, {"email"}) == ("email", "a@b")
    assert rules.next_way(left, {}) is None
