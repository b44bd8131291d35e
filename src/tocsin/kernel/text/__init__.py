"""Everything that reads human text: folding, language, HTML, quoted history."""

from tocsin.kernel.text.clean_html import SafeHtml, sanitise_html
from tocsin.kernel.text.folding import fold
from tocsin.kernel.text.forwards import Forwarded, forwarded_mails
from tocsin.kernel.text.html_page import MailPage, Pictures, present_html
from tocsin.kernel.text.html_quotes import fold_html_quotes
from tocsin.kernel.text.kept import EXCERPT_LENGTH, LONGEST_TEXT, is_address, make_excerpt, storable
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
from tocsin.kernel.text.subjects import LONGEST_SUBJECT, clean_subject, tagged_subject

__all__ = [
    "EXCERPT_LENGTH",
    "LONGEST_SUBJECT",
    "LONGEST_TEXT",
    "SIGNATURE_MARK",
    "Folded",
    "Forwarded",
    "MailPage",
    "Pictures",
    "SafeHtml",
    "clean_subject",
    "fold",
    "fold_html_quotes",
    "fold_quotes",
    "forwarded_mails",
    "guess_language",
    "html_to_text",
    "is_address",
    "is_forward",
    "is_only_signature",
    "letter_html",
    "letter_text",
    "mailable_html",
    "make_excerpt",
    "picture_names",
    "present_html",
    "sanitise_html",
    "storable",
    "tagged_subject",
    "text_of_letter_html",
    "without_lost_pictures",
]
