"""A poisoned winmail.dat keeps nobody waiting and takes no memory: what stands in it is read elsewhere."""

from __future__ import annotations

import os
import struct
import subprocess
import sys

import pytest
from tests.channels.corpus.bodies import attribute, winmail, winmail_part
from tests.channels.corpus.case import multipart, text_part

from tocsin.channels.email import limits, tnef
from tocsin.channels.email.limits import Budget
from tocsin.channels.email.read import read

BILLIONS = 0xFFFFFFFF
MEMORY = 300 * 2**20


def poisoned(*attributes: tuple[int, bytes]) -> bytes:
    return winmail(b"Hello", {b"bill.pdf": b"%PDF"}) + b"".join(
        attribute(1, number, data) for number, data in attributes
    )


ENDLESS = poisoned((0x00069003, struct.pack("<I", BILLIONS)))
"""It says that it has four billion properties."""

GREEDY = poisoned((0x00069003, struct.pack("<IHHI", 1, 0x1002, 0x0017, BILLIONS)))
"""It says that one property has four billion values."""


@pytest.mark.parametrize("data", [ENDLESS, GREEDY], ids=["endless", "greedy"])
def test_it_is_kept_as_it_is_and_the_rest_of_the_mail_is_read(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SECONDS", 5.0)
    found = read(multipart("mixed", text_part(), winmail_part(data)), {})
    assert found.text.strip() == "Hello"
    assert [(one.name, one.content) for one in found.attachments] == [("winmail.dat", data)]
    assert found.defects


def test_its_reader_stays_within_the_memory_it_is_given() -> None:
    command = [sys.executable, "-P", str(tnef._READER), "60", str(MEMORY)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin
        process.stdin.write(GREEDY)
        process.stdin.close()
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert usage.ru_maxrss * 1024 <= MEMORY


def test_its_reader_knows_no_secret_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {}

    def run(*_: object, env: dict[str, str], **__: object) -> None:
        told.update(env)
        raise OSError

    monkeypatch.setenv("TOCSIN_SECRET_KEY", "hush")
    monkeypatch.setattr(subprocess, "run", run)
    budget = Budget()
    assert tnef.files_in(winmail(b"Hello", {}), budget) == []
    assert budget.marks
    assert told.keys() <= {"PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH"}


def test_what_its_reader_wrote_is_not_believed_when_it_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    script = tnef._READER.with_name("tnef.py")  # a program that writes nothing
    monkeypatch.setattr(tnef, "_READER", script)
    budget = Budget()
    assert tnef.text_in(winmail(b"Hello", {}), budget) == ("", "")
    assert budget.marks
