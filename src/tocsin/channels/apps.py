"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Channels(Room):
    """Floor 3."""

    name = "tocsin.channels"
    floor = 3
