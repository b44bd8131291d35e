"""The processes of one PostgreSQL data folder, told apart from all others on the machine."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import psutil

_GRACE_SECONDS = 10.0

# Lines of postmaster.pid, fixed by PostgreSQL (src/include/utils/pidfile.h)
_PID, _SOCKET_FOLDER, _STATUS = 0, 4, 7


def processes_of(cluster: Path) -> list[psutil.Process]:
    """Every PostgreSQL process that works in this folder: the server changes into it, its children inherit.

    `psutil` remembers when each began, so a number that is used again is never mistaken for the old one.
    """
    return [process for process in psutil.process_iter() if _works_in(process, str(cluster))]


def end_processes_of(cluster: Path) -> int:
    """End what works in this folder, the server itself politely; returns how many there were."""
    found = processes_of(cluster)
    server = _server_among(found, cluster)
    if server:
        _signal(server, signal.SIGINT)
        psutil.wait_procs(found, timeout=_GRACE_SECONDS)
    for process in found:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(found, timeout=_GRACE_SECONDS)
    return len(found)


def status_of(cluster: Path, pid: int | None = None) -> str | None:
    """What the living server says of itself: `starting`, `ready`, `stopping`; None when there is none.

    With `pid`, only that process counts: the file may still be an earlier server's.
    """
    lines = _pid_file(cluster)
    if len(lines) <= _STATUS or (pid is not None and lines[_PID] != str(pid)):
        return None
    return lines[_STATUS] if _is_alive(int(lines[_PID])) else None


def recorded_socket_folder(cluster: Path) -> Path | None:
    """Where the server, living or dead, put its socket."""
    lines = _pid_file(cluster)
    return Path(lines[_SOCKET_FOLDER]) if len(lines) > _SOCKET_FOLDER and lines[_SOCKET_FOLDER] else None


def _pid_file(cluster: Path) -> list[str]:
    try:
        return [line.strip() for line in (cluster / "postmaster.pid").read_text().splitlines()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_alive(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return bool(process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _works_in(process: psutil.Process, folder: str) -> bool:
    try:
        return bool(process.name() == "postgres" and process.cwd() == folder)
    except psutil.Error:
        return False


def _server_among(found: list[psutil.Process], cluster: Path) -> psutil.Process | None:
    lines = _pid_file(cluster)
    return next((process for process in found if lines and str(process.pid) == lines[_PID]), None)


def _signal(process: psutil.Process, request: signal.Signals) -> None:
    with contextlib.suppress(psutil.Error):
        process.send_signal(request)
