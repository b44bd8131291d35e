"""What a provider's answer to a mail means, and its own words for it. Knows no library."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from typing import Any

_LONGEST_WORDS = 500
_SAYING = (
    "Message", "message", "ErrorMessage", "error", "detail", "description", "field", "name", "code",
    "ErrorCode",
)  # fmt: skip
_DEEPEST = 5
_LATER = {408, 409, 425, 429}
_ABOUT_US = {401, 402, 403, 404, 405, 407, 410}
_TOO_LARGE = 413
# Postmark answers nearly everything with 422 and a code of its own; these are about the account or sender.
_POSTMARK_ABOUT_US = {10, 11, 100, 400, 401, 402, 403, 405, 412, 413}
_POSTMARK_CODE = re.compile(r"\b(\d{1,4})$")
_RECIPIENT = re.compile(
    r"\brecipient|\bto\b['\"]?(?: parameter| address)|destination|inactive address|personalizations",
    re.IGNORECASE,
)
_OUR_AFFAIRS = re.compile(
    r"\bsender|\bfrom\b|\bdomain|\baccount\b|permission|authoriz|authenticat|unverified|verif|suspend"
    r"|\bplan\b|credits?\b|quota|limit|api.?key|billing|disabled|not active",
    re.IGNORECASE,
)


class Verdict(enum.Enum):
    """Whom a refusal is about."""

    LATER = "later"
    OUR_FAULT = "our fault"
    THIS_MAIL = "this mail"


def verdict(provider: str, status: int, words: str) -> Verdict:
    """Whether to come back, to mend our own affairs, or to give this mail up.

    In doubt it is our own affair: then mail waits and staff see why, and nobody's mail is thrown away for a
    sender that is not yet confirmed.
    """
    if status in _LATER or status >= 500:
        return Verdict.LATER
    if status in _ABOUT_US:
        return Verdict.OUR_FAULT
    if status == _TOO_LARGE:
        return Verdict.THIS_MAIL
    if provider == "postmark" and (code := _POSTMARK_CODE.search(words)):
        return Verdict.OUR_FAULT if int(code.group(1)) in _POSTMARK_ABOUT_US else Verdict.THIS_MAIL
    if _RECIPIENT.search(words) or not _OUR_AFFAIRS.search(words):
        return Verdict.THIS_MAIL
    return Verdict.OUR_FAULT


def words_of(response: Any, secrets: Iterable[str]) -> str:
    """What the provider says, on one line, without anything that is ours to keep."""
    try:
        said = " ".join(_said(response.json()))
    except ValueError:
        said = re.sub(r"<[^>]*>", " ", response.text[:5_000])
    if not said.strip() and response.status_code >= 300:
        said = f"{response.status_code} {response.reason or ''}"
    for secret in secrets:
        said = said.replace(secret, "…")
    return " ".join(said.split())[:_LONGEST_WORDS]


def _said(value: Any, depth: int = 0) -> list[str]:
    """Every text that says something, from the outside in; the numbers of errors after their words."""
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        return [words for one in value[:3] for words in _said(one, depth + 1)]
    if not isinstance(value, dict):
        return []
    own = [str(value[name]) for name in _SAYING if isinstance(value.get(name), str | int) and value[name]]
    return own + [words for one in value.values() for words in _said(one, depth + 1)]
