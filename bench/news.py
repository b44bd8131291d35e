"""The news page's requests per second, beside the same bytes from a bare uvicorn application."""

from __future__ import annotations

import contextlib
import http.client
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from tests.harness.processes import free_port
from tests.harness.waiting import wait_until

from bench.figures import Figure, median
from bench.site import Site, running_site

PATHS = ("/status/en/", "/banner.js", "/status/api/v2/summary.json")
CONNECTIONS = 8
ROUNDS = 5
ROUND_S = 1.0

_BARE = """
import sys, uvicorn
from pathlib import Path
body = Path(sys.argv[1]).read_bytes()
start = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]}
async def app(scope, receive, send):
    await send(start)
    await send({"type": "http.response.body", "body": body})
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), loop="uvloop", http="httptools", lifespan="off",
            log_config=None, access_log=False, server_header=False)
"""


def measure() -> list[Figure]:
    """Requests per second over kept connections, product and floor in turns, the median of each."""
    with running_site() as site:
        site.post("/components", {"key": "mail", "name": {"en": "Mail", "el": "Αλληλογραφία"}})
        port = site.installation.port
        wait_until(lambda: b"Mail" in _body(port, PATHS[0]), "the page shows the component")
        return [figure for path in PATHS for figure in _figures(site, path)]


def _figures(site: Site, path: str) -> list[Figure]:
    """By the clock, and by the server's CPU, which other work on the machine does not change."""
    port = site.installation.port
    ours, floors = [], []
    with _bare_server(_body(port, path)) as (bare, process):
        for _ in range(ROUNDS):
            ours.append(_rates(port, path, lambda: site.cpu_seconds("web")))
            floors.append(_rates(bare, path, lambda: float(sum(process.cpu_times()[:2]))))
    by_clock, by_cpu = (median(rates) for rates in zip(*ours, strict=True))
    bare_by_clock, bare_by_cpu = (median(rates) for rates in zip(*floors, strict=True))
    name = "the same bytes from a bare uvicorn app"
    return [
        Figure(f"news: {path}", by_clock, "requests/s", name, bare_by_clock, at_least=0.15),
        Figure(f"news: {path}", by_cpu, "requests/CPU second", name, bare_by_cpu, at_least=0.4),
    ]


def _body(port: int, path: str) -> bytes:
    plug = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    plug.request("GET", path)
    response = plug.getresponse()
    body = response.read()
    plug.close()
    assert response.status == 200, f"{path}: {response.status}"
    return body


@contextlib.contextmanager
def _bare_server(body: bytes) -> Iterator[tuple[int, psutil.Process]]:
    port = free_port()
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(body)
        process = subprocess.Popen([sys.executable, "-c", _BARE, file.name, str(port)])
        try:
            wait_until(lambda: _listens(port), "the bare server answers")
            yield port, psutil.Process(process.pid)
        finally:
            process.kill()
            process.wait()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError):
        return len(_body(port, "/")) > 0
    return False


def _rates(port: int, path: str, cpu_seconds: Callable[[], float]) -> tuple[float, float]:
    """Requests per second and per second of the server's CPU; one thread keeps several connections busy."""
    ask = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    plugs = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    done, began, worked = 0, time.perf_counter(), cpu_seconds()
    while time.perf_counter() - began < ROUND_S:
        for plug in plugs:
            plug.sendall(ask)
        for plug in plugs:
            _read_answer(plug)
        done += len(plugs)
    rates = done / (time.perf_counter() - began), done / max(cpu_seconds() - worked, 0.01)
    for plug in plugs:
        plug.close()
    return rates


def _read_answer(plug: socket.socket) -> None:
    data = plug.recv(65536)
    while b"\r\n\r\n" not in data:
        data += plug.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(plug.recv(65536))
