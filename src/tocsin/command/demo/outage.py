"""`tocsin demo --outage`: find the running demo, or start one, and play the outage on it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tocsin.command.children import die_with_parent, tocsin
from tocsin.command.demo import company
from tocsin.command.demo.place import is_running, recall
from tocsin.command.faults import Fault
from tocsin.command.installation import ready_django
from tocsin.command.mail_in import NotTaken, connected
from tocsin.command.up import say

_START_S = 180.0
_STOP_S = 40.0


def play_on(data: Path, host: str, port: int, *, fast: bool) -> int:
    """Play it on the demo of this folder. One that was started for it runs on until Ctrl-C."""
    if is_running(data):
        _wait_until_ready(data, None)
        _play(data, fast)
        return 0
    with _own_demo(data, host, port) as demo:
        _wait_until_ready(data, demo)
        _play(data, fast)
        say("\nThe demo runs on, so that you can look around. Ctrl-C stops it.")
        return demo.wait()


@contextlib.contextmanager
def _own_demo(data: Path, host: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A demo of our own, which ends with us, in order."""
    demo = subprocess.Popen(
        tocsin("demo", "--data", str(data), "--host", host, "--port", str(port)),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    stopped = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield demo
    finally:
        signal.signal(signal.SIGTERM, stopped)
        demo.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            demo.wait(_STOP_S)


def _wait_until_ready(data: Path, demo: subprocess.Popen[bytes] | None) -> None:
    """Until the demo takes mail, which it does last."""
    deadline = time.monotonic() + _START_S
    while not (recall(data) and _takes_mail(data)):
        if demo and demo.poll() is not None:
            raise Fault("The demo ended; the reason is above.")
        if not demo and not recall(data):
            raise Fault(f"What runs on {data} is not a demo, so no outage is played on it.")
        if time.monotonic() > deadline:
            raise Fault("The demo does not take mail.")
        time.sleep(0.2)


def _takes_mail(data: Path) -> bool:
    try:
        connected(str(mail_socket(data))).close()
    except (NotTaken, OSError):
        return False
    return True


def mail_socket(data: Path) -> Path:
    """Where mail is handed in."""
    return data / "run" / "mail.sock"


def _play(data: Path, fast: bool) -> None:
    """With Django on the demo's database, in the demo's own environment."""
    place = recall(data)
    os.environ.update(
        TOCSIN_URL=place["url"],
        TOCSIN_SMTP_URL=place["smtp"],
        TOCSIN_MAIL_FROM=company.MAIL_FROM,
        TOCSIN_COMPANY=company.NAME,
        TOCSIN_TIME_ZONE=company.TIME_ZONE,
    )
    os.environ.setdefault("TOCSIN_LOG_LEVEL", "WARNING")
    with ready_django(data):
        from tocsin.command.demo.play import Play

        Play(data, place["url"], fast=fast).run()
