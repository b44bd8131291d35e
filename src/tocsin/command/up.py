"""`tocsin up`: database, web and worker of one machine in one supervised command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from tocsin.command import migrate
from tocsin.command.children import Child, Family, die_with_parent, tocsin
from tocsin.command.faults import Fault
from tocsin.command.folders import hold, make_data_folder
from tocsin.command.installation import add_data_option, data_folder, set_environment
from tocsin.command.mail_in import NotTaken, connected
from tocsin.command.postgres import EmbeddedPostgres, PostgresError
from tocsin.command.web import add_address_options, listening_socket, web_child

HEALTH = "/health/"
PREPARE = "tocsin.command.prepare"
_READY_S = 60.0
_LONGEST_DATABASE_WAIT_S = 30.0


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    add_data_option(parser)
    add_address_options(parser)


def run(args: Namespace) -> int:
    """Run until SIGTERM or Ctrl-C."""
    return serve(data_folder(args), args.host, args.port)


def serve(
    data: Path,
    host: str,
    port: int,
    *,
    prepare: str = PREPARE,
    when_ours: Callable[[], None] = lambda: None,
    when_ready: Callable[[], None] = lambda: None,
) -> int:
    """Everything on one machine, until SIGTERM or Ctrl-C.

    `prepare` is the module that a process of its own runs before web and worker start, on a database that
    is not up to date; `when_ours` is called once the folder and the port are held by this process and
    nothing has begun; `when_ready` is called once everything answers, and must not take long.
    """
    make_data_folder(data)
    lock = hold(data / "up.lock")
    if lock is None:
        raise Fault(
            f"Tocsin is running on {data} already. Stop it first, or choose another folder with --data."
        )
    plug = listening_socket(host, port)
    when_ours()
    address = f"http://{host}:{port}"
    os.environ.setdefault("TOCSIN_URL", address)
    return Supervisor(data, plug, address, prepare).run(when_ready)


class Supervisor:
    """Starts things in order, keeps them alive, stops them in order."""

    def __init__(self, data: Path, plug: socket.socket, address: str, prepare: str = PREPARE) -> None:
        self._data = data
        self._address = address
        self._prepare_module = prepare
        self._database_wait = self._database_not_before = 0.0
        self._database = None if os.environ.get("DATABASE_URL") else EmbeddedPostgres(data, say=say)
        self._family = Family([web_child(plug), *_workers()], say)

    def run(self, when_ready: Callable[[], None]) -> int:
        """Until told to stop; the exit code is 0 then."""
        self._family.listen()
        try:
            self._start_database()
            self._prepare()
            if self._became_ready():
                say(f"Tocsin is ready at {os.environ['TOCSIN_URL']} (Ctrl-C stops it).")
                when_ready()
            while not self._family.stopping:
                self._tend()
                self._family.rest(1.0)
            say("Stopping.")
            return 0
        finally:
            self._family.stop()
            if self._database:
                self._database.stop()

    def _start_database(self) -> None:
        if self._database:
            self._database.start()
        set_environment(self._data, self._database.url if self._database else os.environ["DATABASE_URL"])

    def _prepare(self) -> None:
        """Migrate, and make the first login where there is nobody; skipped when that was done before."""
        if migrate.is_up_to_date(os.environ["DATABASE_URL"]):
            return
        say("Preparing the database.")
        outcome = subprocess.run(
            [sys.executable, "-m", self._prepare_module],
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
            check=False,
        )
        if outcome.returncode:
            raise Fault("The database could not be prepared; the reason is above.")

    def _became_ready(self) -> bool:
        """Start web and worker, and wait until pages come from there and mail is taken."""
        deadline = time.monotonic() + _READY_S
        while not self._family.stopping:
            self._tend()
            if _answers(self._address + HEALTH) and _takes_mail(self._data):
                return True
            if time.monotonic() > deadline:
                say("Not everything has started yet; the messages above may say why.")
                return False
            self._family.rest(0.1)
        return False

    def _tend(self) -> None:
        self._tend_database()
        self._family.tend()

    def _tend_database(self) -> None:
        """Start it again when it ended; whatever hinders it may pass, so it is tried later and later."""
        now = time.monotonic()
        if not self._database or self._database.running or now < self._database_not_before:
            return
        say("The database ended and is started again.")
        try:
            self._database.start()
            self._database_wait = 0.0
        except PostgresError as error:
            self._database_wait = min(max(self._database_wait * 2, 1.0), _LONGEST_DATABASE_WAIT_S)
            self._database_not_before = now + self._database_wait
            say(f"{error} It is tried again in {self._database_wait:g} s.")


def _workers() -> list[Child]:
    """As many as TOCSIN_WORKERS says, else two where there are processors for them: while one reads what
    came in, the other takes in and sends; and when one dies, the other goes on."""
    wanted = os.environ.get("TOCSIN_WORKERS", "")
    count = int(wanted) if wanted.isdecimal() and int(wanted) else min(2, len(os.sched_getaffinity(0)))
    names = ["worker", *(f"worker {number}" for number in range(2, count + 1))]
    return [Child(name, tocsin("worker")) for name in names]


def say(text: str) -> None:
    """A line for the person at the terminal, at once also into a file or pipe."""
    print(text, flush=True)


def _takes_mail(data: Path) -> bool:
    """Whether the worker listens: it opens its mail socket when it is at work."""
    try:
        connected(str(data / "run" / "mail.sock")).close()
    except (NotTaken, OSError):
        return False
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own http address
            return bool(response.status < 500)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
