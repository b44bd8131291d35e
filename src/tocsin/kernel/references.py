"""Public references such as `T-1234567`: short enough to say on the phone (R-A01).

The last digit is a Damm check digit, which catches every single wrong digit and every swap of two
neighbours, so that a mistyped reference is refused and not mistaken for another.
"""

from __future__ import annotations

import re

# Damm's totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004).
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_LEAST_DIGITS = 6
_PATTERN = re.compile(r"(?<![A-Za-z0-9])([A-Z])-?([0-9]{7,19})(?![0-9])", re.IGNORECASE)
_NUMBER = re.compile(r"([A-Z])?-?[ ]?([0-9]{2,19})", re.IGNORECASE)


def check_digit(digits: str) -> int:
    """The Damm check digit of a string of decimal digits."""
    state = 0
    for digit in digits:
        state = _DAMM[state][int(digit)]
    return state


def make_reference(prefix: str, number: int) -> str:
    """`make_reference("T", 42)` → `T-0000427`: six digits or more, then the check digit."""
    digits = f"{number:0{_LEAST_DIGITS}d}"
    return f"{prefix}-{digits}{check_digit(digits)}"


def parse_reference(text: str, prefix: str) -> str | None:
    """The reference as stored when `text` is one with a right check digit, else None.

    Takes what people type: lower case, spaces around it, the dash left out.
    """
    match = _PATTERN.fullmatch(text.strip())
    return _valid(match, prefix) if match else None


def guess_reference(typed: str, prefix: str) -> str | None:
    """The reference meant by its number alone: `4910`, `t4910` or `T-4910` → `T-0004910`, else None.

    Two digits at least, the last of them the check digit, which must be right.
    """
    match = _NUMBER.fullmatch(typed.strip())
    if not match or (match.group(1) or prefix).upper() != prefix:
        return None
    return parse_reference(f"{prefix}-{match.group(2).zfill(_LEAST_DIGITS + 1)}", prefix)


def find_references(text: str, prefix: str) -> list[str]:
    """All valid references with this prefix in a text, in order, each once."""
    found = (_valid(match, prefix) for match in _PATTERN.finditer(text[:10_000]))
    return list(dict.fromkeys(reference for reference in found if reference))


def _valid(match: re.Match[str], prefix: str) -> str | None:
    letter, digits = match.group(1).upper(), match.group(2)
    if letter != prefix or not digits.isascii() or check_digit(digits) != 0:
        return None
    return f"{letter}-{digits}"
