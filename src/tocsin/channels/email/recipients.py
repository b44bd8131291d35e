"""Which of our mailboxes a mail is for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin.channels.accounts import Account

# How `tocsin mail-in` says: whichever mailbox is the default.
_THE_DEFAULT = "mailbox+default@tocsin.invalid"


def fold(address: str) -> str:
    """What mail addresses are compared by."""
    return address.strip().casefold()


def bare_mailbox(address: str) -> str:
    """`Support+tag@Example.org` → `support@example.org`: the mailbox behind a signed reply address."""
    local, at, domain = fold(address).rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def account_for(accounts: Sequence[Account], recipients: Iterable[str]) -> Account | None:
    """The mailbox of the first recipient that has one, else the default."""
    ours = {fold(one.address): one for one in accounts}
    for recipient in recipients:
        if fold(recipient) == _THE_DEFAULT:
            break
        for name in (fold(recipient), bare_mailbox(recipient)):
            if name in ours:
                return ours[name]
    return next((one for one in accounts if one.is_default), None)
