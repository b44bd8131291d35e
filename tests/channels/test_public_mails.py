"""Two public sets of awkward mails, read from beside the checkout: they are not ours to copy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.channels.test_reading import ENVELOPE, assert_storable
from tests.harness.cpu import at_most
from tests.kernel.test_html_page import look_at

from tocsin.channels.base import Inbound, Unreadable
from tocsin.channels.email.read import read
from tocsin.channels.registry import attached_types, read_attached
from tocsin.kernel.text import Pictures, fold_quotes, invitations, is_forward, present_html, sanitise_html

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
    with at_most(2):
        inbound = reading(path)
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


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.name)
def test_is_shown_without_harm(path: Path) -> None:
    """Each through all that stands between it and a page: text, HTML with and without pictures, cards."""
    inbound = reading(path)
    with at_most(2):
        folded = fold_quotes(inbound.text, forwarded=is_forward(inbound.subject))
        assert folded.visible.strip() or not inbound.text.strip()
        stored = sanitise_html(inbound.html).html
        for asked_for in (False, True):
            page = present_html(stored, Pictures(lambda _name: "/files/1", asked_for))
            for html in (page.new, page.history):
                look_at(
                    re.sub(
                        r' src="(?:https?://[^"]*|/files/1)"' if asked_for else ' src="/files/1"', "", html
                    )
                )
        for one in inbound.attachments:
            if one.content_type in invitations.TYPES:
                invitations.read_invitation(one.content)
            if one.content_type in attached_types():
                read_attached(one.content_type, one.content[: 64 * 1024])


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
