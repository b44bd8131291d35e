"""What staff are told to do about a mailbox."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tocsin.channels.email.trouble import Trouble


def advice(trouble: str) -> str:
    """What to do about this kind of trouble; '' when the error itself says it."""
    return {
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
        Trouble.UNREACHABLE.value: _(
            "Check the server's name and port, and whether a firewall stands between."
        ),
        Trouble.SILENT.value: _("The server is very slow or down. It is tried again by itself."),
        Trouble.BROKEN.value: _("The connection was lost. It is tried again by itself; nothing is lost."),
    }.get(trouble, "")
