"""Real product processes on free ports and fresh data folders, with their output kept."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.harness.waiting import PATIENCE_S, wait_until

HEALTH = "/health/"


def free_port() -> int:
    """A TCP port on the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether something serves this address, whatever it says short of a server error."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status < 500)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


class ProductProcess:
    """One `tocsin …` process, leader of its own process group, its output in a file."""

    def __init__(self, python: str, arguments: list[str], env: dict[str, str], log: Path) -> None:
        self._python = python
        self.arguments = arguments
        self._env = env
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or start it again."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._python, "-m", "tocsin.command", *self.arguments],
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self._process, "not started"
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def output(self) -> str:
        """All it has said so far, on both streams, over all its lives."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def children(self, name: str) -> list[psutil.Process]:
        """What `tocsin up` runs as `web`, `worker` or `database`: those that are there; one that ends
        meanwhile is not."""
        wanted, found = "postgres" if name == "database" else f"tocsin {name}", []
        with contextlib.suppress(psutil.Error):
            for process in psutil.Process(self.pid).children():
                with contextlib.suppress(psutil.Error):
                    if process.name().startswith(wanted):
                        found.append(process)
        return found

    def kill9(self) -> None:
        """End it as a crash would: this one process, at once."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Ask it to end and wait; returns its exit code. Its whole group goes if it does not listen."""
        assert self._process
        if self.running:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
                raise AssertionError(f"{self.arguments} did not end.\n{self.output}") from None
        return int(self._process.returncode)

    def end(self) -> None:
        """Leave nothing of its group behind; never raises."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Installation:
    """One installation of the product: a data folder, a port, and the processes started on them."""

    def __init__(self, data: Path, database_url: str = "", **env: str) -> None:
        self.data = data
        self.python = sys.executable
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **os.environ,
            "TOCSIN_DATA": str(data),
            "TOCSIN_URL": self.url,
            "TOCSIN_SECRET_KEY": "only-for-tests",
            "TOCSIN_MOVABLE_CLOCK": "1",
            "PYTHONUNBUFFERED": "1",
            "TOCSIN_WORKERS": "1",
            **env,
        }
        if database_url:
            self.env["DATABASE_URL"] = database_url
        else:
            self.env.pop("DATABASE_URL", None)
        self._processes: list[ProductProcess] = []

    def start(self, *arguments: str) -> ProductProcess:
        """Start `tocsin ARGUMENTS`, not waiting for anything."""
        log = self.data / f"test-{len(self._processes)}-{arguments[0]}.log"
        process = ProductProcess(self.python, list(arguments), self.env, log)
        self._processes.append(process)
        process.start()
        return process

    def start_web(self, *, wait: bool = True) -> ProductProcess:
        """`tocsin web` on this installation's port."""
        return self._start_served(["web", "--port", str(self.port)], wait)

    def start_worker(self) -> ProductProcess:
        """`tocsin worker`; ready when its mail socket is there, which the caller waits for if it matters."""
        return self.start("worker")

    def start_up(self, *, wait: bool = True) -> ProductProcess:
        """`tocsin up`: with its own embedded database unless a DATABASE_URL was given."""
        return self._start_served(["up", "--data", str(self.data), "--port", str(self.port)], wait)

    def run(self, *arguments: str, input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run one `tocsin` command to its end."""
        command = [self.python, "-m", "tocsin.command", *arguments]
        return subprocess.run(
            command, env=self.env, input=input, capture_output=True, timeout=3 * PATIENCE_S, check=False
        )

    def wait_ready(self, process: ProductProcess) -> None:
        """Wait until the web answers; AssertionError with the process's output when it ends before."""

        def ready() -> bool:
            assert process.running, f"{process.arguments} ended by itself:\n{process.output}"
            return answers(self.url + HEALTH)

        try:
            wait_until(ready, f"{self.url} answers", patience_s=3 * PATIENCE_S)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{process.output}") from None

    def end(self) -> None:
        """End every process of this installation; the last started goes first."""
        for process in reversed(self._processes):
            if process.running:
                with contextlib.suppress(AssertionError):
                    process.stop()
            process.end()

    def _start_served(self, arguments: list[str], wait: bool) -> ProductProcess:
        process = self.start(*arguments)
        if wait:
            self.wait_ready(process)
        return process


@pytest.fixture
def installation(data_folder: Path, fresh_database: str) -> Iterator[Installation]:
    """An installation on a database of its own (of the shared test server) and a fresh data folder."""
    one = Installation(data_folder, fresh_database)
    yield one
    one.end()


@pytest.fixture
def bare_installation(data_folder: Path) -> Iterator[Installation]:
    """An installation with nothing but an empty data folder: `up` brings its own database."""
    one = Installation(data_folder)
    yield one
    one.end()


@pytest.fixture
def prepared_installation(data_folder: Path) -> Iterator[Installation]:
    """As if `up` had run on the data folder before: its own database is there and has nothing in it."""
    from tests.harness import database  # imports much of the product, which has to wait for its settings

    database.place_prepared(data_folder)
    one = Installation(data_folder)
    yield one
    one.end()
