"""Subjects without what mail programs and our own tag put before them."""

from __future__ import annotations

import re

LONGEST_SUBJECT = 300

_REPLY_MARK = re.compile(
    r"(?:re|fw|fwd|aw|wg|rv|rif|tr|odg|odgovor|proslijeđeno|proslijedeno|sv|vb|antw"
    r"|απ|απαντ|απάντηση|σχετ|πρθ|πρώθ|προώθ|отв|ответ|пересл)"
    r"\.?\s?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s?[:：]",
    re.IGNORECASE,
)
_TAG = re.compile(r"\[T-\d{7,19}\]", re.IGNORECASE)


def clean_subject(subject: str) -> str:
    """Without our tag and the marks of replies and forwards of many languages.

    Cleaning twice changes nothing.
    """
    subject = " ".join(subject[:2000].split())
    while True:
        cleaner = " ".join(_TAG.sub(" ", subject).split())
        mark = _REPLY_MARK.match(cleaner)
        cleaner = cleaner[mark.end() :].strip() if mark else cleaner
        if cleaner == subject:
            return subject[:LONGEST_SUBJECT].strip()
        subject = cleaner


def tagged_subject(ref: str, subject: str) -> str:
    """`[T-1234567] Subject`, the tag exactly once."""
    return f"[{ref}] {clean_subject(subject)}".strip()
