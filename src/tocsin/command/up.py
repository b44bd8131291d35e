"""`tocsin up`: database, web and worker of one machine in one supervised command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from tocsin.command import installation, migrate, web, worker
from tocsin.command.children import Child, Family, die_with_parent, share_memory
from tocsin.command.faults import Fault
from tocsin.command.folders import hold, make_data_folder
from tocsin.command.installation import add_data_option, data_folder, set_environment
from tocsin.command.mail_in import NotTaken, connected
from tocsin.command.postgres import EmbeddedPostgres, PostgresError
from tocsin.command.web import add_address_options, listening_sockets

HEALTH = "/health/"
PREPARE = "tocsin.command.prepare"
_READY_S = 60.0
_LONGEST_DATABASE_WAIT_S = 30.0
_MOST_WEBS = 4


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
    beside: Mapping[str, Callable[[], int]] = {},
) -> int:
    """Everything on one machine, until SIGTERM or Ctrl-C.

    `prepare` is the module that a process of its own runs before web and worker start, on a database that
    is not up to date. What `beside` names runs as processes of their own, too. `when_ours` is called once the
    folder and the port are held by this process and nothing has begun; `when_ready` once everything answers,
    and must not take long.
    """
    make_data_folder(data)
    lock = hold(data / "up.lock")
    if lock is None:
        raise Fault(
            f"Tocsin is running on {data} already. Stop it first, or choose another folder with --data."
        )
    plugs = listening_sockets(host, port, _webs())
    when_ours()
    address = f"http://{host}:{port}"
    os.environ.setdefault("TOCSIN_URL", address)
    works: dict[str, Callable[[], int]] = {
        **{_name("web", number): partial(web.serve, plug) for number, plug in enumerate(plugs, 1)},
        **{_name("worker", number): worker.work for number in range(1, _workers() + 1)},
        **beside,
    }
    return Supervisor(data, address, lock, works, prepare).run(when_ready)


class Supervisor:
    """Starts things in order, keeps them alive, stops them in order.

    What the processes are made of is loaded here, once; they are forked from this one, so that they share its
    memory and begin at once.
    """

    def __init__(
        self, data: Path, address: str, lock: int, works: Mapping[str, Callable[[], int]], prepare: str
    ) -> None:
        self._data = data
        self._lock = lock
        self._address = address
        self._prepare_module = prepare
        self._database_wait = self._database_not_before = 0.0
        self._database = None if os.environ.get("DATABASE_URL") else EmbeddedPostgres(data, say=say)
        self._family = Family([Child(name, work, self._let_go) for name, work in works.items()], say)

    def run(self, when_ready: Callable[[], None]) -> int:
        """Until told to stop; the exit code is 0 then."""
        self._family.listen()
        try:
            self._start_database()
            self._prepare()
            _load()
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

    def _let_go(self) -> None:
        os.close(self._lock)
        self._family.let_go()
        if self._database:
            self._database.let_go()

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


def _load() -> None:
    with installation.database_faults():
        web.load()
        worker.load()
    share_memory()


def _webs() -> int:
    """As many as TOCSIN_WEBS says, else one a processor, up to four: a process computes on one of them."""
    return _wanted("TOCSIN_WEBS") or min(_MOST_WEBS, len(os.sched_getaffinity(0)))


def _workers() -> int:
    """As many as TOCSIN_WORKERS says, else two where there are processors for them: while one reads what
    came in, the other takes in and sends; and when one dies, the other goes on."""
    return _wanted("TOCSIN_WORKERS") or min(2, len(os.sched_getaffinity(0)))


def _name(kind: str, number: int) -> str:
    return f"{kind} {number}" if number > 1 else kind


def _wanted(name: str) -> int:
    value = os.environ.get(name, "")
    return int(value) if value.isdecimal() else 0


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
