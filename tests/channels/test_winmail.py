"""A poisoned winmail.dat keeps nobody waiting and takes no memory: what stands in it is read elsewhere."""

from __future__ import annotations

import re
import struct
import subprocess
import sys

import pytest
from tests.channels.corpus.bodies import attribute, winmail, winmail_part
from tests.channels.corpus.case import multipart, part, text_part

from tocsin.channels.email import limits, reasons, tnef
from tocsin.channels.email.limits import Budget
from tocsin.channels.email.read import read

BILLIONS = 0xFFFFFFFF
MEMORY = 120 * 2**20


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
    monkeypatch.setattr(limits, "SECONDS", 2.0)
    bill = part('Content-Disposition: attachment; filename="bill.txt"', body="100 EUR")
    found = read(multipart("mixed", text_part(), winmail_part(data), bill), {})
    assert found.text.strip() == "Hello"
    names = {one.name: one.content for one in found.attachments}
    assert names == {"winmail.dat": data, "bill.txt": b"100 EUR"}
    assert found.defects


_TELLING_ITS_PEAK = """
import runpy, sys
sys.argv.pop(0)
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except MemoryError:
    pass
print(*[line for line in open("/proc/self/status") if line.startswith("VmHWM")], file=sys.stderr)
"""


def test_its_reader_stays_within_the_memory_it_is_given() -> None:
    command = [sys.executable, "-c", _TELLING_ITS_PEAK, str(tnef._READER), "60", str(MEMORY)]
    done = subprocess.run(command, input=GREEDY, capture_output=True, check=False)
    peak = re.search(rb"VmHWM:\s+(\d+) kB", done.stderr)
    assert peak, done.stderr
    assert MEMORY / 4 < int(peak[1]) * 1024 <= MEMORY, "it was asked for more, and was not given it"


def test_its_reader_knows_no_secret_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {}

    def start(*_: object, env: dict[str, str], **__: object) -> None:
        told.update(env)
        raise OSError

    monkeypatch.setenv("TOCSIN_SECRET_KEY", "hush")
    monkeypatch.setattr(subprocess, "Popen", start)
    budget = Budget()
    assert tnef.files_in(winmail(b"Hello", {}), budget) == []
    assert budget.defects == (reasons.WINMAIL(),)
    assert told.keys() <= {"PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH"}


def test_what_its_reader_wrote_is_not_believed_when_it_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    script = tnef._READER.with_name("tnef.py")  # a program that writes nothing
    monkeypatch.setattr(tnef, "_READER", script)
    budget = Budget()
    assert tnef.text_in(winmail(b"Hello", {}), budget) == ("", "")
    assert budget.defects == (reasons.WINMAIL(),)
