"""A real browser: the system's Chromium, driven by Playwright, with axe for accessibility."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.harness.waiting import PATIENCE_S, wait_until

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, one for all tests of this process."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is missing: apt-get install chromium")
    from playwright.sync_api import expect, sync_playwright

    # Playwright's loop runs in this thread, which Django takes for async code and refuses its ORM
    expect.set_options(timeout=PATIENCE_S * 1000)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    """A fresh browser profile at desktop width; `browser.new_context(viewport=PHONE)` makes others."""
    one = browser.new_context(viewport=DESKTOP)
    one.set_default_timeout(PATIENCE_S * 1000)
    yield one
    one.close()


@pytest.fixture
def page(context: Any) -> Any:
    """A page whose errors in the console fail the test at its end are in `page.errors`."""
    one = context.new_page()
    one.errors = []
    one.on("pageerror", lambda error: one.errors.append(str(error)))
    one.on("console", lambda said: one.errors.append(said.text) if said.type == "error" else None)
    return one


_AT_REST = """async () => {
    const passing = document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < Infinity);
    await Promise.allSettled(passing.map(one => one.finished));
}"""


def wait_for(page: Any, expression: str, arg: Any = None) -> None:
    """Until an expression, or a function of `arg`, is true in a page, also across a change of pages.

    Playwright's own `wait_for_function` evaluates text within the page, which our pages' policy forbids as
    soon as it has to ask twice.
    """
    from playwright.sync_api import Error

    def holds() -> bool:
        try:
            return bool(page.evaluate(expression, arg))
        except Error:  # what it speaks of is not there yet, or the page is going
            return False

    wait_until(holds, expression)


def axe(page: Any) -> list[str]:
    """What axe finds wrong with the page as it stands, a line each; [] when nothing."""
    page.evaluate(_AT_REST)  # a colour on its way to another has the contrast of neither
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {violation['help']} at {node['target']}"
        for violation in found
        for node in violation["nodes"]
    ]


def keys_scroll_the_main_pane(page: Any) -> bool:
    """Whether the window stays while Page Down, with nothing focused, moves the main pane."""
    assert page.evaluate("document.scrollingElement.scrollHeight === innerHeight"), "the window scrolls"
    pane = page.locator("#main .pane-body").first
    pane.evaluate("pane => { document.activeElement.blur(); pane.scrollTop = 0; }")
    page.keyboard.press("PageDown")
    for _try in range(30):
        if pane.evaluate("pane => pane.scrollTop > 0"):
            break
        page.wait_for_timeout(100)
    return bool(pane.evaluate("pane => pane.scrollTop > 0 && scrollY === 0"))
