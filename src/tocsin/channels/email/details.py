"""What the page of a mailbox shows of it."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.channels.accounts import Account, Details, Fact, Section, Text, Warning
from tocsin.channels.email.form import AFTERWARDS, MOVE
from tocsin.channels.email.places import Comparison, Place
from tocsin.channels.email.pop import is_pop
from tocsin.kernel.reasons import Kept


def details(account: Account) -> Details:
    """Where its mail comes from, how the server's compares with ours, and what it does not do as wished."""
    url, place = str(account.settings.get("fetch_url", "")), Place.of(account)
    if not url:
        return Details(sections=(_handed_in(),), arrives=_("Mail is handed in"))
    facts = (Fact(_("Fetched from"), url), Fact(_("Afterwards"), _afterwards(account)))
    return Details(facts, (_compared(url, place),), _warnings(place), _brief(place))


def _afterwards(account: Account) -> Text:
    wished = str(account.settings.get("afterwards", ""))
    words = str(dict(AFTERWARDS).get(wished, ""))
    return f"{words}: {account.settings['move_to']}" if wished == MOVE else words


def _handed_in() -> Section:
    words = _(
        "Each message is stored before its sender is told that we have it (250, or exit code 0). Whatever "
        "the mail server handed in is therefore here; what it could not hand in is in its own queue."
    )
    return Section(_("Received by the server, seen by us"), words=words, icon="scale")


def _compared(url: str, place: Place) -> Section:
    title = _("Received by the server, seen by us")
    if not place.compared_at:
        words = _("Not compared yet. It is done after the first fetch, and then every hour.")
        return Section(title, words=words, icon="scale")
    if is_pop(url):
        words = _("Every look is a comparison. It does not matter who else reads or deletes mail there.")
    else:
        words = _(
            "Every hour. It does not matter who else reads, moves or deletes mail there; what is missing is "
            "fetched at once."
        )
    return Section(title, _figures(place, place.last_comparison, by_uid=not is_pop(url)), words, "scale")


def _figures(place: Place, found: Comparison, *, by_uid: bool) -> tuple[Fact, ...]:
    seen = Fact(_("Seen by us"), found.seen)
    missing = Fact(_("Missing"), found.missing)
    if found.missing:
        which = f"UID {found.which}" if by_uid else found.which
        missing = replace(missing, mark=_("not given by the server"), tone="bad", hint=which)
    else:
        seen = replace(seen, mark=_("all of them"), tone="good")
    facts = [
        Fact(_("Compared"), place.last_compared_at),
        Fact(_("On the server"), found.on_server),
        seen,
        missing,
    ]
    if found.recovered:
        facts.append(Fact(_("Fetched late"), found.recovered))
    return tuple(facts)


def _warnings(place: Place) -> tuple[Warning, ...]:
    if not place.tidy_error:
        return ()
    title = _("Messages are stored here, but the server does not move or delete them")
    remedy = _(
        "Fetching goes on. Check the folder's name and our right to change the mailbox; it is tried again "
        "every minute."
    )
    return (Warning(title, Kept(place.tidy_error), remedy),)


def _brief(place: Place) -> tuple[Text, ...]:
    missing = place.last_comparison.missing
    words = ngettext("%(number)s message is missing", "%(number)s messages are missing", missing)
    found = [_("Messages are not moved or deleted")] if place.tidy_error else []
    return (*found, *([words % {"number": missing}] if missing else []))
