"""The banner in a real browser: it says what it should and leaves its host alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.harness.browser import PHONE, axe, wait_for
from tests.statuspage.conftest import Served
from tests.statuspage.examples import NOW, busy, calm, maintenance, minutes, outage, repaired
from tests.statuspage.test_v2 import only_documents

from tocsin.statuspage import render
from tocsin.statuspage.public.shelf import make_ready
from tocsin.statuspage.rules import PageState

pytestmark = pytest.mark.browser

WEIRD = """
* { display: inline !important; position: static !important; color: lime !important;
    font-size: 40px !important; background: black !important; z-index: 1 !important }
div, tocsin-banner, svg, a, button { float: left !important; visibility: hidden !important;
    opacity: 0 !important }
body *, tocsin-banner { transform: rotate(3deg) !important }
html, body { display: grid !important; gap: 30px !important; height: 100vh }
"""


class Host:
    """A customer's program that carries the banner, and the server that feeds it."""

    def __init__(self, serve: Callable[[Any], Served], context: Any) -> None:
        self.app = only_documents(calm())
        self.server = serve(self.app)
        self.context = context
        self.page = context.new_page()
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda said: self.errors.append(said.text) if said.type in {"error", "warning"} else None,
        )
        self.page.on("request", lambda request: self.requests.append(request.url))
        self._html, self._headers = b"", [(b"content-type", b"text/html")]
        # a real server of its own: Chromium refuses a made-up page the way to the loopback
        self.origin = serve(self._answer).url

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._html})

    def say(self, state: PageState) -> None:
        """What the company publishes from now on; moments are counted from the browser's present."""
        made = render.documents(state)
        told = json.loads(made["/status/banner.json"].body)
        for matter in told["matters"]:
            matter["until"] = matter["until"] and 4_000_000_000_000
        body = json.dumps(told).encode()
        ready, _ = make_ready({"/status/banner.json": (made["/status/banner.json"].content_type, body)})
        self.app._shelf.put(ready, {}, "en")

    def open(self, *, head: str = "", tag: str = "", body: str = "<main><h1>Program</h1><p>Work.</p></main>",
             policy: str = "", language: str = "en") -> None:  # fmt: skip
        script = f'<script src="{self.server.url}/banner.js" async {tag}></script>'
        top = f"<title>Program</title><link rel=icon href=data:,>{head}{script}"
        html = f'<!doctype html><html lang="{language}"><head>{top}</head><body>{body}</body></html>'
        self._html = html.encode()
        if policy:
            self._headers.append((b"content-security-policy", policy.encode()))
        self.page.goto(self.origin + "/")

    def line(self) -> Any:
        return self.page.locator("tocsin-banner [role=status]")

    def wait_said(self, text: str) -> None:
        wait_for(
            self.page,
            "text => (document.querySelector('tocsin-banner')?.shadowRoot.textContent || '').includes(text)",
            arg=text,
        )

    def poll(self) -> None:
        """The next look, without waiting a minute for it."""
        self.page.evaluate("window.dispatchEvent(new Event('online'))")


@pytest.fixture
def host(serve: Callable[[Any], Served], context: Any) -> Host:
    return Host(serve, context)


def test_nothing_is_there_while_everything_works(host: Host) -> None:
    host.open()
    host.page.wait_for_timeout(400)
    assert host.page.locator("tocsin-banner").count() == 0
    assert host.errors == []


def test_red_then_yellow_then_green_then_gone(host: Host) -> None:
    host.say(outage())
    host.open()
    host.wait_said("Mail and Webmail have been down for some customers since")
    assert host.line().get_attribute("class") == "red"
    watched = replace(outage().incidents[0], status="monitoring")
    host.say(calm(incidents=(watched,)))
    host.poll()
    host.wait_said("should work again")
    assert host.line().get_attribute("class") == "yellow"
    host.say(calm(incidents=(repaired(103, start=NOW - minutes(60), lasted=minutes(50)),)))
    host.poll()
    host.wait_said("Mail works again.")
    assert host.line().get_attribute("class") == "green"
    host.say(calm())
    host.poll()
    wait_for(host.page, "!document.querySelector('tocsin-banner').shadowRoot.textContent")
    assert host.errors == []


def test_closed_stays_closed_until_there_is_news(host: Host) -> None:
    host.say(outage())
    host.open()
    host.wait_said("Mail")
    host.page.keyboard.press("Tab")
    host.page.keyboard.press("Tab")
    host.page.keyboard.press("Enter")
    wait_for(host.page, "!document.querySelector('tocsin-banner').shadowRoot.textContent")
    host.page.reload()
    host.page.wait_for_timeout(400)
    assert host.page.locator("tocsin-banner").count() == 0
    one = outage().incidents[0]
    news = replace(one.updates[0], id=9999)
    host.say(calm(incidents=(replace(one, updates=(news, *one.updates)),)))
    host.poll()
    host.wait_said("Mail")


def test_language_and_chosen_components(host: Host) -> None:
    host.say(busy())
    host.open(language="el-GR", tag='data-components="portal, nothing"')
    host.wait_said("Πύλη πελατών")
    assert host.line().get_attribute("lang") == "el"


def test_other_components_do_not_concern(host: Host) -> None:
    host.say(outage())
    host.open(tag='data-components="web" data-language="el"')
    host.page.wait_for_timeout(400)
    assert host.page.locator("tocsin-banner").count() == 0


@pytest.mark.parametrize("head", ["", f"<style>{WEIRD}</style>"])
def test_the_host_is_as_it_was(host: Host, head: str) -> None:
    measure = """() => [...document.body.querySelectorAll('*')].map(one => {
        const box = one.getBoundingClientRect()
        return [one.tagName, box.x, box.y, box.width, box.height] })"""
    names = "() => Object.getOwnPropertyNames(window).sort().join()"
    host.open(head=head)
    before, globals_before = host.page.evaluate(measure), host.page.evaluate(names)
    host.say(outage())
    host.poll()
    host.wait_said("Mail")
    assert host.page.evaluate(measure) == before
    assert host.page.evaluate(names) == globals_before
    box = host.line().bounding_box()
    assert box["x"] == 0 and 44 <= box["height"] <= 60 and box["width"] == 1440
    style = host.line().evaluate(
        "one => { const s = getComputedStyle(one); return [s.backgroundColor, s.fontSize, s.color] }"
    )
    assert style == ["rgb(176, 21, 30)", "15px", "rgb(255, 255, 255)"]
    assert host.errors == []


def test_under_a_strict_policy(host: Host) -> None:
    host.say(outage())
    server = host.server.url
    host.open(
        policy=f"default-src 'none'; img-src data:; script-src {server}; "
        f"connect-src {server}; style-src 'self'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    host.wait_said("Mail and Webmail")
    assert host.line().evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(176, 21, 30)"
    assert host.errors == []


def test_offline_it_says_what_it_knew_and_complains_of_nothing(host: Host) -> None:
    host.say(outage())
    host.open()
    host.wait_said("Mail")
    kept = host.page.evaluate("JSON.stringify(localStorage)")
    assert "I-0000103" in kept
    host.context.add_init_script("Object.defineProperty(navigator, 'onLine', {get: () => false})")
    host.requests.clear()
    host.page.reload()
    host.wait_said("Mail")
    assert not [url for url in host.requests if "banner.json" in url]
    assert host.errors == []


def test_without_storage_it_still_works(host: Host) -> None:
    host.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})"
    )
    host.say(outage())
    host.open()
    host.wait_said("Mail")
    host.page.locator("tocsin-banner button").click()
    wait_for(host.page, "!document.querySelector('tocsin-banner').shadowRoot.textContent")
    assert host.errors == []


@pytest.mark.parametrize(
    "answer",
    ["not json", "null", '{"matters": [{}]}', '{"matters": 3}', '{"matters":[{"id":"x","components":[]}]}'],
)
def test_a_broken_answer_harms_nobody(host: Host, answer: str) -> None:
    headers = {"access-control-allow-origin": "*", "content-type": "application/json"}
    host.page.route("**/banner.json", lambda route: route.fulfill(status=200, body=answer, headers=headers))
    host.open()
    host.page.wait_for_timeout(500)
    assert host.errors == []


def test_the_tag_twice_is_one_banner(host: Host) -> None:
    host.say(outage())
    host.open(head=f'<script src="{host.server.url}/banner.js"></script>')
    host.wait_said("Mail")
    assert host.page.locator("tocsin-banner").count() == 1
    assert len([url for url in host.requests if url.endswith("banner.json")]) == 1


def test_it_is_accessible_and_fits_a_phone(host: Host) -> None:
    host.page.set_viewport_size(PHONE)
    host.say(outage())
    host.open()
    host.wait_said("Mail")
    host.page.wait_for_timeout(100)
    assert axe(host.page) == []
    assert not host.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    names = [
        one.get_attribute("aria-label") or one.inner_text()
        for one in host.page.locator("tocsin-banner a, tocsin-banner button").all()
    ]
    assert names == ["Details", "Close"]


def test_maintenance_is_yellow_with_its_own_shape(host: Host) -> None:
    host.say(calm(incidents=(maintenance(1, start=NOW - minutes(5), lasts=minutes(60)),)))
    host.open()
    host.wait_said("Maintenance of Databases is under way until")
    assert host.line().get_attribute("class") == "yellow"
    assert host.page.locator("tocsin-banner path").get_attribute("d").startswith("M6 0 12 6")


# --- The pages themselves --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/status/", "/status/el/", "/status/history/", "/status/incidents/I-0000103/", "/status/x"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_accessible_and_fit(serve: Any, browser: Any, path: str, scheme: str, width: int) -> None:
    server = serve(only_documents(busy()))
    context = browser.new_context(viewport={"width": width, "height": 850}, color_scheme=scheme)
    page = context.new_page()
    errors: list[str] = []
    page.on(
        "console",
        lambda said: errors.append(said.text) if said.type == "error" and "404" not in said.text else None,
    )
    page.goto(server.url + path)
    assert axe(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert errors == []
    context.close()


def test_the_page_reads_without_javascript(serve: Any, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(serve(only_documents(outage())).url + "/status/")
    assert "Mail and Webmail have been down" in page.inner_text("h1")
    page.click("summary")
    assert page.get_by_text("We are looking into it.").is_visible()
    context.close()


def test_an_open_page_announces_news_and_lets_the_reader_decide(serve: Any, context: Any) -> None:
    app = only_documents(calm())
    page = context.new_page()
    page.clock.install()
    page.goto(serve(app).url + "/status/en/")
    page.wait_for_timeout(300)
    made = render.documents(outage())
    ready, default = make_ready({path: (one.content_type, one.body) for path, one in made.items()})
    app._shelf.put(ready, {}, default)
    page.clock.fast_forward(61_000)
    page.get_by_text("There is news. Show it.").click()
    wait_for(page, "document.querySelector('h1').innerText.includes('Mail')")
