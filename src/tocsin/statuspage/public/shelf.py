"""All public documents in memory, found by their address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from django.conf import settings

from tocsin.statuspage.public.prepared import Prepared, choose_language, prepare, redirect

_LANGUAGE = re.compile(r"/status/([a-z]{2,3})/$")
_ROOT = "/status/"
_REDIRECTS_KEPT = 200


class Shelf:
    """What is answered now. Replaced document by document; a reader never waits for it."""

    def __init__(self) -> None:
        self.etags: dict[str, str] = {}
        self._found: dict[str, Prepared] = {}
        self._redirects: dict[str, Prepared] = {}
        self._languages: tuple[str, ...] = ()
        self._default = "en"

    def __bool__(self) -> bool:
        return bool(self._languages)

    def put(self, ready: Mapping[str, Prepared], etags: Mapping[str, str], default: str) -> None:
        """Take in documents that are new or changed."""
        self._found |= ready
        self.etags |= etags
        self._default = default or self._default
        self._look_over()

    def drop(self, paths: Iterable[str]) -> None:
        """Forget documents that are gone."""
        for path in paths:
            self._found.pop(path, None)
            self._found.pop(f"{path}#404", None)
            self.etags.pop(path, None)
        self._look_over()

    def _look_over(self) -> None:
        """What follows from the documents there are."""
        self._languages = tuple(
            sorted(match.group(1) for path in self._found if (match := _LANGUAGE.match(path)))
        )
        self._redirects.clear()

    def find(self, path: str, accept_language: bytes) -> Prepared | None:
        """The document at an address, in the reader's language where the address names none."""
        return (
            self._found.get(path)
            or self._in_language(path, accept_language)
            or self._with_slash(path, accept_language)
            or self._in_another_language(path, accept_language)
        )

    def missing(self, path: str, accept_language: bytes) -> Prepared | None:
        """The page that says that there is no such page."""
        wished = path.removeprefix(_ROOT).partition("/")[0]
        language = wished if wished in self._languages else self._language(accept_language)
        return self._found.get(f"{_ROOT}{language}/404.html#404")

    def _in_language(self, path: str, accept_language: bytes) -> Prepared | None:
        if not path.startswith(_ROOT):
            return None
        return self._found.get(f"{_ROOT}{self._language(accept_language)}/{path.removeprefix(_ROOT)}")

    def _in_another_language(self, path: str, accept_language: bytes) -> Prepared | None:
        """Mails lead to pages in a language that the company no longer writes in: the same in one it does."""
        wished, _, rest = path.removeprefix(_ROOT).partition("/")
        if wished in self._languages or wished not in dict(settings.LANGUAGES):
            return None
        return self._in_language(f"{_ROOT}{rest}", accept_language)

    def _with_slash(self, path: str, accept_language: bytes) -> Prepared | None:
        if path.endswith("/") or path in self._redirects:
            return self._redirects.get(path)
        target = path + "/"
        if target not in self._found and not self._in_language(target, accept_language):
            return None
        if len(self._redirects) < _REDIRECTS_KEPT:
            self._redirects[path] = redirect(target)
        return self._redirects.get(path) or redirect(target)

    def _language(self, accept_language: bytes) -> str:
        return choose_language(accept_language, self._languages, self._default)


def make_ready(documents: Mapping[str, tuple[str, bytes]]) -> tuple[dict[str, Prepared], str]:
    """The documents ready to be sent, and the company's language. Packs: not for the event loop."""
    ready = {path: prepare(kind, body) for path, (kind, body) in documents.items()}
    ready |= {
        f"{path}#404": prepare(kind, body, 404)
        for path, (kind, body) in documents.items()
        if path.endswith("/404.html")
    }
    if "/status/banner.js" in ready:
        ready.setdefault("/banner.js", ready["/status/banner.js"])
    told = documents.get("/status/banner.json")
    return ready, str(json.loads(told[1])["default"]) if told else ""
