from django.http import HttpRequest
from ninja import Router, Schema, Status
from tocsin.guestbook import services

from tocsin.kernel.rest import Input, actor

router = Router(tags=["guestbook"])


class EntryIn(Input):
    """What is to be written."""

    words: str


class EntryOut(Schema):
    """What was written."""

    id: int


@router.post("/guestbook", response={201: EntryOut})
def write(request: HttpRequest, body: EntryIn) -> Status[EntryOut]:
    """Write in the book."""
    return Status(201, EntryOut(id=services.write(body.words, actor=actor(request)).pk))
