"""The header block: bytes to fields, in one pass, with whatever is wrong in it survived and marked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.channels.email import reasons
from tocsin.channels.email.limits import HEADER_BYTES, HEADER_LINES, ONE_HEADER_BYTES, Budget

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_MBOX = (b"From ", b">From ")
# Names by which a line is known to be header even after lines that are none.
_KNOWN = re.compile(
    rb"(?:from|to|b?cc|subject|date|message-id|reply-to|in-reply-to|references|mime-version|content-[a-z-]+"
    rb"|return-path|received(?:-spf)?|delivered-to|delivery-date|envelope-to|sender|list-[a-z-]+|x-[a-z0-9-]+"
    rb"|dkim-signature|arc-[a-z-]+|authentication-results|user-agent|thread-[a-z]+|auto-submitted|precedence"
    rb"|importance|errors-to|resent-[a-z]+|status|organization|disposition-notification-to)[ \t]*:",
    re.IGNORECASE,
)
_LOOKAHEAD_LINES = 20
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_LONGEST_KEYWORD = 200


class Fields:
    """The fields of one header block, by lower-case name, in order; values raw and still folded."""

    def __init__(self) -> None:
        self._values: dict[str, list[bytes]] = {}

    def add(self, name: bytes, value: bytes) -> None:
        """One more field."""
        self._values.setdefault(name.decode("ascii").lower(), []).append(value[:ONE_HEADER_BYTES])

    def first(self, name: str) -> bytes:
        """The first field of this name that says anything; b'' when none does."""
        return next((value for value in self._values.get(name, ()) if value.strip()), b"")

    def all(self, name: str) -> list[bytes]:
        """Every field of this name, topmost first."""
        return self._values.get(name, [])

    def token(self, name: str) -> str:
        """The first word of a field whose value is a keyword, in lower case, comments left out."""
        word = re.split(rb"[\s;(]", self.first(name).strip(), maxsplit=1)[0]
        return _CONTROL.sub(b"", word[:_LONGEST_KEYWORD]).decode("ascii", "ignore").lower().strip("\"'")

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __len__(self) -> int:
        return len(self._values)

    def has_known(self) -> bool:
        """Whether one of them is a field of mail, rather than whatever stood before a colon."""
        return any(_KNOWN.match(f"{name}:".encode()) for name in self._values)

    def names(self) -> Iterator[str]:
        """Every name, lower case."""
        return iter(self._values)


def read_fields(raw: bytes, start: int, end: int, budget: Budget) -> tuple[Fields, int]:
    """The fields at `start` and where the body begins. Never looks beyond the limits for headers."""
    return _HeaderReader(raw, start, end, budget).read()


class _HeaderReader:
    def __init__(self, raw: bytes, start: int, end: int, budget: Budget) -> None:
        self._raw, self._end, self._budget = raw, end, budget
        self._position = start
        self._most = min(end, start + HEADER_BYTES)
        self._fields = Fields()
        self._name = b""
        self._lines: list[bytes] = []

    def read(self) -> tuple[Fields, int]:
        for _ in range(HEADER_LINES):
            at = self._position
            if at >= self._end:
                return self._finish(self._end)
            line = self._next_line()
            if not line:
                return self._finish(self._position)
            if not self._take(line, at):
                return self._finish(at)
            if self._position > self._most:
                break
        return self._cut()

    def _next_line(self) -> bytes:
        """The line at the position without its end; b'' for a blank one. Moves on."""
        stop = self._raw.find(b"\n", self._position, self._end)
        stop = self._end if stop < 0 else stop
        line = self._raw[self._position : stop]
        self._position = stop + 1
        return line.rstrip(b"\r")

    def _take(self, line: bytes, at: int) -> bool:
        """Whether the line belongs to the header."""
        if line[0] in b" \t":
            # A line of blanks alone is a folded nothing, or the end of the header of a sloppy program.
            return self._continue(line) if line.strip() or self._header_goes_on() else False
        match = _FIELD.match(line)
        if match and not line.startswith(b"--"):
            self._flush()
            self._name, self._lines = match.group(1), [line[match.end() :]]
            return True
        if line.startswith(_MBOX) and not self._name:
            return True
        return self._forgive(line)

    def _continue(self, line: bytes) -> bool:
        if self._name:
            self._lines.append(line)
        return bool(self._name) or self._header_goes_on()

    def _forgive(self, line: bytes) -> bool:
        """A line that is no field: a broken fold when fields follow, else the body without its blank line."""
        if self._name and self._header_goes_on():
            self._budget.note(reasons.NAMELESS_LINE())
            self._lines.append(b" " + line)
            return True
        self._budget.note(reasons.NO_BLANK_LINE() if self._name else reasons.NO_HEADER())
        return False

    def _header_goes_on(self) -> bool:
        """Whether a known field comes before the next blank line."""
        at = self._position
        for _ in range(_LOOKAHEAD_LINES):
            if _KNOWN.match(self._raw, at, self._end):
                return True
            stop = self._raw.find(b"\n", at, at + ONE_HEADER_BYTES)
            if stop < 0 or not self._raw[at:stop].rstrip(b"\r"):
                return False
            at = stop + 1
        return False

    def _flush(self) -> None:
        if self._name:
            self._fields.add(self._name, b"\n".join(self._lines).strip())

    def _finish(self, body: int) -> tuple[Fields, int]:
        self._flush()
        return self._fields, min(body, self._end)

    def _cut(self) -> tuple[Fields, int]:
        self._budget.note(reasons.HEADER_CUT())
        self._flush()
        blank = _end_of_header(self._raw, self._position - 1, self._end)
        return self._fields, blank


def _end_of_header(raw: bytes, start: int, end: int) -> int:
    """Where the body begins after a header too long to read."""
    found = [raw.find(blank, max(0, start), end) for blank in (b"\n\n", b"\n\r\n")]
    ends = [at + size for at, size in zip(found, (2, 3), strict=True) if at >= 0]
    return min(ends, default=end)
