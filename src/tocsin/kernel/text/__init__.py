"""Everything that reads human text: folding, language, HTML, quoted history."""

from tocsin.kernel.text.clean_html import SafeHtml, sanitise_html
from tocsin.kernel.text.folding import fold
from tocsin.kernel.text.html_quotes import fold_html_quotes
from tocsin.kernel.text.language import guess_language
from tocsin.kernel.text.plain import html_to_text
from tocsin.kernel.text.quotes import Folded, fold_quotes

__all__ = [
    "Folded",
    "SafeHtml",
    "fold",
    "fold_html_quotes",
    "fold_quotes",
    "guess_language",
    "html_to_text",
    "sanitise_html",
]
