"""Outlook's winmail.dat: the files and the text inside it, read by a process that cannot do harm."""

from __future__ import annotations

import json
import math
import mimetypes
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tocsin.channels.base import InboundAttachment
from tocsin.channels.email import reasons
from tocsin.channels.email.limits import Budget
from tocsin.kernel.text import charsets

TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_LARGEST = 60 * 2**20
_SIGNATURE = b"\x78\x9f\x3e\x22"
_READER = Path(__file__).with_name("winmail_reader.py")
# What Python takes, and several copies of the file.
_MEMORY, _COPIES = 256 * 2**20, 8
# It is told where Python and its libraries are, and nothing of the installation.
_TOLD = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class _Opened:
    text: str
    html: str
    files: tuple[tuple[str, bytes], ...]


def is_tnef(file: InboundAttachment) -> bool:
    """By type or name, and by its first bytes."""
    named = file.content_type in TYPES or file.name.lower() == "winmail.dat"
    return named and file.content.startswith(_SIGNATURE)


def files_in(data: bytes, budget: Budget) -> list[InboundAttachment]:
    """The files inside; none when there are none or it cannot be read (then winmail.dat itself is kept)."""
    from tocsin.channels.email.files import safe_name

    found = []
    opened = _open(data, budget)
    for number, (said, content) in enumerate(opened.files if opened else (), start=1):
        name = safe_name(said) or f"file-{number}"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        found.append(InboundAttachment(name, kind, content))
    return found


def text_in(data: bytes, budget: Budget) -> tuple[str, str]:
    """Text and HTML inside, each '' when there is none."""
    opened = _open(data, budget)
    return (opened.text, opened.html) if opened else ("", "")


def _open(data: bytes, budget: Budget) -> _Opened | None:
    if len(data) > _LARGEST or not budget.has_time():
        return None
    # Half of what is left, so that whoever sends a poisoned one does not hide the other files.
    seconds = math.ceil(budget.seconds_left / 2)
    command = [sys.executable, "-P", str(_READER), str(seconds), str(_MEMORY + _COPIES * len(data))]
    try:
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as written:
            given.write(data)
            given.seek(0)
            budget.spend(_run(command, given, written))
            written.seek(0)
            return _read(written)
    except (OSError, ValueError, KeyError):
        budget.note(reasons.WINMAIL())
        return None


def _run(command: list[str], given: IO[bytes], written: IO[bytes]) -> float:
    """The seconds of processor time that it took. It waits for nothing, so its limit ends it in any case."""
    environment = {name: os.environ[name] for name in _TOLD if name in os.environ}
    with subprocess.Popen(
        command, stdin=given, stdout=written, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def _read(written: IO[bytes]) -> _Opened:
    """What the reader wrote before it ended. Raises ValueError or KeyError where that is not whole."""
    head = json.loads(written.readline())
    page = head["codepage"]
    files = []
    for name, size in head["files"]:
        content = written.read(size)
        if len(content) != size:
            raise ValueError("the file ends too soon")
        files.append((_text(name, page), content))
    return _Opened(_text(head["text"], page), _text(head["html"], page), tuple(files))


def _text(said: tuple[str, str], page: str) -> str:
    """What `winmail_reader` says a text is, read as the strings of a mail are."""
    kind, text = said
    if kind == "text":
        return charsets.clean(text)
    raw = text.encode("latin-1")
    return charsets.clean(charsets.decode(raw, page) if kind == "page" else charsets.decode(raw))
