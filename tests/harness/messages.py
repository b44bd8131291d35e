"""Keep the translations in step with the sources: `make messages`.

Words are read by Django's own reading of templates and Babel's of Python, so nothing but Python is needed.
A `.po` keeps what is translated; new words arrive empty, and words no longer used leave.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

import tocsin

LANGUAGES = ("el", "hr", "es", "ru")
"""The languages besides English, in which everything is first written."""

SOURCES = Path(tocsin.__path__[0])
_WORDLESS = {"migrations", "static", "locale", "__pycache__"}
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def po_path(language: str) -> Path:
    """Where the words of one language are kept."""
    return SOURCES / "locale" / language / "LC_MESSAGES" / "django.po"


@cache
def extracted() -> Catalog:
    """Every message the sources ask for, in alphabetical order, so that two changes rarely meet."""
    found: dict[tuple[str, str], tuple[str | tuple[str, ...], str | None]] = {}
    for source in _sources():
        for _line, message, _comments, context in _read(source):
            first = message if isinstance(message, str) else message[0]
            key = (first, context or "")
            if key not in found or not isinstance(message, str):
                found[key] = (message, context)
    catalog = Catalog()
    for key in sorted(found, key=lambda key: (key[0].casefold(), *key)):
        message, context = found[key]
        catalog.add(message, context=context)
    return catalog


def kept(language: str) -> Catalog:
    """What the `.po` of a language holds; an empty catalogue where there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def updated(old: Catalog, template: Catalog, language: str) -> Catalog:
    """The template's messages in their order, each with the translation it already has."""
    fresh = Catalog(locale=language)
    for message in template:
        if message.id:
            known = old.get(message.id, message.context)
            flags = {flag for flag in message.flags if flag == "python-format"}
            text = known.string if known and not known.fuzzy and known.id == message.id else ""
            fresh.add(message.id, text, context=message.context, flags=flags)
    return fresh


def written(catalog: Catalog, language: str) -> bytes:
    """The `.po` as kept in the repository: no places, no dates, nothing that changes by itself."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=0, no_location=True, omit_header=True)
    return (_header(language) + buffer.getvalue().decode().strip() + "\n").encode()


def _header(language: str) -> str:
    plural = get_plural(language)
    lines = [
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: nplurals={plural.num_plurals}; plural={plural.plural_expr};",
    ]
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n"


def _sources() -> Iterator[Path]:
    for path in sorted(SOURCES.rglob("*")):
        within = path.relative_to(SOURCES).parts
        is_template = path.suffix in {".html", ".txt"} and "templates" in within
        if not _WORDLESS.intersection(within) and (path.suffix == ".py" or is_template):
            yield path


def _read(source: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    text = source.read_text(encoding="utf-8")
    if source.suffix != ".py":
        # What is left of a template is no Python by its indentation, which means nothing here.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(source)).splitlines())
    yield from extract("python", BytesIO(text.encode()), keywords=_KEYWORDS)


def main() -> int:
    """Update every `.po`; say what is new and still without words."""
    missing = 0
    for language in LANGUAGES:
        catalog = updated(kept(language), extracted(), language)
        empty = sum(1 for message in catalog if message.id and not all(_texts(message.string)))
        missing += empty
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(catalog, language))
        print(f"{path.relative_to(SOURCES)}: {len(catalog)} messages, {empty} to translate")
    return 1 if missing else 0


def _texts(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


if __name__ == "__main__":
    sys.exit(main())
