"""Everything that reads human text: folding, language, HTML, quoted history."""

from tocsin.kernel.text.folding import fold
from tocsin.kernel.text.language import guess_language
from tocsin.kernel.text.quotes import Folded, fold_quotes

__all__ = ["Folded", "fold", "fold_quotes", "guess_language"]
