"""A form has no other side: it is only received."""

from tests.channels.standins.base import NoOtherSide


class StandIn(NoOtherSide):
    """Nothing is sent."""
