"""An example room: all that a room needs to have settings of its own."""

from __future__ import annotations

from tocsin.kernel.apps import Room


class Greeter(Room):
    """Somewhere above people."""

    name = "tests.people.example_room"
    floor = 5
