"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Api(Room):
    """Floor 9."""

    name = "tocsin.api"
    floor = 9
    address = "api/v1/"
