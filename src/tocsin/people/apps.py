"""The room's place in the house."""

from tocsin.kernel.apps import Room


class People(Room):
    """Floor 2."""

    name = "tocsin.people"
    floor = 2
    address = "account/"
