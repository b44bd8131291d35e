"""HTML answers of the usual clients: what is new is shown, what is old lies behind the control (A16)."""

from __future__ import annotations

import pytest
from tests.channels.corpus import histories
from tests.channels.corpus.case import Case
from tests.channels.test_reading import ENVELOPE

from tocsin.channels.email.read import read
from tocsin.kernel.text import (
    MailPage,
    Pictures,
    fold_quotes,
    html_to_text,
    is_forward,
    present_html,
    sanitise_html,
)


def page_of(case: Case) -> tuple[MailPage, bool]:
    """The mail as it is shown, and whether its subject says that it was forwarded."""
    inbound = read(case.raw, ENVELOPE)
    forwarded = is_forward(inbound.subject)
    stored = sanitise_html(inbound.html).html
    return present_html(stored, Pictures(lambda _name: None), forwarded=forwarded), forwarded


@pytest.mark.parametrize("case", histories.CASES, ids=lambda case: case.name)
def test_the_laid_out_mail(case: Case) -> None:
    page, _forwarded = page_of(case)
    shown, folded = html_to_text(page.new), html_to_text(page.history)
    for words in case.expected["shown"]:
        assert words in shown
        assert words not in folded
    for words in case.expected["folded"]:
        assert words in folded
        assert words not in shown
    assert folded.strip() or not case.expected["folded"]
    assert bool(page.history) == bool(case.expected["folded"])


@pytest.mark.parametrize("case", histories.CASES, ids=lambda case: case.name)
def test_nothing_is_lost_or_doubled(case: Case) -> None:
    page, _forwarded = page_of(case)
    whole = html_to_text(sanitise_html(read(case.raw, ENVELOPE).html).html)
    assert _letters(html_to_text(page.new) + html_to_text(page.history)) == _letters(whole)


@pytest.mark.parametrize("case", histories.CASES, ids=lambda case: case.name)
def test_its_plain_text_is_folded_alike(case: Case) -> None:
    if "in red" in case.name:
        pytest.skip("plain text has no colours")
    inbound = read(case.raw, ENVELOPE)
    visible = fold_quotes(inbound.text, forwarded=is_forward(inbound.subject)).visible
    for words in case.expected["shown"]:
        assert words in visible
    if not _is_known_by_wrapper_alone(case):
        for words in case.expected["folded"]:
            assert words not in visible


def test_there_are_enough() -> None:
    assert len(histories.CASES) >= 40
    assert len({case.name for case in histories.CASES}) == len(histories.CASES)


def _is_known_by_wrapper_alone(case: Case) -> bool:
    """Text that came from HTML keeps words, but not the names of the wrappers."""
    return any(words in case.name for words in ("nobody here knows", "mail.ru"))


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())
