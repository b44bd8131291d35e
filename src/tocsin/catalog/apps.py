"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Catalog(Room):
    """Floor 3."""

    name = "tocsin.catalog"
    floor = 3
    address = "catalog/"
