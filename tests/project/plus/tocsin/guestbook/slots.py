from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from tocsin.guestbook.models import Entry

from tocsin.console import searching, slots


def _found(request: HttpRequest, ids: Sequence[int]) -> list[searching.Result]:
    return [searching.Result(reverse("guestbook:book"), str(one)) for one in Entry.objects.filter(pk__in=ids)]


searching.offer(searching.Kind("entry", 90, "Guest book", "book-open", present=_found))

slots.add_navigation(slots.NavigationEntry(60, "Guest book", "book-open", "guestbook:book"))
