"""What keeps mail from being fetched, in kinds that say what to do about it."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from tocsin.channels.accounts import Text
from tocsin.channels.base import Retry
from tocsin.kernel.reasons import Kept


class Trouble(StrEnum):
    """The kind of a failure to fetch."""

    LOGIN = "login"
    TOKEN = "token"  # noqa: S105  the name of a kind
    PLAIN = "plain"
    FOLDER = "folder"
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"


# They do not go away by themselves.
_NEED_STAFF = {Trouble.LOGIN, Trouble.TOKEN, Trouble.FOLDER, Trouble.PLAIN}


class FetchFailed(Retry):
    """A mailbox can't be looked into now."""

    def __init__(self, after: float, reason: Kept, trouble: Trouble) -> None:
        needs_staff = trouble in _NEED_STAFF
        super().__init__(after, reason, connection=True, trouble=trouble.value, needs_staff=needs_staff)


ADVICE: dict[str, Text] = {
    Trouble.LOGIN.value: _(
        "Check the user name and the password, and whether the provider wants an app password or OAuth2. "
        "To spare the account it is tried more and more seldom; saving the mailbox tries it at once."
    ),
    Trouble.PLAIN.value: _(
        "Begin the address with imaps:// or pop3s://, if the server takes that. For a server in your own "
        "network that knows no encryption, add ?tls=offered to the address."
    ),
    Trouble.FOLDER.value: _(
        "The folder was renamed or removed. Write its present name at the end of the address."
    ),
    Trouble.UNREACHABLE.value: _("Check the server's name and port, and whether a firewall stands between."),
    Trouble.SILENT.value: _("The server is very slow or down. It is tried again by itself."),
    Trouble.BROKEN.value: _("The connection was lost. It is tried again by itself; nothing is lost."),
}
