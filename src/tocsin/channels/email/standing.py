"""Whether a refusal condemns an address or only refuses one mail.

An address is given up only when its own server says that there is nobody. A full mailbox, a dislike of the
mail, of its size or of us, and everything ambiguous is the fate of that mail alone: the next one may arrive.
"""

from __future__ import annotations

import re

# RFC 3463 and its registry: no such mailbox, no such system, no such syntax, moved, null MX; disabled.
_NOBODY_THERE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_STATUS = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])")
_UNSAID = "5.0.0"
_NOBODY_IN_WORDS = re.compile(
    r"(?:user|recipient|addressee|mailbox|account|alias)(?: \S{1,80})? (?:is )?"
    r"(?:unknown|not found|not known)\b"
    r"|(?:unknown|invalid|no such|no) (?:local )?(?:user|recipient|addressee|mailbox|account|address)\b"
    r"|(?:user|recipient|mailbox|account|address)(?: \S{1,80})? "
    r"(?:does not|doesn't|doesn’t|did not|no longer) exists?\b"
    r"|(?:does not|doesn't|doesn’t) have an? (?:\S{1,40} )?account"
    r"|not a (?:known|valid) (?:user|recipient|mailbox)|unknown or illegal alias|unrouteable address"
    r"|(?:mailbox|account|user)(?: \S{1,80})? (?:is |has been )"
    r"(?:disabled|deactivated|inactive|closed|suspended)",
    re.IGNORECASE,
)
# Said beside such words by servers that mean something else.
_OTHERWISE = re.compile(
    r"quota|mailbox(?: is)? full|over ?size|too large|spam|policy|block ?list|blacklist|blocked|reputation"
    r"|relay|authenticat|spf\b|dkim|dmarc|greylist|try again|sender",
    re.IGNORECASE,
)


def is_nobody_there(words: str, status: str = "") -> bool:
    """Whether a server's final refusal (its `words`, and the `status` that a report gives) says that there
    is nobody at the address. What it says itself counts more than the reporter's status; words count only
    where no status tells."""
    told = next((one for one in (*_STATUS.findall(words), status) if one and one != _UNSAID), "")
    if told:
        return told in _NOBODY_THERE
    return bool(_NOBODY_IN_WORDS.search(words)) and not _OTHERWISE.search(words)
