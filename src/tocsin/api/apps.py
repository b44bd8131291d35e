"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Api(Room):
    """Floor 8."""

    name = "tocsin.api"
    floor = 8
