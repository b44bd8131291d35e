"""The pictures in docs/pictures: `python -m tests.harness.pictures`.

Starts the demo in a folder of its own, plays its outage to the middle, and photographs inbox, ticket, war
room and news page, on a desktop and a phone, light and dark. Takes two minutes or three.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.harness.browser import CHROMIUM, FLAGS, PHONE
from tests.harness.png import smaller
from tests.harness.processes import answers, free_port
from tests.harness.waiting import wait_until

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
LARGEST = 150_000
"""Bytes a picture may have: it comes with every copy of the source."""
LOGIN = ("eleni@anemona.example", "demo-eleni")
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": PHONE}
# The last line that the play says before it goes on to the next update: the alert is well under way.
_MIDDLE = "    in the queue:"
_START_S = 240.0


def main() -> int:
    """Take all pictures; 1 when one is too large."""
    if not CHROMIUM.exists():
        print("Chromium is missing: apt-get install chromium")
        return 1
    PICTURES.mkdir(exist_ok=True)
    with _demo() as (data, url):
        alert = _play_to_the_middle(data)
        too_large = [path for path in _photograph(url, alert) if path.stat().st_size > LARGEST]
    for path in too_large:
        print(f"{path.name} has {path.stat().st_size} bytes, more than {LARGEST}.")
    return 1 if too_large else 0


@contextlib.contextmanager
def _demo() -> Iterator[tuple[Path, str]]:
    """A demo that is ready, and ends with us."""
    data = Path(tempfile.mkdtemp(prefix="tocsin-pictures-"))
    data.chmod(0o711)
    port = str(free_port())
    process = subprocess.Popen([*_TOCSIN, "demo", "--data", str(data), "--port", port], env=_environment())
    try:
        ready = data / "run" / "mail.sock"
        url = f"http://127.0.0.1:{port}"
        wait_until(
            lambda: ready.exists() and answers(f"{url}/health/"), "the demo is ready", patience_s=_START_S
        )
        yield data, url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        shutil.rmtree(data, ignore_errors=True)


def _play_to_the_middle(data: Path) -> str:
    """The outage until everybody is informed and half of its stories are told; returns the alert's page."""
    with subprocess.Popen(
        [*_TOCSIN, "demo", "--outage", "--data", str(data)],
        env=_environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as play:
        assert play.stdout is not None
        alert, reached = "", False
        for line in play.stdout:
            print(line, end="")
            if "/alerts/" in line:
                alert = line[line.index("/alerts/") :].strip()
            reached = reached or "web hosting only" in line
            if reached and line.startswith(_MIDDLE):
                break
        play.send_signal(signal.SIGKILL)
    return alert


_TOCSIN = [sys.executable, "-m", "tocsin.command"]


def _environment() -> dict[str, str]:
    """Ours, without what names another installation."""
    return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}


def _photograph(url: str, alert: str) -> Iterator[Path]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for size, viewport in SIZES.items():
            for theme in ("light", "dark"):
                context = browser.new_context(
                    viewport=viewport, color_scheme=theme, has_touch=size == "phone"
                )
                page = context.new_page()
                _sign_in(page, url)
                for name, path in _pages(page, url, alert).items():
                    page.goto(url + path)
                    yield _taken(page, PICTURES / f"{name}-{size}-{theme}.png")
                context.close()
        browser.close()


def _sign_in(page: Any, url: str) -> None:
    page.goto(url)
    page.fill("[name=username]", LOGIN[0])
    page.fill("[name=password]", LOGIN[1])
    page.press("[name=password]", "Enter")
    page.locator("[data-row]").first.wait_for()


def _pages(page: Any, url: str, alert: str) -> dict[str, str]:
    """What is shown, and where; the ticket is the first one that went to and fro."""
    page.goto(f"{url}/inbox/?view=mine")
    ticket = page.locator("[data-row] .row-link").first.get_attribute("href")
    return {"inbox": "/inbox/", "ticket": ticket, "war-room": alert, "news": "/status/"}


def _taken(page: Any, path: Path) -> Path:
    page.wait_for_load_state("load")
    time.sleep(0.5)
    path.write_bytes(smaller(page.screenshot()))
    print(path.name, path.stat().st_size)
    return path


if __name__ == "__main__":
    sys.exit(main())
