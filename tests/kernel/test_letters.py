"""Letters: text to HTML and back, with nothing in it that the writer did not mean."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.harness.cpu import at_most

from tocsin.kernel.text import (
    html_to_text,
    letter_html,
    letter_text,
    mailable_html,
    picture_names,
    sanitise_html,
    text_of_letter_html,
    without_lost_pictures,
)

LETTER = """Hello Maria,

please try **this** and `tocsin up`:
https://example.test/a?b=1&c=(2).

- one <b>
- two

1. first
2. second

-- 
Nikos
Support, ACME

On 3 May, Maria wrote:
> It is down
> > since when?"""


def bare(html: str) -> str:
    """Without attributes, for reading."""
    return re.sub(r"<(\w+)[^>]*>", r"<\1>", html)


def test_what_is_understood() -> None:
    assert bare(letter_html(LETTER)).split("\n") == [
        "<p>Hello Maria,</p>",
        "<p>please try <strong>this</strong> and <code>tocsin up</code>:<br>",
        "<a>https://example.test/a?b=1&amp;c=(2)</a>.</p>",
        "<ul><li>one &lt;b&gt;</li><li>two</li></ul>",
        "<ol><li>first</li><li>second</li></ol>",
        "<p>-- <br>",
        "Nikos<br>",
        "Support, ACME</p>",
        "<p>On 3 May, Maria wrote:</p>",
        "<blockquote><p>It is down</p>",
        "<blockquote><p>since when?</p></blockquote></blockquote>",
    ]


@pytest.mark.parametrize(
    "text",
    ["2 * 3 * 4 = 24", "a ** b ** c", "snake_case_name", "5. May", "# a title", "-1 is less than 0"],
)
def test_a_sentence_is_not_spoilt(text: str) -> None:
    assert html_to_text(letter_html(text)).strip().removeprefix("5. ") == text.removeprefix("5. ")
    assert "<strong>" not in letter_html(text)


def test_numbers_that_mean_something_stay() -> None:
    assert "3. third" in letter_html("3. third\n7. seventh")
    assert '<ol start="3"' in letter_html("3. third\n4. fourth")


def test_a_picture_stands_where_its_name_is() -> None:
    text = "Look:\n![screen.png]\n> ![screen.png]"
    assert picture_names(text) == ["screen.png"]
    html = letter_html(text, {"screen.png": "abc@example.test"})
    assert html.count("<img") == 1  # what is quoted is another's letter
    assert 'src="cid:abc@example.test" alt="screen.png"' in html
    assert letter_text(text) == "Look:\n[screen.png]\n> [screen.png]"
    assert "<img" not in letter_html(text)


def test_a_picture_that_does_not_come_along_leaves_no_mark() -> None:
    text = "Press ![a.png] here:\n![lost.png]\n\n![kept.png]\n> ![theirs.png]\nvec![1, 2]"
    assert without_lost_pictures(text, {"kept.png"}) == (
        "Press here:\n\n![kept.png]\n> ![theirs.png]\nvec![1, 2]"
    )
    assert without_lost_pictures("![lost.JPG]", ()) == ""


def test_each_block_finds_its_own_direction() -> None:
    html = letter_html("Hello\n\nשלום\n\n- one")
    assert html.count('dir="auto"') == 3


@given(st.text(alphabet=st.sampled_from("ab <>&\"'*`![]()-_>\n1.:/@hтps"), max_size=200))
def test_nothing_that_acts_comes_out(text: str) -> None:
    html = letter_html(text, {"a": 'x"><script>'})
    assert "<script" not in html
    allowed = {"p", "br", "ul", "ol", "li", "blockquote", "strong", "code", "a", "img"}
    assert set(re.findall(r"</?([a-z]+)[ >]", html)) <= allowed
    said = re.sub(r"\s", "", html_to_text(sanitise_html(letter_html(text)).html))
    assert set(said) <= set(text) | set("0123456789.•-")


@pytest.mark.parametrize("evil", ["`", "**a", "> ", "(a", "a@b.", "![", "http://(", "- ", "1. "])
def test_a_hostile_letter_takes_no_time(evil: str) -> None:
    with at_most(3):
        letter_html(evil * 50_000)
        letter_html(f"{evil}\n" * 5_000)


def test_html_of_a_program_keeps_its_style_and_loses_what_acts() -> None:
    html = mailable_html(
        "<style>.big{font-size:20px}</style><p class=big onclick=steal()>Hi</p><script>1</script>"
        '<img src="https://example.test/logo.png">'
    )
    assert 'style="font-size:20px"' in html
    assert "onclick" not in html and "script" not in html
    assert 'src="https://example.test/logo.png"' in html


def test_text_of_html_names_where_links_lead() -> None:
    html = (
        '<p>See <a href="https://a.test/x?a=1&amp;b=2">here</a> or <a href="https://b.test/">b.test</a></p>'
    )
    assert text_of_letter_html(html) == "See here (https://a.test/x?a=1&b=2) or b.test"
