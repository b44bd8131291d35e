"""Automatic answers as programs of all kinds send them, and people's mails that look like some."""

from __future__ import annotations

from tests.channels.corpus.case import Case, mail, multipart, part, text_part

_OURS = "<m1@tocsin.example.test>"
_ANSWER = f"In-Reply-To: {_OURS}"
_AWAY = "I am away until Monday and will answer then."


def _auto(name: str, *headers: str, sender: str = "From: maria@example.com") -> Case:
    return Case(name, mail(*headers, sender=sender, body=_AWAY), {"machine": "auto-reply"})


def _person(
    name: str, *headers: str, body: str = "Please help.", sender: str = "From: maria@example.com"
) -> Case:
    return Case(name, mail(*headers, sender=sender, body=body), {"machine": "", "text": body})


def _receipt(disposition: str) -> bytes:
    fields = (
        f"Reporting-UA: mail.example.com; Mail 1.0\nFinal-Recipient: rfc822;maria@example.com\n"
        f"Original-Message-ID: {_OURS}\nDisposition: {disposition}\n"
    )
    return multipart(
        "report; report-type=disposition-notification",
        text_part("The message was displayed. This is no guarantee that it was read."),
        part("Content-Type: message/disposition-notification", body=fields),
        headers=("Subject: Read: Your ticket",),
    )


CASES = [
    _auto(
        "Exchange's out-of-office, whole",
        "Subject: Automatic reply: [T-0000013] Your ticket",
        "X-Auto-Response-Suppress: All",
        "Auto-Submitted: auto-generated",
        "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
        _ANSWER,
    ),
    _auto(
        "Gmail's vacation responder",
        "Subject: Away Re: Your ticket",
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "X-Autoreply: yes",
        _ANSWER,
    ),
    _auto(
        "Lotus Notes' agent", "Subject: AUTO: Maria Papadopoulou is out of the office (returning 09/11/2026)"
    ),
    _auto(
        "cPanel's autoresponder", "Subject: Re: Your ticket", "X-Autorespond: Your ticket", "Precedence: bulk"
    ),
    _auto("vacation(1) of old", "Subject: away from my mail", "Precedence: bulk", _ANSWER),
    _auto("Sieve's vacation", "Subject: Auto: Your ticket", "Auto-Submitted: auto-replied (vacation)"),
    _auto("qmail's autoresponder", "Subject: Re: x", "Delivered-To: Autoresponder", "Return-Path: <>"),
    _auto("an event's notice (RFC 5436)", "Auto-Submitted: auto-notified; owner-email=x"),
    _auto("FirstClass", "Subject: Re: x", "X-FC-MachineGenerated: true"),
    _auto(
        "Zimbra", "Subject: Out of Office Re: Your ticket", "Auto-Submitted: auto-replied (zimbra; vacation)"
    ),
    # Without a header: the subject begins with such words and a colon, or is nothing else.
    _auto("English, the subject alone", "Subject: Automatic reply: Mail is down"),
    _auto("English, out of office", "Subject: Out of Office: back on Monday"),
    _auto("English, nothing but the words", "Subject: Out of office"),
    _auto("Greek, the subject alone", "Subject: Αυτόματη απάντηση: Βλάβη στο ταχυδρομείο"),
    _auto("Greek capitals", "Subject: ΕΚΤΟΣ ΓΡΑΦΕΙΟΥ: Βλάβη"),
    _auto("Croatian, the subject alone", "Subject: Automatski odgovor: Kvar pošte"),
    _auto("Spanish, the subject alone", "Subject: Respuesta automática: Avería del correo"),
    _auto("Spanish, away", "Subject: Fuera de la oficina: Avería"),
    _auto("Russian, the subject alone", "Subject: Автоматический ответ: Сбой почты"),
    _auto("Russian, short", "Subject: Автоответ: Сбой почты"),
    _auto("German, the subject alone", "Subject: Automatische Antwort: Störung der Mail"),
    _auto("German, a notice of absence", "Subject: Abwesenheitsnotiz"),
    _auto("French, the subject alone", "Subject: Réponse automatique : Panne"),
    # With words that people use too it takes one more sign: our number, an answer, an address for nobody.
    _auto("the words and our number", "Subject: Out of office [T-0000013] Mail is down"),
    _auto("the words and an answer to us", "Subject: Out of office until 9 November", _ANSWER),
    _auto(
        "an address that reads nothing", "Subject: Your order", sender="From: Shop <no-reply@shop.example>"
    ),
    _person(
        "a form that sends for somebody",
        "Subject: x",
        "Reply-To: maria@example.com",
        sender="From: noreply@x.example",
    ),
    _person("somebody asks how to set one up", "Subject: Automatic replies do not work"),
    _person("somebody asks about the office", "Subject: Out of office hours your phone is off"),
    _person("a Greek asks", "Subject: Αυτόματη απάντηση δεν στέλνεται"),
    _person("a German asks", "Subject: Abwesenheitsnotiz einrichten"),
    _person("a Croatian asks", "Subject: Automatski odgovor ne radi"),
    _person("a Russian asks", "Subject: Автоответ не работает"),
    _person("a Spaniard asks", "Subject: Respuesta automática no funciona"),
    _person("auto is a word too", "Subject: Auto: insurance papers"),
    _person("urgent mail of a loud program", "Subject: Hello", "Precedence: first-class", "X-Priority: 1"),
    Case(
        "a newsletter", mail("Subject: News", "List-Unsubscribe: <https://x.example/u>"), {"machine": "list"}
    ),
    Case("bulk mail that answers nothing", mail("Subject: News", "Precedence: bulk"), {"machine": "list"}),
    Case(
        "a read receipt says what was read",
        _receipt("manual-action/MDN-sent-manually; displayed"),
        {
            "machine": "receipt",
            "bounce": {
                "recipient": "maria@example.com",
                "original_message_id": _OURS,
                "permanent": False,
                "words": "displayed",
            },
        },
    ),
    Case(
        "a receipt of what was thrown away unread",
        _receipt("automatic-action/MDN-sent-automatically; deleted"),
        {"machine": "receipt", "bounce": {"words": "deleted", "permanent": False}},
    ),
]
