"""Atom and RSS as feed readers take them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from tests.statuspage.examples import NOW, busy, calm, outage

from tocsin.statuspage import render

ATOM = "{http://www.w3.org/2005/Atom}"


def feed(state: Any, path: str = "/status/history.atom") -> bytes:
    return render.documents(state)[path].body


def test_feedparser_reads_atom() -> None:
    parsed = feedparser.parse(feed(outage()))
    assert not parsed.bozo and parsed.version == "atom10"
    assert parsed.feed.title == "Aegean Hosting: news"
    newest = parsed.entries[0]
    assert newest.title == "Mail is not delivered"
    assert newest.link.endswith("/status/en/incidents/I-0000103/")
    assert newest.updated == "2026-11-20T01:23:00+00:00"
    assert "A disk of the mail store" in newest.summary


def test_feedparser_reads_rss_and_greek() -> None:
    parsed = feedparser.parse(feed(outage(), "/status/el/history.rss"))
    assert not parsed.bozo and parsed.version == "rss20"
    assert "Κανένα μήνυμα" in parsed.entries[0].summary


def test_without_entries_it_is_still_a_feed() -> None:
    parsed = feedparser.parse(feed(calm(incidents=())))
    assert not parsed.bozo and parsed.entries == [] and parsed.feed.updated


@pytest.mark.parametrize(
    "path", ["/status/history.atom", "/status/en/history.atom", "/status/el/history.atom"]
)
def test_atom_has_what_the_standard_asks_for(path: str) -> None:
    """RFC 4287: one id, title and updated each; a feed has an author and a link to itself."""
    root = ElementTree.fromstring(feed(busy(), path))
    for each in (root, *root.iter(ATOM + "entry")):
        for name in ("id", "title", "updated"):
            assert len(each.findall(ATOM + name)) == 1, name
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    links = {link.get("rel"): link.get("href") for link in root.findall(ATOM + "link")}
    assert links["self"] == "https://support.example.test" + path
    ids = [entry.findtext(ATOM + "id") for entry in root.iter(ATOM + "entry")]
    assert len(set(ids)) == len(ids) == len(busy().incidents)


def test_the_feed_does_not_change_by_itself() -> None:
    from dataclasses import replace
    from datetime import timedelta

    assert feed(calm()) == feed(replace(calm(), now=NOW + timedelta(minutes=5)))


def test_the_heading_is_in_the_readers_language_where_it_was_written_in_it() -> None:
    state = outage()
    first = state.incidents[0]
    told = replace(state, incidents=(replace(first, titles={"el": "Τα email δεν παραδίδονται"}),))
    pages = render.documents(told)
    ref = first.ref
    greek = [pages[f"/status/el/{name}"].body.decode() for name in ("", f"incidents/{ref}/", "history.atom")]
    assert all("Τα email δεν παραδίδονται" in page and first.title not in page for page in greek)
    english = [
        pages[f"/status/en/{name}"].body.decode() for name in ("", f"incidents/{ref}/", "history.atom")
    ]
    assert all(first.title in page and "Τα email δεν παραδίδονται" not in page for page in english)
    summary = json.loads(pages["/status/api/v2/summary.json"].body)
    assert first.title in [one["name"] for one in summary["incidents"]], (
        "Statuspage's JSON is in the company's"
    )
