"""All documents of a kind made again, in batches; it may be ended at any time and goes on from there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import SerializationFailure

from tocsin.kernel.models import Reindexing, SearchDocument
from tocsin.kernel.search.documents import Indexer, index, indexers, remove

_TRIES = 20


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
        _make(indexer, after, owners)
        after = owners[-1]
        done += len(owners)
        yield done
    _make(indexer, after, ())


def _make(indexer: Indexer, after: int, owners: Sequence[int]) -> None:
    """One batch; without `owners` the end. What others change under it makes it begin again."""
    for left in reversed(range(_TRIES)):
        try:
            with _snapshot():
                _drop_gone(indexer, after, owners)
                index(indexer.kind, owners)
                _note(indexer.kind, owners)
            return
        except (OperationalError, SerializationFailure) as error:
            if not left or SerializationFailure not in (type(error), type(error.__cause__)):
                raise


@contextmanager
def _snapshot() -> Iterator[None]:
    """Documents of a message that comes while its ticket is read are not seen, and stay; those that others
    changed meanwhile are not overwritten by older ones (SerializationFailure). Within another transaction
    what that one sees."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _note(kind: str, owners: Sequence[int]) -> None:
    if owners:
        Reindexing.objects.update_or_create(kind=kind, defaults={"after": owners[-1]})
    else:
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
