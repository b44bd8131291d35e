"""Scripts, styles and pictures of the pages, kept as a copy that never changes.

A web process may run on while its program is upgraded below it. So it serves a copy in the data folder, at an
address that carries the edition: what a page asks for is always what was made together with it, whole, and
browsers may keep it for ever. A process that finds its edition's folder there copies nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

PREFIX = "/static/"
_MAX_AGE_S = 365 * 86_400
_OTHERS = ("Django", "django-htmx")
_KEPT = 3
_UNFINISHED = ".unfinished-"


def edition(source: Path) -> str:
    """Stands for the content of all static files: ours by their bytes, the libraries' by their versions."""
    whole = hashlib.sha256()
    for path in sorted(source.glob("*/static/**/*")):
        if path.is_file():
            whole.update(str(path.relative_to(source)).encode() + path.read_bytes())
    for name in _OTHERS:
        whole.update(f"{name} {metadata.version(name)}".encode())
    return whole.hexdigest()[:12]


def serving(otherwise: Any) -> Any:
    """The application for addresses below `/static/`; what is not there `otherwise` answers."""
    from django.conf import settings
    from servestatic import ServeStaticASGI

    collect(settings.STATIC_ROOT, settings.STATIC_EDITION)  # before they are looked at
    return ServeStaticASGI(
        otherwise,
        root=settings.STATIC_ROOT,
        prefix=PREFIX,
        max_age=_MAX_AGE_S,
        add_headers_function=_nothing_is_guessed,
    )


def _nothing_is_guessed(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def collect(root: Path, edition: str) -> None:
    """Copy all static files to `root/edition`, unless they are there; safe in several processes at once.

    The newest other editions stay, for pages that are open in a browser. Needs Django set up; raises OSError
    when the folder cannot be written to.
    """
    target = root / edition
    if not target.is_dir():
        fresh = root / f"{_UNFINISHED}{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        _copy_to(fresh)
        _put_in_place(fresh, target)
    _forget_old(root, target)


def _put_in_place(fresh: Path, target: Path) -> None:
    """All at once; where another process was quicker its copy, the same, stays."""
    try:
        fresh.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        shutil.rmtree(fresh, ignore_errors=True)


def _copy_to(folder: Path) -> None:
    from django.contrib.staticfiles import finders

    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            copy = folder / name
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(storage.path(name), copy)


def _forget_old(root: Path, current: Path) -> None:
    """All but the newest few; what another process is still writing stays."""
    folders = [one for one in root.iterdir() if one.is_dir() and not one.name.startswith(_UNFINISHED)]
    others = sorted((one for one in folders if one != current), key=lambda one: one.stat().st_mtime)
    for old in others[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
