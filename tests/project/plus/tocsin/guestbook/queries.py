from tocsin.guestbook.models import Entry


def entries() -> list[Entry]:
    """The newest hundred."""
    return list(Entry.objects.order_by("-at", "-id")[:100])
