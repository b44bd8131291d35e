from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from tocsin.guestbook import queries, services

from tocsin.people.access import require, staff
from tocsin.people.permissions import READ


@require(READ)
def book(request: HttpRequest) -> HttpResponse:
    """What was written; and a line to write on."""
    if request.method == "POST":
        services.write(request.POST["words"], actor=staff(request).actor)
        return redirect("guestbook:book")
    return render(request, "guestbook/book.html", {"entries": queries.entries()})
