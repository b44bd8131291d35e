"""Full-text search: one analyser for what is stored and what is asked (A18)."""

from tocsin.kernel.search.analyser import analyse
from tocsin.kernel.search.highlight import highlight
from tocsin.kernel.search.postgres import to_tsquery_text, to_tsvector_text

__all__ = ["analyse", "highlight", "to_tsquery_text", "to_tsvector_text"]
