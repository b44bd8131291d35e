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

_QUOTED = re.compile(r"\s{0,3}(?:>|[A-ZА-ЯΑ-Ω]{2,3}>\s)")
_RULED = re.compile(r"[-_=*\s]{2,}(?P<words>[^-_=*\s].{2,60}?)[-_=*\s:]*$")
_UNDERSCORES = re.compile(r"[_-]{8,}$")
_LABEL = re.compile(r"[\s*]{0,4}([^\W\d_][^:*\n]{0,20}?)\s{0,2}\*?:")
_SIGNATURE = re.compile(r"(?:--|—|–-)\s*$")


@dataclass(frozen=True)
class Folded:
    """`visible` is what to show at once; `folded` the quoted history and signature behind a click.

    Every line of the text that is not blank is in exactly one of the two.
    """

    visible: str
    folded: str


def fold_quotes(text: str) -> Folded:
    """Split a plain-text mail. Text written between or after quoted lines keeps everything visible,
    and so does a mail that would otherwise show nothing. A forwarded mail is content, not history."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    hidden = _hidden_lines(lines)
    visible = _joined(line for line, hide in zip(lines, hidden, strict=True) if not hide)
    if not visible:
        return Folded(_joined(lines), "")
    return Folded(visible, _joined(line for line, hide in zip(lines, hidden, strict=True) if hide))


def _joined(lines: "list[str] | object") -> str:
    raise NotImplementedError
