"""All documents of a kind made again, in batches; it may be ended at any time and goes on from there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction

from tocsin.kernel.models import Reindexing, SearchDocument
from tocsin.kernel.search.documents import Indexer, index, indexers, remove


def reindex(kind: str, *, batch: int = 500, anew: bool = False) -> Iterator[int]:
    """How many things are done so far, after each batch, which is a transaction of its own.

    Meanwhile everything is found as before. Documents of things that are gone go, too.
    """
    indexer = indexers()[kind]
    if anew:
        Reindexing.objects.filter(kind=kind).delete()
    after = Reindexing.objects.filter(kind=kind).values_list("after", flat=True).first() or 0
    done = 0
    yield done
    while owners := indexer.after(after, batch):
        with transaction.atomic():
            _drop_gone(indexer, after, owners)
            index(kind, owners)
            after = owners[-1]
            Reindexing.objects.update_or_create(kind=kind, defaults={"after": after})
        done += len(owners)
        yield done
    with transaction.atomic():
        _drop_gone(indexer, after, ())
        Reindexing.objects.filter(kind=kind).delete()


def _drop_gone(indexer: Indexer, after: int, owners: Sequence[int]) -> None:
    """Between the last batch and this one's end. What was opened in this moment has its documents already and
    is not among `owners`: so each other one is asked for before it goes."""
    found = SearchDocument.objects.filter(kind=indexer.kind, owner__gt=after)
    if owners:
        found = found.filter(owner__lte=owners[-1]).exclude(owner__in=owners)
    suspects = list(found.order_by("owner").values_list("owner", flat=True).distinct())
    if suspects:
        remove(indexer.kind, set(suspects) - {one.owner for one in indexer.documents(suspects)})
