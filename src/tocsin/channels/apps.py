"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Channels(Room):
    """Floor 1."""

    name = "tocsin.channels"
    floor = 1

    def ready(self) -> None:
        """What any channel ever kept as a reason can be read: each declares its codes when it is loaded."""
        super().ready()
        from tocsin.channels.registry import channels

        channels()
