"""Quoted history and signatures are folded away in the styles of six languages' clients (A16)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.harness.cpu import at_most, least_seconds
from tests.kernel.replies import INLINE, REPLIES

from tocsin.kernel.text import fold_html_quotes, fold_quotes, html_to_text, is_only_signature, sanitise_html


def _written(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r", "\n").split("\n") if line.strip()]


@pytest.mark.parametrize("name", REPLIES)
def test_history_is_folded_where_it_begins(name: str) -> None:
    visible, _, folded = REPLIES[name].partition("✂\n")
    found = fold_quotes(visible + folded)
    assert _written(found.visible) == _written(visible)
    assert _written(found.folded) == _written(folded)


@pytest.mark.parametrize("name", INLINE)
def test_what_might_be_an_answer_stays_visible(name: str) -> None:
    found = fold_quotes(INLINE[name])
    assert _written(found.visible) == _written(INLINE[name])
    assert found.folded == ""


@pytest.mark.parametrize(
    ("folded", "alone"),
    [
        ("-- \nMaria\nExample Ltd", True),
        ("Sent from my iPhone", True),
        ("-- \nMaria\n\nOn 12 January 2026 at 10:00, Nikos wrote:\n> Which one?", False),
        ("> Which one?", False),
        ("", False),
    ],
)
def test_a_signature_alone_is_no_history(folded: str, alone: bool) -> None:
    assert is_only_signature(folded) is alone


def test_there_are_enough_styles() -> None:
    assert len(REPLIES) >= 40


_LINES = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(
            [
                line
                for mail in [*REPLIES.values(), *INLINE.values()]
                for line in mail.split("\n")
                if line != "✂"
            ]
        ),
        st.sampled_from(["", ">", "> x", "-- ", "On ", "From: a", "____________", "wrote:", "\t"]),
    ),
    max_size=25,
)


@settings(max_examples=300, deadline=None)
@given(_LINES)
def test_no_written_line_is_lost_or_doubled(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = fold_quotes(text)
    assert _written(found.visible) + _written(found.folded) == _written(text)
    assert found.visible.strip() or not text.strip()


_PATHOLOGICAL = {
    "one line of >": ">" * 1_000_000,
    "lines of >": ">\n" * 500_000,
    "On in one line": "On " * 330_000,
    "On in lines": "On \n" * 250_000,
    "On with colons": "On 1 a@b.c 2026 10:00:\n" * 45_000,
    "From": "From:\n" * 160_000,
    "rules": "-----a\n" * 140_000,
    "underscores": "_" * 1_000_000,
    "underscore lines": "__________\n" * 90_000,
    "spaces": " " * 1_000_000,
    "dashes": "--\n" * 330_000,
    "addresses": ("a@" * 100 + ":\n") * 5_000,
    "stars": "*" * 200 + ("*" * 200 + "\n") * 5_000,
}


@pytest.mark.parametrize("name", _PATHOLOGICAL)
def test_a_megabyte_of_nonsense_takes_linear_time(name: str) -> None:
    with at_most(5):
        fold_quotes(_PATHOLOGICAL[name])


_WITHOUT_SCISSORS = REPLIES["gmail el"].replace("✂\n", "")


def test_a_usual_mail_costs_little() -> None:
    mail = (
        "It still fails when I send a mail to the shop.\n" * 20
        + REPLIES["gmail el"].replace("✂\n", "")
        + "\n> a" * 300
    )
    assert least_seconds(lambda: fold_quotes(mail), 20) < 0.004  # measured at 0.0004 s


_HTML = {
    "gmail": (
        '<div dir="ltr">Still broken.</div><br>',
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, Nov 16, 2026 at 10:22 AM A wrote:'
        '<br></div><blockquote class="gmail_quote">Old words</blockquote></div>',
    ),
    "outlook web": (
        "<div>Still broken.</div>",
        '<hr><div id="divRplyFwdMsg"><b>From:</b> A<br><b>Sent:</b> today</div><div>Old words</div>',
    ),
    "outlook desktop": (
        "<div><p>Still broken.</p></div>",
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt"><p><b>Από:</b> A<br>'
        "<b>Στάλθηκε:</b> χθες<br><b>Προς:</b> Β<br><b>Θέμα:</b> Γ</p></div></div><p>Old words</p>",
    ),
    "thunderbird": (
        "<p>Still broken.</p>",
        '<div class="moz-cite-prefix">On 16/11/2026 10:22, A wrote:<br></div>'
        '<blockquote type="cite">Old words'
        '</blockquote><div class="moz-signature">Me</div>',
    ),
    "apple": (
        "<div>Still broken.</div>",
        '<blockquote type="cite"><div>On 16 Nov 2026, at 10:22, A wrote:</div>Old words</blockquote>',
    ),
    "yahoo": ("<div>Still broken.</div>", '<div class="yahoo_quoted">On Monday A wrote: Old words</div>'),
}


@pytest.mark.parametrize("name", _HTML)
def test_html_history_is_folded(name: str) -> None:
    new, old = _HTML[name]
    visible, folded = fold_html_quotes(f"<html><body>{new}{old}</body></html>")
    assert "Still broken." in visible
    assert "Old words" not in visible
    assert "Old words" in folded
    assert "Still broken." not in folded


@pytest.mark.parametrize(
    "html",
    [
        '<div>Hi</div><div class="gmail_quote"><div class="gmail_attr">On 1 wrote:</div><blockquote>Which?'
        "</blockquote><div>The second one.</div><blockquote>When?</blockquote></div>",
        '<p>See</p><blockquote type="cite">Which?</blockquote><p>The second one.</p>',
        '<p>See my answers below</p><hr><div id="divRplyFwdMsg"><b>From:</b> A</div>'
        "<p>Which? The second one.</p>",
        '<div>FYI</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ----<br>'
        "</div>The second one.</div>",
        '<blockquote type="cite">The second one.</blockquote>',
        "<p>The second one.</p>",
    ],
)
def test_html_that_may_hold_an_answer_stays_whole(html: str) -> None:
    assert fold_html_quotes(html) == (html, "")


_CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


@pytest.mark.skipif(not _CORPUS.is_dir(), reason="the collection of awkward mails is not on this machine")
def test_awkward_real_texts_are_read_whole() -> None:
    for path in _CORPUS.rglob("*.eml"):
        text = path.read_bytes().decode("utf-8", "replace")
        found = fold_quotes(text)
        assert _written(found.visible) + _written(found.folded) == _written(text), path.name
        for part in fold_html_quotes(text):
            sanitise_html(part)
            html_to_text(part)
