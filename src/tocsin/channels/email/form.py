"""What the form of a mailbox asks for, and what becomes of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parseaddr
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from tocsin.channels.accounts import Account, Entered, Field
from tocsin.channels.email import reasons
from tocsin.channels.email.imap import Mailbox as ImapPlace
from tocsin.channels.email.places import Place
from tocsin.channels.email.pop import is_pop
from tocsin.channels.email.server import options_of, split
from tocsin.kernel import clock
from tocsin.kernel.errors import BadSetting, Refused

_IN_NO_FOLDER = {"Cc", "Cs"}  # of Unicode: control characters, halves of characters
_SCHEMES = {"imap", "imaps", "pop3", "pop3s"}
_SIGN_IN_SECRETS = ("oauth_client_secret", "oauth_refresh_token")
_BY_OAUTH = ("sign_in", ("microsoft", "google"))
_TENANT_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_")

KEEP, MOVE, DELETE = "keep", "move", "delete"
AFTERWARDS = (
    (KEEP, _("Keep it there")),
    (MOVE, _("Move it into a folder")),
    (DELETE, _("Delete it")),
)

FIELDS = (
    Field("address", _("Mail address"), "address", required=True, longest=254),
    Field(
        "fetch_url",
        _("Fetch from"),
        help=_(
            "Such as imaps://support@mail.example.org:993/INBOX, or pop3s://support@mail.example.org:995. "
            "Leave it empty when mail is handed in."
        ),
    ),
    Field(
        "sign_in",
        _("Sign in by"),
        "choice",
        choices=(
            ("", _("Password")),
            ("microsoft", _("OAuth2 of Microsoft 365")),
            ("google", _("OAuth2 of Gmail")),
        ),
    ),
    Field("password", _("Password"), "secret", asked_if=("sign_in", ("",))),
    Field(
        "oauth_tenant",
        _("OAuth2: tenant"),
        longest=100,
        help=_("Microsoft 365 only: the organisation's id or domain"),
        asked_if=("sign_in", ("microsoft",)),
    ),
    Field("oauth_client_id", _("OAuth2: client id"), longest=200, asked_if=_BY_OAUTH),
    Field("oauth_client_secret", _("OAuth2: client secret"), "secret", longest=500, asked_if=_BY_OAUTH),
    Field("oauth_refresh_token", _("OAuth2: refresh token"), "secret", longest=4000, asked_if=_BY_OAUTH),
    Field(
        "afterwards",
        _("Once a message is here"),
        "choice",
        choices=AFTERWARDS,
        default=KEEP,
        help=_(
            "What becomes of it on the server, from now on. "
            "It is done only when the message is safely stored here."
        ),
    ),
    Field(
        "move_to",
        _("Folder to move it into"),
        longest=200,
        help=_(
            "As the server names it, such as Processed or INBOX.Processed; "
            "it is made when missing. IMAP only."
        ),
        asked_if=("afterwards", (MOVE,)),
    ),
    Field(
        "signed_replies",
        _("The mail server takes address+anything"),
        "flag",
        default=False,
        help=_("Then answers find their ticket even when the subject was changed."),
    ),
)


def checked(entered: Entered, before: Account | None) -> Entered:
    """What staff entered: a password in the address taken out of it, and where it stands in the mailbox.

    Raises Refused."""
    place = Place.kept_in(entered.state)
    if entered.address != place.seeded:
        _check_address(entered.address)
    url, password = split_password(str(entered.settings.get("fetch_url", "")))
    wanted = {**entered.settings, "fetch_url": url, "move_to": str(entered.settings["move_to"]).strip()}
    secrets = {**entered.secrets, **({"password": password} if password else {})}
    _check_sign_in(wanted, secrets)
    if not wanted["sign_in"]:
        secrets = {key: value for key, value in secrets.items() if key not in _SIGN_IN_SECRETS}
    if wanted["afterwards"] == MOVE:
        _check_folder(url, wanted["move_to"])
    return replace(entered, settings=wanted, secrets=secrets, state=_moved(place, wanted, before).kept())


def seeded(present: Account | None) -> Entered | None:
    """The default mailbox as the environment has it; None where it is so already.

    Its address is changed with TOCSIN_MAIL_FROM as long as staff have not written another; TOCSIN_IMAP_URL
    is read anew at every start.
    """
    name, address = parseaddr(settings.TOCSIN_MAIL_FROM)
    place = Place.of(present)
    url, password = split_password(settings.TOCSIN_IMAP_URL)
    wanted, secrets = _of_environment(url, password)
    if present is None:
        return Entered(address, name, wanted, secrets, replace(place, seeded=address).kept())
    is_as_seeded = bool(place.seeded) and place.seeded == present.address
    moved = is_as_seeded and address != present.address
    present_secrets = {key: present.secrets.get(key) for key in secrets}
    fetched_from_there = not url or (present.settings.get("fetch_url") == url and secrets == present_secrets)
    if fetched_from_there and not moved:
        return None
    return Entered(
        address if moved else present.address,
        name if moved else present.name,
        {**present.settings, **(wanted if url else {})},
        {**present.secrets, **(secrets if url else {})},
        replace(place, seeded=address if moved else place.seeded).kept(),
    )


def split_password(url: str) -> tuple[str, str]:
    """An IMAP or POP3 address without its password, and the password.

    Raises Refused when it is neither.
    """
    if not url.strip():
        return "", ""
    try:
        parts = split(url)
    except BadSetting:
        parts = urlsplit("")
    if parts.scheme not in _SCHEMES or not parts.hostname or not parts.username:
        raise Refused(reasons.SERVER_ADDRESS(), ["fetch_url"])
    try:
        options = options_of(parts, "tls")
    except BadSetting:
        raise Refused(reasons.SERVER_OPTION(), ["fetch_url"]) from None
    port = f":{parts.port}" if parts.port else ""
    host = f"{parts.username}@{parts.hostname}{port}"
    query = urlencode(options)
    return urlunsplit((parts.scheme, host, parts.path, query, "")), unquote(parts.password or "")


def _of_environment(url: str, password: str) -> tuple[dict[str, Any], dict[str, str]]:
    return ({"fetch_url": url} if url else {}), ({"password": password} if password else {})


def _check_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(reasons.NOT_MAIL(), ["address"]) from None


def _check_sign_in(wanted: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
    if not wanted["sign_in"]:
        return
    given = {"oauth_client_id": wanted["oauth_client_id"], **secrets}
    missing = [key for key in ("oauth_client_id", "oauth_refresh_token") if not given.get(key)]
    if missing:
        raise Refused(reasons.SIGN_IN_INCOMPLETE(), missing)
    if not set(str(wanted["oauth_tenant"]).lower()) <= _TENANT_SIGNS:
        raise Refused(reasons.TENANT_ODD(), ["oauth_tenant"])


def _check_folder(url: str, folder: str) -> None:
    if is_pop(url):
        raise Refused(reasons.NO_POP_FOLDERS(), ["afterwards"])
    if not folder:
        raise Refused(reasons.FOLDER_NAMELESS(), ["move_to"])
    if any(unicodedata.category(sign) in _IN_NO_FOLDER for sign in folder):
        raise Refused(reasons.FOLDER_NAME_ODD(), ["move_to"])
    if url and folder.casefold() == ImapPlace.from_url(url).folder.casefold():
        raise Refused(reasons.FOLDER_THE_SAME(), ["move_to"])


def _moved(place: Place, wanted: Mapping[str, Any], before: Account | None) -> Place:
    """Another source has other numbers: then the place in the old one means nothing. What was fetched before
    stays as it was, and what still had to be moved goes where it now shall."""
    known = before.settings if before else {}
    if _without_options(str(known.get("fetch_url", ""))) != _without_options(wanted["fetch_url"]):
        place = place.at_beginning()
    if wanted["afterwards"] != known.get("afterwards", KEEP):
        place = replace(place, afterwards_since=clock.now().isoformat())
    if wanted["afterwards"] == KEEP:
        place = replace(place, untidied="")
    if any(wanted[key] != known.get(key) for key in ("afterwards", "move_to")):
        place = replace(place, tidy_error="")
    return place


def _without_options(url: str) -> str:
    return url.partition("?")[0]
