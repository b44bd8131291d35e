"""A mail server as an address names it, and whether mail and secrets may go to it unencrypted."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from tocsin.channels.email import reasons
from tocsin.kernel.errors import BadSetting
from tocsin.kernel.reasons import Kept, in_english

_LOCAL_NAMES = {"localhost", "localhost.localdomain", "ip6-localhost"}
_TLS = ("required", "offered", "off")


class NoEncryption(Exception):
    """The server offers no encryption, and without it we do not go on; `reason` says why."""

    def __init__(self, reason: Kept) -> None:
        super().__init__(in_english(reason))
        self.reason = reason


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
        password. Raises BadSetting for anything else."""
        parts = split(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise BadSetting(reasons.SMTP_ADDRESS())
        if parts.path.strip("/"):
            raise BadSetting(reasons.ADDRESS_UNREADABLE())
        options = options_of(parts, "tls", "oauth")
        mailbox, password = options.get("oauth", ""), unquote(parts.password or "")
        if mailbox and password:
            raise BadSetting(reasons.PASSWORD_AND_OAUTH())
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
            raise NoEncryption(reasons.NO_ENCRYPTION_REQUIRED(server=self))
        if self.user and not self.tls and not self.is_loopback:
            raise NoEncryption(reasons.NO_ENCRYPTION_FOR_SECRET(server=self))
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
    """The parts of a server's address. Raises BadSetting."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise BadSetting(reasons.ADDRESS_UNREADABLE()) from None
    if parts.fragment:
        raise BadSetting(reasons.ADDRESS_UNREADABLE())
    return parts


def options_of(parts: SplitResult, *known: str) -> dict[str, str]:
    """What stands behind the `?`. Raises BadSetting: a wish that is misspelt must not pass unheard. It is not
    repeated, as it may be the rest of a password with a `?` in it."""
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in options.items():
        if name not in known:
            raise BadSetting(reasons.OPTION_UNKNOWN(known=", ".join(known)))
        if name == "tls" and value not in _TLS:
            raise BadSetting(reasons.TLS_UNKNOWN(known=", ".join(f"tls={one}" for one in _TLS)))
        if name == "tls" and value == "off" and parts.scheme.endswith("s"):
            raise BadSetting(reasons.TLS_CONTRADICTION(scheme=parts.scheme))
        if not value:
            raise BadSetting(reasons.OPTION_EMPTY(option=name))
    return options
