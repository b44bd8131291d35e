"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Mailroom(Room):
    """Floor 4."""

    name = "tocsin.mailroom"
    floor = 4

    def ready(self) -> None:
        """Channels find their accounts here."""
        super().ready()
        from tocsin.channels.accounts import keep_accounts_in
        from tocsin.mailroom.services.accounts import KeptAccounts

        keep_accounts_in(KeptAccounts())
