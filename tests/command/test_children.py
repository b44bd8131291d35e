"""Supervision: what dies comes back, what is told to stop stops, nothing outlives a killed supervisor."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psutil
from tests.harness.waiting import PATIENCE_S, wait_until

from tocsin.command.children import Child, Family


def sleep() -> int:
    time.sleep(600)
    return 0


def deaf(sign: Path) -> int:
    """Says by a file that it does not listen from now on."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sign.touch()
    return sleep()


def test_a_child_that_is_killed_is_started_again_and_it_is_said() -> None:
    said: list[str] = []
    family = Family([Child("web", sleep)], said.append)
    family.tend()
    first = family.children[0].process
    assert first
    assert first.pid
    named = psutil.Process(first.pid)
    wait_until(lambda: named.name() == "tocsin web", what="`ps -e` shows what it is")
    first.kill()
    first.join()
    family.tend()
    second = family.children[0].process
    assert second
    assert second.pid != first.pid
    assert said == ["web ended (SIGKILL) and is started again."]
    family.stop()
    assert second.exitcode == -signal.SIGTERM


def test_a_child_that_keeps_failing_is_started_later_and_later() -> None:
    said: list[str] = []
    child = Child("web", lambda: 3)
    for _ in range(4):
        child.tend(said.append)
        child.not_before = 0.0  # as if the wait were over
        child.tend(said.append)
        assert child.process
        child.process.join()
    assert said == [
        "web ended (exit code 3) and is started again.",
        "web ended (exit code 3) and is started again in 1 s.",
        "web ended (exit code 3) and is started again in 2 s.",
    ]


def test_who_does_not_listen_is_ended(tmp_path: Path) -> None:
    child = Child("deaf", partial(deaf, tmp_path / "deaf"))
    child.start()
    wait_until((tmp_path / "deaf").exists)
    assert child.process
    child.process.terminate()
    child.stop_by(time.monotonic() + 0.3)
    assert child.process.exitcode == -signal.SIGKILL


def test_children_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, time; from tests.command.test_children import deaf;"
        "from tocsin.command.children import Child;"
        "child = Child('deaf', lambda: deaf(pathlib.Path(sys.argv[1]))); child.start();"
        "print(child.process.pid, flush=True); time.sleep(600)"
    )
    sign = tmp_path / "deaf"
    supervisor = subprocess.Popen([sys.executable, "-c", code, str(sign)], stdout=subprocess.PIPE)
    assert supervisor.stdout
    pid = int(supervisor.stdout.readline())
    wait_until(sign.exists)
    supervisor.kill()
    supervisor.wait()
    wait_until(lambda: not _alive(pid), "the child ends")


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_child_lets_go_of_what_is_its_supervisors_and_hears_from_the_beginning(tmp_path: Path) -> None:
    """Also a request to stop that comes before it could hear it."""
    told = tmp_path / "told"

    def tell() -> int:
        told.write_text(told.read_text() + f"{os.getsid(0) == os.getpid()}")
        return sleep()

    child = Child("teller", tell, let_go=lambda: told.write_text("let go ") and None)
    child.start()
    wait_until(lambda: told.exists() and told.read_text() == "let go True")
    assert child.process
    child.process.terminate()
    child.stop_by(time.monotonic() + PATIENCE_S)
    assert child.process.exitcode == -signal.SIGTERM
    child.start()
    child.process.terminate()
    child.stop_by(time.monotonic() + PATIENCE_S)
    assert child.process.exitcode == -signal.SIGTERM
