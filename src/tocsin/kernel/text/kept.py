"""Text as the tables keep it."""

from __future__ import annotations

import re

EXCERPT_LENGTH = 240
# Longer texts are shown cut; the original is kept whole in the mailroom.
LONGEST_TEXT = 500_000


def make_excerpt(text: str) -> str:
    """The first words, on one line, cut between words where that is possible."""
    line = " ".join(text[: EXCERPT_LENGTH * 4].split())
    if len(line) <= EXCERPT_LENGTH:
        return line
    head = line[: EXCERPT_LENGTH - 1]
    at_word = head.rpartition(" ")[0]
    return f"{at_word if len(at_word) > EXCERPT_LENGTH // 2 else head}…"


def storable(text: str, longest: int = LONGEST_TEXT) -> str:
    """What a database takes: no NUL, no half characters, not endless."""
    return text[:longest].replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,255}")


def is_address(text: str) -> bool:
    """Whether it is one mail address that can be written to, and nothing more."""
    return bool(_ADDRESS.fullmatch(text.strip()))
