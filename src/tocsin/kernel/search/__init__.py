"""Full-text search: one analyser for what is stored and what is asked, and documents of all kinds (R-A18)."""

from tocsin.kernel.search.analyser import analyse
from tocsin.kernel.search.documents import (
    Document,
    Indexer,
    index,
    indexers,
    move,
    register,
    remove,
    write,
)
from tocsin.kernel.search.finding import Found, find, find_few
from tocsin.kernel.search.highlight import highlight
from tocsin.kernel.search.postgres import to_tsquery_text, to_tsvector_text

__all__ = [
    "Document",
    "Found",
    "Indexer",
    "analyse",
    "find",
    "find_few",
    "highlight",
    "index",
    "indexers",
    "move",
    "register",
    "remove",
    "to_tsquery_text",
    "to_tsvector_text",
    "write",
]
