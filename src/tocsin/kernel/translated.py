"""Names and texts kept in several languages, as `{"en": …, "el": …}`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language


def in_language(texts: Mapping[str, str], language: str | None = None) -> str:
    """The text in a language, else in English, else in whichever there is; empty when there is none."""
    wanted = language or get_language() or "en"
    return texts.get(wanted) or texts.get("en") or next(iter(texts.values()), "")


def in_language_or(texts: Mapping[str, str], otherwise: str, language: str | None = None) -> str:
    """The text in a language, or in that of which it is a dialect; else `otherwise`."""
    wanted = language or get_language() or ""
    return texts.get(wanted) or texts.get(wanted.partition("-")[0]) or otherwise
