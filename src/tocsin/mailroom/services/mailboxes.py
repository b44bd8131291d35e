"""Mailboxes: added and changed by staff, one made by itself so that an empty installation works at once."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, replace
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from tocsin.channels.email.imap import Mailbox as ImapPlace
from tocsin.channels.email.oauth import OAuth
from tocsin.channels.email.pop import is_pop
from tocsin.channels.email.server import options_of, split
from tocsin.kernel import clock, sealing
from tocsin.kernel.errors import Conflict, Refused
from tocsin.kernel.events import SYSTEM, emit
from tocsin.kernel.locks import Lock
from tocsin.kernel.reasons import NOTHING, Kept
from tocsin.mailroom import events, queries
from tocsin.mailroom.models import Afterwards, Mailbox
from tocsin.mailroom.queries import Comparison

_SEEDING = Lock("mailroom.default-mailbox")
# Of the names of missing messages, as shown.
_LONGEST_LIST = 300
_IN_NO_FOLDER = {"Cc", "Cs"}  # of Unicode: control characters, halves of characters
_SCHEMES = {"imap", "imaps", "pop3", "pop3s"}


@transaction.atomic
def save_mailbox(
    *,
    address: str,
    mailbox_id: int | None = None,
    name: str = "",
    department_id: int | None = None,
    language: str = "",
    is_default: bool = False,
    signed_replies: bool = False,
    imap_url: str = "",
    imap_password: str | None = None,
    imap_oauth: OAuth | None = None,
    afterwards: str = Afterwards.KEEP,
    move_to: str = "",
    watches_silence: bool = True,
    actor: str = SYSTEM,
) -> Mailbox:
    """Add a mailbox, or change the one with this id.

    `imap_url` is `imaps://user@host:993/INBOX` or `pop3s://user@host:995`; a password inside it is taken out.
    `imap_password` None keeps the present one. So does `imap_oauth`; empty secrets in it keep the present
    ones, and with an empty provider none is used any more. `afterwards` holds for mail fetched from now on.
    Raises Refused, or Conflict when the address is another mailbox's.
    """
    address = address.strip()
    bare_url, url_password = split_password(imap_url)
    if Mailbox.objects.filter(address__iexact=address).exclude(pk=mailbox_id or 0).exists():
        raise Conflict(gettext("There is a mailbox with this address already."), {"address": "taken"})
    mailbox = Mailbox.objects.select_for_update().get(pk=mailbox_id) if mailbox_id else Mailbox()
    _keep_fetching_place(mailbox, bare_url)
    _choose_afterwards(mailbox, afterwards, move_to.strip())
    _choose_watch(mailbox, watches_silence)
    mailbox.address, mailbox.name, mailbox.language = address, name, language
    mailbox.department_id, mailbox.signed_replies = department_id, signed_replies
    password = url_password or imap_password
    if password is not None:
        mailbox.imap_password = sealing.seal(password) if password else None
    if imap_oauth is not None:
        mailbox.imap_oauth = _sealed(_completed(imap_oauth, mailbox))
    _choose_default(mailbox, is_default)
    mailbox.asked_at = clock.now()
    mailbox.save()
    emit(events.MailboxSaved(mailbox.pk), actor=actor)
    return mailbox


@transaction.atomic
def ensure_default_mailbox() -> Mailbox:
    """The default mailbox; made from TOCSIN_MAIL_FROM and TOCSIN_IMAP_URL where there is none.

    Several loops and processes call this when they start: one of them makes it, the others wait and find it.
    """
    _SEEDING.hold()
    found = Mailbox.objects.filter(is_default=True).first()
    if found:
        return _seed_imap(found)
    _name, address = parseaddr(settings.TOCSIN_MAIL_FROM)
    known = Mailbox.objects.filter(address__iexact=address).first()
    return _seed_imap(save_mailbox(address=address, mailbox_id=known.pk if known else None, is_default=True))


def _seed_imap(mailbox: Mailbox) -> Mailbox:
    """TOCSIN_IMAP_URL is for the default mailbox, and is read anew at every start."""
    url, password = split_password(settings.TOCSIN_IMAP_URL)
    if not url or (mailbox.imap_url == url and imap_password(mailbox) == password):
        return mailbox
    return save_mailbox(
        address=mailbox.address,
        mailbox_id=mailbox.pk,
        name=mailbox.name,
        department_id=mailbox.department_id,
        language=mailbox.language,
        is_default=mailbox.is_default,
        signed_replies=mailbox.signed_replies,
        afterwards=mailbox.afterwards,
        move_to=mailbox.move_to,
        watches_silence=mailbox.watches_silence,
        imap_url=url,
        imap_password=password or None,
    )


def imap_password(mailbox: Mailbox) -> str:
    """The password to fetch with. Raises ValueError when it can't be read any more."""
    return sealing.unseal(bytes(mailbox.imap_password)) if mailbox.imap_password else ""


def imap_oauth(mailbox: Mailbox) -> OAuth | None:
    """The sign-in by OAuth2, if it is fetched by that. Raises ValueError when it can't be read any more."""
    return OAuth.from_json(sealing.unseal(bytes(mailbox.imap_oauth))) if mailbox.imap_oauth else None


def keep_oauth(mailbox_id: int, before: OAuth, now: OAuth) -> None:
    """The provider gave a new refresh token; not kept where staff entered another meanwhile."""
    with transaction.atomic():
        mailbox = Mailbox.objects.select_for_update().filter(pk=mailbox_id).first()
        if mailbox and imap_oauth(mailbox) == before:
            Mailbox.objects.filter(pk=mailbox_id).update(imap_oauth=_sealed(now))


def _sealed(oauth: OAuth | None) -> bytes | None:
    return sealing.seal(oauth.to_json()) if oauth else None


def _completed(wanted: OAuth, mailbox: Mailbox) -> OAuth | None:
    """What staff left empty stays as it is. Raises Refused when something is missing."""
    if not wanted.provider:
        return None
    try:
        present = imap_oauth(mailbox)
    except ValueError:  # sealed with another key: then all has to be entered anew
        present = None
    if present:
        wanted = replace(
            wanted,
            client_secret=wanted.client_secret or present.client_secret,
            refresh_token=wanted.refresh_token or present.refresh_token,
        )
    missing = {
        f"oauth_{name}": "needed" for name in ("client_id", "refresh_token") if not getattr(wanted, name)
    }
    if missing:
        raise Refused(gettext("A sign-in by OAuth2 needs a client id and a refresh token."), missing)
    return wanted


def note_success(mailbox_id: int) -> None:
    """The mailbox was looked into and what was there is written down."""
    Mailbox.objects.filter(pk=mailbox_id).update(
        last_success_at=clock.now(), last_error=NOTHING, last_trouble=""
    )


def note_error(mailbox_id: int, error: Kept, trouble: str = "", at: datetime | None = None) -> None:
    """The mailbox could not be looked into; `error` is shown to staff and holds no password."""
    Mailbox.objects.filter(pk=mailbox_id).update(
        last_error=error, last_error_at=at or clock.now(), last_trouble=trouble
    )


def note_waiting(mailbox_id: int, count: int) -> None:
    """So many messages are on the server and not fetched yet."""
    Mailbox.objects.filter(pk=mailbox_id).exclude(waiting=count).update(waiting=count)


def note_comparison(mailbox_id: int, found: Comparison) -> None:
    """The server's messages were compared with ours."""
    found = replace(found, which=found.which[:_LONGEST_LIST])
    Mailbox.objects.filter(pk=mailbox_id).update(compared_at=clock.now(), comparison=asdict(found))


@transaction.atomic
def look_now(mailbox_id: int, actor: str = SYSTEM) -> None:
    """Staff want the mailbox looked into and compared now, whatever pause it is in. Raises NotFound."""
    mailbox = queries.mailbox_by_id(mailbox_id)
    Mailbox.objects.filter(pk=mailbox.pk).update(asked_at=clock.now())
    emit(events.MailboxLookedInto(mailbox.pk), actor=actor)


def split_password(url: str) -> tuple[str, str]:
    """An IMAP or POP3 address without its password, and the password.

    Raises Refused when it is neither.
    """
    if not url.strip():
        return "", ""
    try:
        parts = split(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in _SCHEMES or not parts.hostname or not parts.username:
        raise Refused(
            gettext("Write it as imaps://user@host:993/INBOX or pop3s://user@host:995."),
            {"imap_url": "not an address such as imaps://user@host/INBOX or pop3s://user@host"},
        )
    try:
        options = options_of(parts, "tls")
    except ValueError:
        text = gettext(
            "After the address there may be ?tls=required, ?tls=offered or ?tls=off (not encrypted)."
        )
        raise Refused(text, {"imap_url": "no such option"}) from None
    port = f":{parts.port}" if parts.port else ""
    host = f"{parts.username}@{parts.hostname}{port}"
    query = urlencode(options)
    return urlunsplit((parts.scheme, host, parts.path, query, "")), unquote(parts.password or "")


def _keep_fetching_place(mailbox: Mailbox, imap_url: str) -> None:
    """Another source has other numbers: then the place in the old one means nothing."""
    if _without_options(mailbox.imap_url) != _without_options(imap_url):
        mailbox.numbering += bool(mailbox.uid_validity)
        mailbox.uid_validity, mailbox.last_uid, mailbox.untidied = None, 0, ""
        mailbox.compared_at, mailbox.comparison, mailbox.waiting = None, {}, 0
    mailbox.imap_url = imap_url


def _without_options(url: str) -> str:
    return url.partition("?")[0]


def _choose_afterwards(mailbox: Mailbox, afterwards: str, move_to: str) -> None:
    """What was fetched before stays as it was, and what still had to be moved goes where it now shall."""
    if afterwards == Afterwards.MOVE:
        _check_folder(mailbox.imap_url, move_to)
    if afterwards != mailbox.afterwards:
        mailbox.afterwards_since = clock.now()
    if afterwards == Afterwards.KEEP:
        mailbox.untidied = ""
    if (afterwards, move_to) != (mailbox.afterwards, mailbox.move_to):
        mailbox.tidy_error = NOTHING
    mailbox.afterwards, mailbox.move_to = afterwards, move_to


def _check_folder(url: str, folder: str) -> None:
    if is_pop(url):
        raise Refused(
            gettext("POP3 knows no folders: mail can be kept or deleted."), {"afterwards": "not by POP3"}
        )
    if not folder:
        raise Refused(gettext("Name the folder that mail is moved into."), {"move_to": "needed"})
    if any(unicodedata.category(sign) in _IN_NO_FOLDER for sign in folder):
        text = gettext("The folder's name has a line break or another sign that no folder can have.")
        raise Refused(text, {"move_to": "not a name"})
    if url and folder.casefold() == ImapPlace.from_url(url).folder.casefold():
        raise Refused(gettext("That is the folder mail is fetched from."), {"move_to": "the same"})


def _choose_watch(mailbox: Mailbox, watches_silence: bool) -> None:
    mailbox.watches_silence = watches_silence
    if not watches_silence:
        mailbox.silent_alarm_at = None


def _choose_default(mailbox: Mailbox, is_default: bool) -> None:
    others = Mailbox.objects.filter(is_default=True).exclude(pk=mailbox.pk)
    if is_default:
        others.update(is_default=False)
    mailbox.is_default = is_default or not others.exists()
