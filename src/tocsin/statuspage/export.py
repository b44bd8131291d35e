"""The pages as files in `TOCSIN_DATA/status`, complete, so that any web server can serve them (rule 10).

The folder is what lies behind `/status/`: copy it there on another host and the page outlives us. Each
file is replaced whole, so that a reader never meets half of one.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tocsin.statuspage.models import Document

log = logging.getLogger(__name__)

_PREFIX = "/status/"
_MARK = ".published"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.TOCSIN_DATA) / "status"


def bring_up_to_date(mark: str, language: str, *, without: Collection[str] = ()) -> None:
    """Make the files what the documents are; `mark` names the publishing, so that the next one can tell.
    The folders of the languages in `without` are removed.

    A full disk or a closed folder must not stop the page itself: it is logged, and tried again by the
    next publishing.
    """
    root = folder()
    written = _read_mark(root)
    if written == mark and (root / "index.html").exists():
        return
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _alone(root):
            _write_all(root, language)
            for code in without:
                shutil.rmtree(root / code, ignore_errors=True)
            _replace(root / _MARK, mark.encode())
    except OSError as error:
        log.error("The pages could not be written to %s: %s", root, error)


def read() -> dict[str, tuple[str, bytes]]:
    """All files as path → (content type, bytes), for a start without the database; {} when there are none."""
    root = folder()
    found = {}
    for file in sorted(root.rglob("*")) if root.is_dir() else []:
        if file.suffix in TYPES and not file.name.startswith("."):
            path = _PREFIX + file.relative_to(root).as_posix()
            found[path.removesuffix("index.html")] = (TYPES[file.suffix], file.read_bytes())
    return found


def _write_all(root: Path, language: str) -> None:
    for path, body in (
        Document.objects.filter(path__startswith=_PREFIX).values_list("path", "body").iterator()
    ):
        for name in _names(path, language):
            file = root / name
            if not file.exists() or file.stat().st_size != len(body) or file.read_bytes() != bytes(body):
                file.parent.mkdir(parents=True, exist_ok=True)
                _replace(file, bytes(body))


def _names(path: str, language: str) -> Iterator[str]:
    """Its file, and for pages in the company's language the one without a language as well."""
    name = path.removeprefix(_PREFIX)
    name += "index.html" if name.endswith("/") else ""
    yield name
    if name.startswith(f"{language}/") and name.endswith(".html"):
        yield name.removeprefix(f"{language}/")


def _replace(file: Path, body: bytes) -> None:
    new = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    new.write_bytes(body)
    new.replace(file)


def _read_mark(root: Path) -> str:
    try:
        return (root / _MARK).read_text()
    except OSError:
        return ""


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One writer at a time; the next one then reads what the database says by then."""
    lock = os.open(root / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        os.fchmod(lock, 0o600)  # whoever may read it could hold it for ever
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
