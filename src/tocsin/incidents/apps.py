"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Incidents(Room):
    """Floor 8."""

    name = "tocsin.incidents"
    floor = 8
