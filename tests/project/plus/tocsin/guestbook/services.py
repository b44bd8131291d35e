from django.db import transaction
from tocsin.guestbook import events, reasons
from tocsin.guestbook.models import Entry
from tocsin.guestbook.permissions import WRITE
from tocsin.guestbook.settings import LONGEST

from tocsin.kernel import clock, search
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import Refused
from tocsin.kernel.events import emit


@transaction.atomic
def write(words: str, *, actor: Actor) -> Entry:
    """Write in the book. Raises Forbidden, Refused."""
    actor.check(WRITE)
    if len(words) > LONGEST.get():
        raise Refused(reasons.TOO_LONG(longest=LONGEST.get()), ["words"])
    entry = Entry.objects.create(words=words, at=clock.now())
    search.index("entry", [entry.pk])
    emit(events.EntryWritten(entry.pk), actor=actor)
    return entry


def thank(entry_id: int) -> None:
    """Thank a guest."""
    Entry.objects.filter(pk=entry_id).update(thanked=True)
