"""Whether a machine wrote it, and which: what must never be answered or never opens a ticket (R-A03)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.channels.base import Bounce, Envelope
from tocsin.channels.email import bounces, marks
from tocsin.channels.email.addresses import domain_of
from tocsin.channels.email.fields import Fields
from tocsin.channels.email.structure import Part
from tocsin.kernel.text import fold

_AUTO_FIELDS = {
    "x-autoreply", "x-auto-reply", "x-autorespond", "x-autoresponder", "x-autoresponse", "x-autoreply-from",
    "x-mail-autoreply", "x-amazon-auto-reply", "x-ebay-mailtracker-autoreply", "x-vacation",
    "x-autoreply-domain", "x-cron-env", "x-ms-exchange-generated-message-source", "x-fc-machinegenerated",
}  # fmt: skip
_LIST_FIELDS = {
    "list-id", "list-post", "list-help", "list-subscribe", "list-archive", "mailing-list", "x-mailing-list",
    "list-unsubscribe",
}  # fmt: skip
_AUTO_MAILERS = re.compile(rb"autorespond|auto-?reply|vacation|out.?of.?office", re.IGNORECASE)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(fold(text))


# Words that open the subjects of automatic answers, by language.
_WORDS = (
    r"\[?auto(matic|mated)?[- ]?(reply|response)|out of (the )?office|vacation (reply|response)"
    r"|αυτόματη απάντηση|αυτοματοποιημένη απάντηση|εκτός γραφείου"
    r"|automatski odgovor|automatska poruka|izvan ureda"
    r"|respuesta automática|fuera de (la )?oficina"
    r"|автоматический ответ|автоответ|вне офиса"
    r"|automatische antwort|abwesenheitsnotiz|abwesenheitsnachricht"
    r"|réponse automatique|absence du bureau|risposta automatica"
)
# With a colon, or with nothing else, nobody writes them himself. To take a person for a machine costs them
# the acknowledgement; the mail is a ticket all the same.
_SURELY_AUTO = _pattern(rf"^({_WORDS})\]? ?(:|$)|^auto: .*\b(out of (the )?office|abwesend|ausente)\b")
# People begin so too: counts only together with another weak sign.
_PERHAPS_AUTO = _pattern(
    rf"^(re: *)?({_WORDS}|away from|απουσία|odsutan|ausencia|нет на рабочем месте|отсутствие на"
    r"|abwesenheit|abwesend)\b"
)
_NOBODY = re.compile(r"^(no[-_.]?reply|do[-_.]?not[-_.]?reply|auto(reply|responder)?)\b", re.IGNORECASE)
_DAEMON = re.compile(r"^(mailer-daemon|mail-daemon|mailerdaemon)\b", re.IGNORECASE)
# What Postfix calls the null sender when it starts a command for a mail.
_NULL_SENDERS = ("", "mailer-daemon")
_SUPPRESSES = {"all", "oof", "autoreply"}


@dataclass(frozen=True)
class Machine:
    """`kind` is '' for a person; see `Inbound.machine`."""

    kind: str = ""
    bounces: tuple[Bounce, ...] = ()


@dataclass(frozen=True)
class Signs:
    """What is judged; `is_answer` says that it names a mail or a ticket of ours, `by_form` that a mailer
    sent it for a person who filled in a form."""

    root: Part
    envelope: Envelope
    from_address: str
    subject: str
    text: str
    message_id: str
    is_answer: bool
    by_form: bool = False

    @property
    def fields(self) -> Fields:
        """The message's own header."""
        return self.root.fields


def classify(signs: Signs) -> Machine:
    """Which machine wrote this, if any; the strongest sign decides."""
    if _is_own(signs):
        return Machine("own")
    report = bounces.read_report(signs.root)
    if report.kind:
        return Machine(report.kind, report.bounces)
    return _bounce_in_words(signs) or Machine(_kind_of_answer(signs))


def _bounce_in_words(signs: Signs) -> Machine | None:
    hints = bounces.Hints(
        from_address=signs.from_address,
        subject=signs.subject,
        null_sender=_null_sender(signs),
        returns_ours=bounces.returns_mail_of(signs.root, _own_domains(signs)),
    )
    if not bounces.may_be_plain_bounce(signs.fields, hints):
        return None
    found = bounces.read_plain(signs.root, signs.text)
    if found:
        return Machine("bounce" if any(one.permanent for one in found) else "delay", found)
    return Machine("bounce") if _DAEMON.match(signs.from_address) else None


def _kind_of_answer(signs: Signs) -> str:
    if signs.by_form:
        # Mailers of forms call their mail generated, or bulk; that one answers by itself says `auto-replied`.
        return "auto-reply" if signs.fields.token("auto-submitted") == "auto-replied" else ""
    if _says_automatic(signs.fields):
        return "auto-reply"
    if _is_list(signs.fields):
        return "list"
    is_bulk = signs.fields.token("precedence") == "bulk"  # lists write so, and old vacation programs
    if is_bulk and not signs.is_answer:
        return "list"
    wants_no_answer = _suppresses_answers(signs.fields) or _null_sender(signs) or _seems_automatic(signs)
    return "auto-reply" if is_bulk or wants_no_answer else ""


def _is_own(signs: Signs) -> bool:
    mark = signs.fields.first(marks.HEADER.lower()).decode("ascii", "ignore")
    if mark.strip():
        return marks.is_ours(mark)  # another installation of the same domain has a mark too
    return domain_of(signs.message_id.strip("<>")) in _own_domains(signs)


def _own_domains(signs: Signs) -> set[str]:
    return {str(one).lower() for one in signs.envelope.get("own_message_id_domains") or ()}


def _null_sender(signs: Signs) -> bool:
    if str(signs.envelope.get("mail_from", "?")).lower() in _NULL_SENDERS:
        return True
    return signs.fields.first("return-path").strip().replace(b" ", b"") == b"<>"


def _says_automatic(fields: Fields) -> bool:
    if fields.token("auto-submitted") not in ("", "no") or fields.token("x-autogenerated") in (
        "reply",
        "notice",
    ):
        return True
    if any(name in fields for name in _AUTO_FIELDS) or _AUTO_MAILERS.search(fields.first("x-mailer")):
        return True
    if fields.first("delivered-to").strip().lower() == b"autoresponder":  # qmail's
        return True
    return fields.token("precedence") in ("junk", "auto_reply", "auto-reply", "auto")


def _suppresses_answers(fields: Fields) -> bool:
    raw = fields.first("x-auto-response-suppress").decode("ascii", "ignore").lower()
    return bool(_SUPPRESSES & {word.strip() for word in raw.split(",")})


def _seems_automatic(signs: Signs) -> bool:
    """By subject and sender alone."""
    reads_nothing = bool(_NOBODY.match(signs.from_address)) and "reply-to" not in signs.fields
    subject = fold(signs.subject)
    if reads_nothing or _DAEMON.match(signs.from_address) or _SURELY_AUTO.match(subject):
        return True
    return bool(_PERHAPS_AUTO.match(subject)) and (signs.is_answer or "x-loop" in signs.fields)


def _is_list(fields: Fields) -> bool:
    return fields.token("precedence") == "list" or any(name in fields for name in _LIST_FIELDS)
