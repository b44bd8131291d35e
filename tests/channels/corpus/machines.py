"""Mail that no person wrote, and mail that only looks so."""

from __future__ import annotations

from tests.channels.corpus.case import Case, mail, multipart, part, text_part

_OURS = "<m1@tocsin.example.test>"
_ORIGINAL = part("Content-Type: message/rfc822", body=mail(f"Message-ID: {_OURS}", "Subject: Your ticket"))


def report(
    action: str, status: str, *, words: str = "smtp; 550 5.1.1 no such user", original: bytes = _ORIGINAL
) -> bytes:
    """A delivery report by RFC 3464."""
    blocks = (
        "Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; gone@example.com\n"
        f"Action: {action}\nStatus: {status}\nDiagnostic-Code: {words}\n"
    )
    notice = part("Content-Type: message/delivery-status", body=blocks)
    return multipart(
        "report; report-type=delivery-status",
        text_part("Sorry."),
        notice,
        original,
        headers=("Subject: Undelivered Mail", "Return-Path: <>"),
    )


_PLAIN_BOUNCE = """Hi. This is the qmail-send program at mx.example.com.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<gone@example.com>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.1.1 <gone@example.com>: User unknown

--- Below this line is a copy of the message.

Message-ID: <m1@tocsin.example.test>
Subject: Your ticket
"""
_DAEMON = "From: Mail Delivery System <MAILER-DAEMON@mx.example.com>"


def _bounced(**expected: object) -> dict[str, object]:
    return {"bounce": {"recipient": "gone@example.com", "original_message_id": _OURS, **expected}}


CASES = [
    Case("a person", mail("Auto-Submitted: no", "X-Mailer: Thunderbird"), {"machine": ""}),
    Case("Auto-Submitted", mail("Auto-Submitted: auto-replied (vacation)"), {"machine": "auto-reply"}),
    Case("auto-generated", mail("Auto-Submitted: auto-generated"), {"machine": "auto-reply"}),
    Case("X-Autoreply", mail("X-Autoreply: yes"), {"machine": "auto-reply"}),
    Case("X-Autorespond", mail("X-Autorespond: x"), {"machine": "auto-reply"}),
    Case("Precedence: auto_reply", mail("Precedence: auto_reply"), {"machine": "auto-reply"}),
    Case("Precedence: junk", mail("Precedence: junk"), {"machine": "auto-reply"}),
    Case("Exchange's out-of-office", mail("X-Auto-Response-Suppress: All"), {"machine": "auto-reply"}),
    Case("suppressing receipts only", mail("X-Auto-Response-Suppress: DR, RN, NRN"), {"machine": ""}),
    Case("a null sender", mail("Return-Path: <>"), {"machine": "auto-reply"}),
    Case("a list", mail("List-Id: <users.example.com>"), {"machine": "list"}),
    Case("bulk mail", mail("Precedence: bulk"), {"machine": "list"}),
    Case(
        "a list that wants no answers",
        mail("List-Id: <x.y>", "X-Auto-Response-Suppress: All"),
        {"machine": "list"},
    ),
    Case(
        "out of office in Greek, as an answer",
        mail("Subject: Εκτός γραφείου: Re: Your ticket", f"In-Reply-To: {_OURS}"),
        {"machine": "auto-reply"},
    ),
    Case(
        "automatic answer in Russian",
        mail("Subject: Автоматический ответ: x", f"References: {_OURS}"),
        {"machine": "auto-reply"},
    ),
    Case(
        "automatic answer in Spanish",
        mail("Subject: Respuesta automática: x", f"References: {_OURS}"),
        {"machine": "auto-reply"},
    ),
    Case(
        "automatic answer in Croatian",
        mail("Subject: Automatski odgovor: x", f"References: {_OURS}"),
        {"machine": "auto-reply"},
    ),
    Case(
        "automatic answer in German",
        mail("Subject: Abwesenheitsnotiz", f"References: {_OURS}"),
        {"machine": "auto-reply"},
    ),
    Case(
        "a person who asks about out-of-office mails",
        mail("Subject: Out of office replies are not sent"),
        {"machine": ""},
    ),
    Case(
        "a person who asks about a bounce",
        mail(
            "Subject: Undelivered mail, please help", body="I get: 550 5.1.1 <gone@example.com>: User unknown"
        ),
        {"machine": "", "bounce": None},
    ),
    Case(
        "a permanent failure",
        report("failed", "5.1.1"),
        {"machine": "bounce", **_bounced(status="5.1.1", permanent=True, words="550 5.1.1 no such user")},
    ),
    Case(
        "a temporary failure",
        report("failed", "4.2.2", words="smtp; 452 4.2.2 mailbox full"),
        {"machine": "bounce", **_bounced(status="4.2.2", permanent=False)},
    ),
    Case(
        "a delay",
        report("delayed", "4.4.1", words="smtp; connection timed out"),
        {"machine": "delay", **_bounced(status="4.4.1", permanent=False)},
    ),
    Case(
        "a success",
        report("delivered", "2.0.0"),
        {"machine": "receipt", **_bounced(permanent=False, delayed=False, words="delivered")},
    ),
    Case(
        "a report with the header only",
        report(
            "failed",
            "5.0.0",
            original=part("Content-Type: text/rfc822-headers", body=f"Message-ID: {_OURS}\nSubject: x"),
        ),
        {"machine": "bounce", **_bounced()},
    ),
    Case(
        "a report that says the Message-ID in words",
        report("failed", "5.0.0", original=text_part(f"> Message-ID: {_OURS}\n> Subject: x")),
        {"machine": "bounce", **_bounced()},
    ),
    Case(
        "a report in Greek words",
        report("failed", "5.1.1", words="smtp; 550 Άγνωστος χρήστης"),
        {"machine": "bounce", **_bounced(words="550 Άγνωστος χρήστης")},
    ),
    Case(
        "a bounce in plain words",
        mail("Subject: failure notice", "Return-Path: <>", sender=_DAEMON, body=_PLAIN_BOUNCE),
        {"machine": "bounce", **_bounced(permanent=True, status="5.1.1")},
    ),
    Case(
        "a bounce of Exim",
        mail(
            "Subject: Mail delivery failed: returning message to sender",
            "X-Failed-Recipients: gone@example.com",
            sender=_DAEMON,
            body="  gone@example.com\n    550 Unrouteable address",
        ),
        {
            "machine": "bounce",
            "bounce": {
                "recipient": "gone@example.com",
                "permanent": True,
                "words": "550 Unrouteable address",
            },
        },
    ),
    Case(
        "a read receipt",
        multipart(
            "report; report-type=disposition-notification",
            text_part("Read."),
            part(
                "Content-Type: message/disposition-notification",
                body="Disposition: manual-action/x; displayed",
            ),
        ),
        {"machine": "receipt"},
    ),
    Case(
        "an abuse report",
        multipart(
            "report; report-type=feedback-report",
            text_part("Spam."),
            part("Content-Type: message/feedback-report", body="Feedback-Type: abuse"),
            _ORIGINAL,
        ),
        {"machine": "report"},
    ),
    Case("our Message-ID coming back", mail(f"Message-ID: {_OURS}"), {"machine": "own"}),
    Case(
        "a forged mark",
        mail("Message-ID: <x@example.com>", "X-Tocsin: 00000000000000000000"),
        {"machine": ""},
    ),
    Case(
        "an answer to our mail", mail(f"In-Reply-To: {_OURS}", "Message-ID: <x@example.com>"), {"machine": ""}
    ),
]

_THREE = """Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; one@example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 nobody here

Original-Recipient: rfc822; two@example.com
Final-Recipient: rfc822; zwei@example.com
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 mailbox full

Final-Recipient: rfc822; three@example.com
Action: delayed
Status: 4.4.1

Final-Recipient: rfc822; four@example.com
Action: delivered
Status: 2.0.0
"""
REPORT_OF_THREE = multipart(
    "report; report-type=delivery-status",
    text_part("Sorry."),
    part("Content-Type: message/delivery-status", body=_THREE),
    _ORIGINAL,
    headers=("Subject: Undelivered Mail", "Return-Path: <>"),
)
