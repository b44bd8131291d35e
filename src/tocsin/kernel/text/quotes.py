"""Tell what a customer newly wrote from the history and signature that came with it (A16).

The rule when in doubt: show. History hidden by mistake costs an answer; history shown costs a scroll.
"""

import re
from dataclasses import dataclass

from tocsin.kernel.text import quote_phrases as phrases
from tocsin.kernel.text.folding import fold

_LONGEST_MARKER = 220  # characters; longer lines are prose
_ATTRIBUTION_LINES = 3
_HEADER_BLOCK_LINES = 8
_LONGEST_SIGNATURE = 15  # lines
_EXAMINED_LINES = 20_000  # of own text; a longer mail is a log, not a letter

_QUOTED = re.compile(r"\s{0,3}(?:>|[A-ZА-ЯΑ-Ω]{2,3}>\s)")
_RULED = re.compile(r"[-_=*\s]{2,}(?P<words>[^-_=*\s].{2,60}?)[-_=*\s:]*$")
_UNDERSCORES = re.compile(r"[_-]{8,}$")
_LABEL = re.compile(r"[\s*]{0,4}([^\W\d_][^:*\n]{0,20}?)\s{0,2}\*?:")
# Only machines read these: a pasted source of a mail, which is what the customer wants to show us.
_MACHINE_HEADER = re.compile(
    r"(?:received|message-id|mime-version|content-type|return-path|delivered-to|dkim-signature|x-[\w-]+)\s*:",
    re.I,
)
_SIGNATURE = re.compile(r"(?:--|—|–-)\s*$")


@dataclass(frozen=True)
class Folded:
    """`visible` is what to show at once; `folded` the quoted history and signature behind a click.

    Every line of the text that is not blank is in exactly one of the two.
    """

    visible: str
    folded: str


def fold_quotes(text: str, *, forwarded: bool = False) -> Folded:
    """Split a plain-text mail. Text written between or after quoted lines keeps everything visible,
    and so does a mail that would otherwise show nothing. A forwarded mail is content, not history: it says
    so itself, or its subject did (`forwarded`)."""
    if forwarded:
        return Folded(text.strip("\r\n"), "")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cut = history_begins(lines)
    visible = "\n".join(lines[:cut]).strip("\n")
    if not visible.strip():
        return Folded(text.strip("\r\n"), "")
    return Folded(visible, "\n".join(lines[cut:]).strip("\n"))


def is_only_signature(folded: str) -> bool:
    """Whether what was folded begins with a signature, or with the line of a device, and holds no history."""
    lines = folded.strip().split("\n")
    if not (is_dashes(lines[0]) or _is_sent_from_device(lines[0])):
        return False
    history = _find_history(lines)
    return not history.blocks and history.tail == len(lines)


def is_forward(subject: str) -> bool:
    """Whether this is the subject of a mail that somebody sends on, and not of an answer to such a one."""
    return phrases.FORWARDING_SUBJECT.match(fold(subject[:80])) is not None


def ends_with_attribution(lines: list[str]) -> bool:
    """Whether the last of these lines, or the last few together, may say "On … NAME wrote:"."""
    return any(
        (found := _attribution(lines, at)) is not None and found.end == len(lines) for at in range(len(lines))
    )


def announces_forwarding(text: str) -> bool:
    """Whether `text` begins with a line such as "---------- Forwarded message ---------"."""
    line = next((line.strip() for line in text[:4_000].split("\n") if line.strip()), "")
    # Where the line goes on without a break, as it does between tags, its first words count.
    words = fold(line.strip("-_=* ")[:80])
    return any(words.startswith(phrase) for phrase in phrases.FORWARDED_MESSAGE)


def is_dashes(line: str) -> bool:
    """Whether this line is the mark above a signature."""
    return _SIGNATURE.match(line) is not None


def announces_answers_within(own_text: str) -> bool:
    """Whether the customer says that the answers stand inside the quoted history."""
    return phrases.ANSWERS_WITHIN.search(fold(own_text[:2_000])) is not None


@dataclass(frozen=True)
class _Marker:
    """Lines that announce history; `sure` when they do so even if no quoted line follows."""

    end: int
    sure: bool = True
    forwarded: bool = False


@dataclass
class _History:
    blocks: list[tuple[int, int]]  # runs of ">" lines with the attribution above them
    tail: int  # where history without ">" begins; it runs to the end


def history_begins(lines: list[str]) -> int:
    """The number of the line from which on all is history and signature; how many there are, when none is."""
    history = _find_history(lines)
    if _written_around(lines, history):
        start, inline = history.tail, True
    else:
        start, inline = (history.blocks[0][0] if history.blocks else history.tail), False
    if start < len(lines) and announces_answers_within("\n".join(lines[:start][-60:])):
        return len(lines)
    return start if inline else _above_signature(lines, start)


def _find_history(lines: list[str]) -> _History:
    history = _History([], len(lines))
    at = examined = 0
    while at < len(lines):
        if _QUOTED.match(lines[at]):
            at = _take_block(lines, at, at, history)
            continue
        examined += 1
        marker = _marker(lines, at) if lines[at].strip() and examined < _EXAMINED_LINES else None
        if marker and marker.forwarded:
            return _History([], len(lines))
        if marker and (quoted := _quoted_after(lines, marker.end)):
            at = _take_block(lines, at, quoted, history)
        elif marker and marker.sure:
            history.tail = at
            break
        else:
            at += 1
    return history


def _take_block(lines: list[str], start: int, quoted: int, history: _History) -> int:
    """Notes the run of quoted lines, blank ones between them included; answers where it ends."""
    end = at = quoted
    while at < len(lines) and (not lines[at].strip() or _QUOTED.match(lines[at])):
        at += 1
        if lines[at - 1].strip():
            end = at
    history.blocks.append((start, end))
    return at


def _quoted_after(lines: list[str], at: int) -> int | None:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at if at < len(lines) and _QUOTED.match(lines[at]) else None


def _written_around(lines: list[str], history: _History) -> bool:
    """Own text between or after the quoted blocks, a signature at the end aside."""
    if not history.blocks:
        return False
    ends = [end for _, end in history.blocks]
    starts = [start for start, _ in history.blocks[1:]]
    between = any(_has_text(lines[end:start]) for end, start in zip(ends, starts, strict=False))
    return between or not _only_signature(lines[ends[-1] : history.tail])


def _has_text(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _only_signature(lines: list[str]) -> bool:
    written = [line for line in lines if line.strip()]
    if not written or all(_is_sent_from_device(line) for line in written):
        return True
    return bool(_SIGNATURE.match(written[0])) and len(written) <= _LONGEST_SIGNATURE + 1


def _above_signature(lines: list[str], cut: int) -> int:
    cut = _above_device_lines(lines, cut)
    return _above_device_lines(lines, _above_dashes(lines, cut))


def _above_device_lines(lines: list[str], cut: int) -> int:
    at = cut - 1
    while at >= 0 and (not lines[at].strip() or _is_sent_from_device(lines[at])):
        if lines[at].strip():
            cut = at
        at -= 1
    return cut


def _above_dashes(lines: list[str], cut: int) -> int:
    written = 0
    for at in range(cut - 1, -1, -1):
        if _SIGNATURE.match(lines[at]):
            return at
        written += bool(lines[at].strip())
        if written > _LONGEST_SIGNATURE:
            break
    return cut


def _is_sent_from_device(line: str) -> bool:
    if len(line) > 120:
        return False
    words = fold(line).strip("-*_<>[]() ")
    return len(words.split()) <= 9 and phrases.SENT_FROM_DEVICE.match(words) is not None


def _marker(lines: list[str], at: int) -> _Marker | None:
    line = lines[at].strip()
    if len(line) > _LONGEST_MARKER:
        return None
    if ruled := _ruled(lines, at, line):
        return ruled
    if ":" in line[:30] and (end := _header_block(lines, at)):
        return _Marker(end)
    return _attribution(lines, at)


def _ruled(lines: list[str], at: int, line: str) -> _Marker | None:
    """-----Original Message-----, Begin forwarded message:, or a rule above a header block."""
    if line.endswith(":") and fold(line.rstrip(":")) in phrases.FORWARDED_MESSAGE:
        return _Marker(at + 1, forwarded=True)
    if line[0] not in "-_=*":
        return None
    if _UNDERSCORES.match(line):
        end = _header_block(lines, at + 1)
        return _Marker(end) if end else None
    match = _RULED.match(line)
    words = fold(match["words"]) if match else ""
    if words in phrases.FORWARDED_MESSAGE:
        return _Marker(at + 1, forwarded=True)
    return _Marker(_past_headers(lines, at + 1)) if words in phrases.ORIGINAL_MESSAGE else None


def _past_headers(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    attribution = _attribution(lines, at) if at < len(lines) else None
    return _header_block(lines, at) or (attribution.end if attribution else at)


def _header_block(lines: list[str], at: int) -> int | None:
    """The line after a block of at least three mail headers that has a sender, or None."""
    roles: list[str] = []
    end = at
    for position in range(at, min(at + _HEADER_BLOCK_LINES + 3, len(lines))):
        if _MACHINE_HEADER.match(lines[position]):
            return None
        role = _header_role(lines[position])
        if role:
            roles.append(role)
            end = position + 1
        elif lines[position].strip() and (not roles or not _may_continue_header(lines[position])):
            break
    begins_well = roles[:1] in (["from"], ["sent"])
    return end if begins_well and "from" in roles and len(set(roles)) >= 3 else None


def _header_role(line: str) -> str | None:
    match = _LABEL.match(line)
    return phrases.HEADER_LABELS.get(fold(match[1])) if match else None


def _may_continue_header(line: str) -> bool:
    return line[:1] in " \t" or "@" in line


def _attribution(lines: list[str], at: int) -> _Marker | None:
    for end in range(at + 1, min(at + _ATTRIBUTION_LINES, len(lines)) + 1):
        line = lines[end - 1].strip()
        if not line or len(line) > _LONGEST_MARKER or _QUOTED.match(line):
            return None
        if line.endswith((":", "---", "：")):
            if any(_opens_sure_attribution(lines, later) for later in range(at + 1, end)):
                return None  # the line here is prose directly above an attribution
            return _judged(fold(" ".join(lines[at:end])), end, wrapped=end - at > 1)
    return None


def _opens_sure_attribution(lines: list[str], at: int) -> bool:
    if not phrases.ATTRIBUTION_OPENING.match(fold(lines[at])):
        return False
    found = _attribution(lines, at)
    return found is not None and found.sure


def _judged(words: str, end: int, wrapped: bool) -> _Marker | None:
    opens = phrases.ATTRIBUTION_OPENING.match(words) is not None
    address = phrases.ADDRESS.search(words) is not None
    if not (opens or (address and not wrapped)):
        return _Marker(end, sure=False) if not wrapped and phrases.WROTE.search(words) else None
    dated = phrases.YEAR.search(words) is not None
    timed = phrases.TIME_OF_DAY.search(words) is not None
    if phrases.WROTE.search(words):
        return _Marker(end, sure=(dated and timed) or (address and (dated or timed)))
    # Yandex, Mail.ru and Gmail in Russian name the writer without saying that he wrote.
    named = address and dated and timed and opens and re.search(r"@[^ ]+>?\)?:$", words)
    return _Marker(end) if named else None
