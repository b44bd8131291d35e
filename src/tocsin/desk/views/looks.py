"""How a message is shown in the conversation: as text or its HTML, with its files and cards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from tocsin.desk.models import MessageKind
from tocsin.desk.queries import AttachmentView, MessageView
from tocsin.desk.views.cards import Card, MeetingCard
from tocsin.kernel.reasons import words_of

# Where the mail clients say that history begins: what stands below decides nothing.
_HISTORY = re.compile(
    r'<[^>]*(?:type="cite"|"(?:gmail_quote|gmail_attr|moz-cite-prefix|yahoo_quoted|divrplyfwdmsg)")'
)
# What text alone would not show.
_SAYS_MORE = re.compile(
    r'<(?:img|table|ul|ol|h[1-6]|pre|b|strong|u|s|strike|del|mark|big|center)\b|bgcolor="|background|'
    r'<a [^>]*href="https?:|font-weight:\s*(?:bold|[6-9]00)|'
    r"color:\s*(?!black|windowtext|#000|#222|#333|rgb\(0|inherit|initial)[#\w]|<font [^>]*color=",
    re.IGNORECASE,
)
_CONTENT_IDS = re.compile(r'src="cid:([^"]*)"')
_LINE_PX, _CHARACTERS_A_LINE = 21, 92
_LOWEST_PX, _HIGHEST_PX = 60, 640


@dataclass(frozen=True)
class Look:
    """What is shown of a message, and what is shown first."""

    message: MessageView
    cards: Sequence[Card] = ()

    @property
    def has_layout(self) -> bool:
        """Whether there is HTML to show in a frame. Ours is made from our text and shows nothing new, but
        for pictures in their places."""
        if self.message.kind == MessageKind.CUSTOMER:
            return bool(self.message.html)
        return self.message.kind == MessageKind.AGENT and bool(_CONTENT_IDS.search(self.message.html))

    @cached_property
    def is_laid_out_first(self) -> bool:
        """Whether the HTML says what the text can't: with pictures, tables, colours, links behind words."""
        if not self.has_layout:
            return False
        if not self.message.visible_text.strip():
            return True
        new = _HISTORY.split(self.message.html, maxsplit=1)[0]
        return _SAYS_MORE.search(new) is not None

    @cached_property
    def card_says_it_all(self) -> bool:
        """Whether the text is no more than the invitation's own lines, which its card says better."""
        words = self.message.text.split()
        return bool(words) and any(
            isinstance(card, MeetingCard) and card.words.split() == words for card in self.cards
        )

    @property
    def height(self) -> int:
        """About the frame's height in pixels, so that little moves when it arrives."""
        lines = sum(1 + len(line) // _CHARACTERS_A_LINE for line in self.message.visible_text.split("\n"))
        return max(_LOWEST_PX, min(_HIGHEST_PX, lines * _LINE_PX))

    @cached_property
    def pictures(self) -> list[AttachmentView]:
        """The pictures that the HTML shows in their places."""
        if not self.has_layout:
            return []
        shown = {unescape(name).strip() for name in _CONTENT_IDS.findall(self.message.html)}
        return [one for one in self.message.attachments if one.content_id and one.content_id in shown]

    @property
    def files(self) -> list[AttachmentView]:
        """All other files, but for those that have a card."""
        apart = {one.id for one in self.pictures} | {card.file.id for card in self.cards}
        return [one for one in self.message.attachments if one.id not in apart]

    @property
    def notes(self) -> list[str]:
        """What had to be repaired when it was read."""
        return words_of(self.message.defects)
