"""Supervision: what dies comes back, what is told to stop stops, nothing outlives a killed supervisor."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
from tests.harness.waiting import wait_until

from tocsin.command.children import Child, Family

_SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
# Says by a file that it does not listen from now on.
_DEAF = (
    "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
)


def test_a_child_that_is_killed_is_started_again_and_it_is_said() -> None:
    said: list[str] = []
    family = Family([Child("web", _SLEEP)], said.append)
    family.tend()
    first = family.children[0].process
    assert first
    first.kill()
    first.wait()
    family.tend()
    second = family.children[0].process
    assert second
    assert second.pid != first.pid
    assert said == ["web ended (SIGKILL) and is started again."]
    family.stop()
    assert second.returncode == -signal.SIGTERM


def test_a_child_that_keeps_failing_is_started_later_and_later() -> None:
    said: list[str] = []
    child = Child("web", [sys.executable, "-c", "raise SystemExit(3)"])
    for _ in range(4):
        child.tend(said.append)
        child.not_before = 0.0  # as if the wait were over
        child.tend(said.append)
        assert child.process
        child.process.wait()
    assert said == [
        "web ended (exit code 3) and is started again.",
        "web ended (exit code 3) and is started again in 1 s.",
        "web ended (exit code 3) and is started again in 2 s.",
    ]


def test_who_does_not_listen_is_ended(tmp_path: Path) -> None:
    child = Child("deaf", [sys.executable, "-c", _DEAF, str(tmp_path / "deaf")])
    child.start()
    wait_until((tmp_path / "deaf").exists)
    assert child.process
    child.process.terminate()
    child.stop_by(time.monotonic() + 0.3)
    assert child.process.returncode == -signal.SIGKILL


def test_children_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    code = (
        "import sys, time; from tocsin.command.children import Child;"
        "child = Child('deaf', [sys.executable, '-c', sys.argv[1], sys.argv[2]]); child.start();"
        "print(child.process.pid, flush=True); time.sleep(600)"
    )
    deaf = tmp_path / "deaf"
    supervisor = subprocess.Popen([sys.executable, "-c", code, _DEAF, str(deaf)], stdout=subprocess.PIPE)
    assert supervisor.stdout
    pid = int(supervisor.stdout.readline())
    wait_until(deaf.exists)
    supervisor.kill()
    supervisor.wait()
    wait_until(lambda: not _alive(pid), "the child ends")


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
