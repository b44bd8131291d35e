"""An example room: guests write in a book. Each file is one that any room may have."""

from tocsin.kernel.apps import Room


class Guestbook(Room):
    """Beside the desk, which it does not know."""

    name = "tocsin.guestbook"
    floor = 5
    address = "guestbook/"
