from collections.abc import Iterator, Sequence

from tocsin.guestbook.models import Entry

from tocsin.kernel.search import Document, Indexer, register, to_tsvector_text


def _documents(ids: Sequence[int]) -> Iterator[Document]:
    for one in Entry.objects.filter(pk__in=ids):
        yield Document(one.pk, one.pk, None, one.at, to_tsvector_text([(one.words, "A")]))


def _after(number: int, most: int) -> list[int]:
    return list(Entry.objects.filter(pk__gt=number).order_by("pk").values_list("pk", flat=True)[:most])


register(Indexer("entry", _documents, _after))
