"""A real installation for a benchmark: `tocsin up` with its own database, fsync on, in a fresh folder."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import psutil
from build_backend import compile_translations
from tests.harness.processes import Installation, ProductProcess
from tests.harness.waiting import wait_until

from tocsin.command.postgres import running_url

SUPPORT = "support@bench.example"
_IDLE_S = 2.0


class Site:
    """What a benchmark needs of it."""

    def __init__(self, installation: Installation, up: ProductProcess) -> None:
        self.installation = installation
        self._up = up
        self.data = installation.data
        self.database_url = str(running_url(installation.data))
        self._token = installation.run("api-key", "create", "bench").stdout.decode().strip()

    @property
    def mail_socket(self) -> str:
        """Where it takes mail."""
        return str(self.data / "run" / "mail.sock")

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One POST to the API. AssertionError unless it is answered with 201."""
        plug = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=60)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        plug.request("POST", f"/api/v1{path}", json.dumps(body), headers)
        response = plug.getresponse()
        answer: dict[str, Any] = json.load(response)
        plug.close()
        assert response.status == 201, answer
        return answer

    @contextlib.contextmanager
    def worker_paused(self) -> Iterator[None]:
        """Nothing but what the caller runs works on the database meanwhile."""
        workers = self._children("worker")
        for worker in workers:
            worker.suspend()
        try:
            yield
        finally:
            for worker in workers:
                worker.resume()

    def cpu_seconds(self, name: str) -> float:
        """What `web`, `worker` or `database` has used of the CPU so far: steadier than the clock."""
        return sum(_family_cpu(process) for process in self._children(name))

    def pids(self, name: str) -> list[int]:
        """The process ids of `web`, the workers (`worker`) or the `database`."""
        return [process.pid for process in self._children(name)]

    def _children(self, name: str) -> list[psutil.Process]:
        found = self._up.children(name)
        assert found, f"there is no {name}"
        return found

    def browser(self) -> Browser:
        """A signed-in agent."""
        made = self.installation.run("staff", "create", "agent@bench.example", "--role", "admin")
        return Browser(self.installation.port, "agent@bench.example", made.stdout.decode().strip())


class Browser:
    """One kept connection with a session, as an agent's browser has."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self._plug = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}
        self._used_at = time.monotonic()
        self.post("/account/login/", username=user, password=password)

    def get(self, path: str) -> bytes:
        """The page. AssertionError unless it is answered with 200."""
        status, body = self._ask("GET", path)
        assert status == 200, f"{path}: {status}"
        return body

    def post(self, path: str, **fields: str) -> None:
        """Fill in the form of a page. AssertionError unless it leads elsewhere, as what succeeds does."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path).decode())
        assert token
        form = fields | {"csrfmiddlewaretoken": token[1]}
        status, _ = self._ask("POST", path, urllib.parse.urlencode(form))
        assert status == 302, f"{path}: {status}"

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if time.monotonic() - self._used_at > _IDLE_S:
            self._plug.close()  # the server has hung up by now; the request opens it anew
        self._plug.request(method, path, body, headers)
        self._used_at = time.monotonic()
        response = self._plug.getresponse()
        content = response.read()
        for line in response.headers.get_all("Set-Cookie") or []:
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return response.status, content


def _family_cpu(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    gone = process.cpu_times()
    return sum(_cpu(one) for one in family) + float(gone.children_user + gone.children_system)


def _cpu(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.NoSuchProcess):
        return float(sum(process.cpu_times()[:2]))
    return 0.0


@contextlib.contextmanager
def running_site(**env: str) -> Iterator[Site]:
    """Started, and ended with everything it left."""
    compile_translations()
    data = Path(tempfile.mkdtemp(prefix="tocsin-bench-"))
    data.chmod(0o711)
    quiet = {"TOCSIN_MOVABLE_CLOCK": "", "TOCSIN_LOG_LEVEL": "WARNING"}
    installation = Installation(data, TOCSIN_MAIL_FROM=SUPPORT, **quiet, **{"TOCSIN_WORKERS": "", **env})
    try:
        up = installation.start_up()
        wait_until(lambda: "is ready at" in up.output, "it is ready")
        yield Site(installation, up)
    finally:
        installation.end()
        home = data / "postgres"
        if home.is_symlink():
            shutil.rmtree(home.resolve(), ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)
