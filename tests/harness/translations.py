"""Compiled translations for tests: what `make` does at build, done here where a `.po` is newer."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import tocsin


def compile_translations() -> None:
    """Bring every `.mo` up to date with its `.po`; safe beside other test processes."""
    for source in Path(tocsin.__path__[0]).glob("locale/*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        catalog = read_po(file, locale=source.parts[-3])
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    with beside.open("wb") as file:
        write_mo(file, catalog)
    beside.replace(target)
