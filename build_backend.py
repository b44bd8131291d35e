"""Builds Tocsin as setuptools does, its translations compiled first, so that pip installs every language.

`python build_backend.py` only compiles what is out of date, as `make` does after a change of words.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_SOURCES = Path(__file__).resolve().parent / "src" / "tocsin"
_Settings = Mapping[str, Any] | None


def compile_translations(package: Path = _SOURCES) -> None:
    """Bring every `.mo` up to date with its `.po`; safe beside others who do the same."""
    for source in package.glob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        catalog = read_po(file, locale=source.parts[-3], abort_invalid=True)
    half_made = target.with_name(f"{target.name}.{os.getpid()}")
    with half_made.open("wb") as file:
        write_mo(file, catalog)
    half_made.replace(target)


def build_wheel(directory: str, settings: _Settings = None, metadata: str | None = None) -> str:
    """The hook of PEP 517."""
    from setuptools import build_meta

    compile_translations()
    return str(build_meta.build_wheel(directory, settings, metadata))


def build_editable(directory: str, settings: _Settings = None, metadata: str | None = None) -> str:
    """The hook of PEP 660."""
    from setuptools import build_meta

    compile_translations()
    return str(build_meta.build_editable(directory, settings, metadata))


def build_sdist(directory: str, settings: _Settings = None) -> str:
    """The hook of PEP 517; compiled translations stay out of it."""
    from setuptools import build_meta

    return str(build_meta.build_sdist(directory, settings))


if __name__ == "__main__":
    compile_translations()
