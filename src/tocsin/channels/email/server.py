"""A mail server as an address names it, and whether mail and secrets may go to it unencrypted."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_LOCAL_NAMES = {"localhost", "localhost.localdomain", "ip6-localhost"}
_UNREADABLE = (
    "The server's address can't be read. Is the port a number, and is each sign such as / # ? [ "
    "in user and password percent-encoded?"
)
_TLS = ("required", "offered", "off")


class NoEncryption(Exception):
    """The server offers no encryption, and without it we do not go on; the text says why."""


@dataclass(frozen=True)
class Server:
    """Where to send by or to fetch from; its text never shows the password.

    `tls` is what the address asks for besides `tls_at_once`: `required`, `offered`, `off`, or nothing.
    `mailbox` is the address of the mailbox whose sign-in by OAuth2 is used in place of a password.
    """

    host: str
    port: int
    user: str
    password: str
    tls_at_once: bool
    tls: str = ""
    mailbox: str = ""

    @classmethod
    def from_url(cls, url: str) -> Self:
        """`smtp://[user:password@]host[:port][?tls=…]` or `smtps://…`; with `?oauth=MAILBOX` in place of a
        password. Raises ValueError for anything else."""
        parts = split(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError(
                "The mail server's address must look like smtp://host:port or smtps://host:port."
            )
        if parts.path.strip("/"):
            raise ValueError(_UNREADABLE)
        options = options_of(parts, "tls", "oauth")
        mailbox, password = options.get("oauth", ""), unquote(parts.password or "")
        if mailbox and password:
            raise ValueError("The mail server's address has both a password and ?oauth=; leave one out.")
        user = unquote(parts.username or "") or mailbox
        secure = parts.scheme == "smtps"
        port = parts.port or (465 if secure else 587 if user else 25)
        return cls(parts.hostname, port, user, password, secure, options.get("tls", ""), mailbox)

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine, where a certificate proves nothing."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() in _LOCAL_NAMES

    def encrypts(self, *, offered: bool) -> bool:
        """Whether a connection that began plain is to be encrypted now. Raises NoEncryption where it must
        be and can't: a password or token goes over no network in the clear, unless the address says so."""
        if offered:
            return self.tls != "off"
        if self.tls == "required":
            raise NoEncryption("offers no encryption, which its address requires (tls=required)")
        if self.user and not self.tls and not self.is_loopback:
            raise NoEncryption("offers no encryption, so we do not log in: anybody could read the secret")
        return False

    def context(self) -> ssl.SSLContext:
        """How an encrypted connection to it is checked."""
        context = ssl.create_default_context()
        if self.is_loopback:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port})"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def split(url: str) -> SplitResult:
    """The parts of a server's address. Raises ValueError, which never repeats a password."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise ValueError(_UNREADABLE) from None
    if parts.fragment:
        raise ValueError(_UNREADABLE)
    return parts


def options_of(parts: SplitResult, *known: str) -> dict[str, str]:
    """What stands behind the `?`. Raises ValueError: a wish that is misspelt must not pass unheard. It is not
    repeated, as it may be the rest of a password with a `?` in it."""
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in options.items():
        if name not in known:
            raise ValueError(f"The server's address has an unknown option; there is {' and '.join(known)}.")
        if name == "tls" and value not in _TLS:
            raise ValueError(f"The server's address may say tls={', tls='.join(_TLS)}, and no other.")
        if name == "tls" and value == "off" and parts.scheme.endswith("s"):
            raise ValueError(f"The server's address says both {parts.scheme} and tls=off.")
        if not value:
            raise ValueError(f"The server's address says {name} and not what it is.")
    return options
