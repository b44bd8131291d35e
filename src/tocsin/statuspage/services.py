"""The room's verb: make the public pages say how things are now."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from django.conf import settings
from django.db import transaction

from tocsin.kernel import clock, notified
from tocsin.kernel.locks import Lock
from tocsin.statuspage import export, queries, render
from tocsin.statuspage.models import Document
from tocsin.statuspage.render import Rendered
from tocsin.statuspage.rules import fingerprint, frame_fingerprint

CHANNEL = "tocsin_status"
"""Processes that answer the public pages listen here; a wake-up only, the documents are the truth."""

STATE = "state"
"""The document that remembers what was published last. It has no slash, so no address leads to it."""

_LOCK = Lock("statuspage.publish")


def publish(*, anew: bool = False) -> int:
    """Render all pages and keep those that changed; returns how many. Does nothing when nothing changed.

    One transaction, safe to run twice and at the same time. `anew` renders in any case.
    """
    with transaction.atomic():
        _LOCK.hold()
        state = queries.page_state()
        frame = f"{render.version()}.{frame_fingerprint(state)}"
        mark = f"{frame} {fingerprint(state)}"
        unwritten = dict(settings.LANGUAGES).keys() - set(state.languages)
        last = _last_mark()
        changed = 0
        if anew or mark != last:
            changed = _keep(render.documents(state))
            if anew or last.split(" ")[0] != frame:
                changed += _publish_archive() + _take_down(unwritten)
            _keep({STATE: Rendered("text/plain", mark.encode())})
            _wake()
        transaction.on_commit(lambda: export.bring_up_to_date(mark, state.language, without=unwritten))
    return changed


def _publish_archive() -> int:
    return sum(_keep(render.archive_documents(state, month)) for month, state in queries.archive())


def _take_down(languages: Collection[str]) -> int:
    """Pages in a language that the company no longer writes in would go on saying how things were."""
    gone = [Document.objects.filter(path__startswith=f"/status/{code}/").delete()[0] for code in languages]
    return sum(gone)


def _keep(made: Mapping[str, Rendered]) -> int:
    known = dict(Document.objects.filter(path__in=list(made)).values_list("path", "etag"))
    at = clock.now()
    rows = [
        Document(path=path, content_type=kind, body=body, etag=etag, updated_at=at)
        for path, (kind, body) in made.items()
        if known.get(path) != (etag := hashlib.sha256(body).hexdigest()[:20])
    ]
    Document.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["path"],
        update_fields=["content_type", "body", "etag", "updated_at"],
    )
    return len(rows)


def _last_mark() -> str:
    body = Document.objects.filter(path=STATE).values_list("body", flat=True).first()
    return bytes(body).decode() if body else ""


def _wake() -> None:
    notified.announce(CHANNEL)
