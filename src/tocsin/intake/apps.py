"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Intake(Room):
    """Floor 6."""

    name = "tocsin.intake"
    floor = 6
