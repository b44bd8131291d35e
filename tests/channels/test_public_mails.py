"""Two public sets of awkward mails, read from beside the checkout: they are not ours to copy."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from tests.channels.test_reading import ENVELOPE, assert_storable

from tocsin.channels.base import Inbound, Unreadable
from tocsin.channels.email.read import read

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "corpus"
MAILS = sorted(
    path
    for path in FOLDER.rglob("*")
    if path.is_file() and path.suffix in (".eml", "") and path.name != "LICENSE"
)

if not MAILS:
    pytest.skip(f"the public mails are not at {FOLDER}", allow_module_level=True)


def reading(path: Path) -> Inbound:
    """The mail, or a skip for an empty file."""
    raw = path.read_bytes()
    if not raw.strip():
        pytest.skip("an empty file")
    return read(raw, ENVELOPE)


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.name)
def test_is_read_as_a_person_would(path: Path) -> None:
    start = time.perf_counter()
    inbound = reading(path)
    assert time.perf_counter() - start < 2
    assert_storable(inbound)
    raw = path.read_bytes()
    for text in (inbound.subject, inbound.from_name, *(one.name for one in inbound.attachments)):
        assert "=?" not in text
        assert "\n" not in text
    if b"\xef\xbf\xbd" not in raw:
        assert not re.search("\ufffd{2}", inbound.text)
    for one in inbound.attachments:
        assert one.name
        assert not re.search(r"[/\\\x00-\x1f]", one.name)


def test_most_have_a_sender_and_something_to_read() -> None:
    found = [reading(path) for path in MAILS if path.read_bytes().strip()]
    assert sum(1 for one in found if one.from_address) > 0.9 * len(found)
    assert sum(1 for one in found if one.text.strip() or one.attachments) > 0.95 * len(found)
    assert not any("[" in one.machine for one in found)


def test_reports_are_told_from_letters() -> None:
    reports = [reading(path) for path in MAILS if b"multipart/report" in path.read_bytes()]
    assert reports
    for report in reports:
        assert report.machine in ("bounce", "delay", "receipt", "report")
        assert report.machine not in ("bounce", "delay") or (report.bounce and report.bounce.recipient)


def test_empty_files_are_unreadable() -> None:
    for path in MAILS:
        if not path.read_bytes().strip():
            with pytest.raises(Unreadable):
                read(path.read_bytes(), ENVELOPE)
