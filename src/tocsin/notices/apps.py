"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Notices(Room):
    """Floor 7."""

    name = "tocsin.notices"
    floor = 7
