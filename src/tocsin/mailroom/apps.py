"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Mailroom(Room):
    """Floor 4."""

    name = "tocsin.mailroom"
    floor = 4

    def ready(self) -> None:
        """Mail may be sent by the sign-in of a mailbox that is kept here."""
        super().ready()
        from tocsin.channels.email.oauth import know_mailboxes
        from tocsin.mailroom.tokens import tokens_to_send

        know_mailboxes(tokens_to_send)
