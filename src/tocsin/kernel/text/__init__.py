"""Everything that reads human text: folding, language, HTML, quoted history."""

from tocsin.kernel.text.clean_html import SafeHtml, sanitise_html
from tocsin.kernel.text.folding import fold
from tocsin.kernel.text.forwards import Forwarded, forwarded_mails
from tocsin.kernel.text.html_page import MailPage, Pictures, present_html
from tocsin.kernel.text.html_quotes import fold_html_quotes
from tocsin.kernel.text.language import guess_language
from tocsin.kernel.text.letters import (
    SIGNATURE_MARK,
    letter_html,
    letter_text,
    mailable_html,
    picture_names,
    text_of_letter_html,
    without_lost_pictures,
)
from tocsin.kernel.text.plain import html_to_text
from tocsin.kernel.text.quotes import Folded, fold_quotes, is_forward, is_only_signature

__all__ = [
    "SIGNATURE_MARK",
    "Folded",
    "Forwarded",
    "MailPage",
    "Pictures",
    "SafeHtml",
    "fold",
    "fold_html_quotes",
    "fold_quotes",
    "forwarded_mails",
    "guess_language",
    "html_to_text",
    "is_forward",
    "is_only_signature",
    "letter_html",
    "letter_text",
    "mailable_html",
    "picture_names",
    "present_html",
    "sanitise_html",
    "text_of_letter_html",
    "without_lost_pictures",
]
