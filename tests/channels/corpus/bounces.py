"""Bounces and delays as mail servers of all ages put them, each in its own words."""

from __future__ import annotations

from tests.channels.corpus.case import Case, mail, multipart, part, text_part

OURS = "<m1@tocsin.example.test>"
GONE = "gone@example.com"
_RETURNED = f"""From: Support <support@example.test>
To: {GONE}
Message-ID: {OURS}
Subject: [T-0000013] Your ticket

We have received your message.
"""
_DAEMON = "From: Mail Delivery System <MAILER-DAEMON@mx.example.com>"


def plain(subject: str, words: str, *headers: str, sender: str = _DAEMON) -> bytes:
    """A bounce of words alone, with our mail below them."""
    return mail(f"Subject: {subject}", *headers, sender=sender, body=f"{words}\n\n{_RETURNED}")


def failed(**expected: object) -> dict[str, object]:
    """The reading of a mail that was given up."""
    named = {"recipient": GONE, "original_message_id": OURS, "permanent": True, "delayed": False}
    return {"machine": "bounce", "bounce": {**named, **expected}}


def delayed(**expected: object) -> dict[str, object]:
    """The reading of a mail that is still tried: no failure."""
    named = {"recipient": GONE, "original_message_id": OURS, "permanent": False, "delayed": True}
    return {"machine": "delay", "bounce": {**named, **expected}}


_SENDMAIL = f"""The original message was received at Mon, 2 Nov 2026 09:00:00 +0200
from mail.example.test [192.0.2.1]

   ----- The following addresses had permanent fatal errors -----
<{GONE}>
    (reason: 550 5.1.1 <{GONE}>... User unknown)

   ----- Transcript of session follows -----
... while talking to mx2.example.com.:
>>> RCPT To:<{GONE}>
<<< 550 5.1.1 <{GONE}>... User unknown
550 5.1.1 <{GONE}>... User unknown

   ----- Original message follows -----"""
_SENDMAIL_WARNING = f"""    **********************************************
    **      THIS IS A WARNING MESSAGE ONLY      **
    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
    **********************************************

The original message was received at Mon, 2 Nov 2026 09:00:00 +0200
from mail.example.test [192.0.2.1]

   ----- The following addresses had transient non-fatal errors -----
<{GONE}>

   ----- Transcript of session follows -----
<{GONE}>... Deferred: Connection timed out with mx2.example.com.
Warning: message still undelivered after 4 hours
Will keep trying until message is 5 days old

   ----- Original message follows -----"""
_EXIM = f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {GONE}
    SMTP error from remote mail server after RCPT TO:<{GONE}>:
    host mx2.example.com [192.0.2.9]: 550 5.1.1 No such mailbox

------ This is a copy of the message, including all the headers. ------
"""
_EXIM_DELAY = f"""This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.com.

The message identifier is:     1kZabc-0004fX-7H
The subject of the message is: [T-0000013] Your ticket

The address to which the message has not yet been delivered is:

  {GONE}

No action is required on your part. Delivery attempts will continue for
some time, and this warning may be repeated at intervals if the message
remains undelivered."""
_POSTFIX = f"""This is the mail system at host mx.example.com.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

                   The mail system

<{GONE}>: host mx2.example.com[192.0.2.9] said: 550 5.1.1 <{GONE}>:
    Recipient address rejected: User unknown in local recipient table (in reply
    to RCPT TO command)"""
_QMAIL_FULL = f"""Hi. This is the qmail-send program at mx.example.com.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{GONE}>:
The user's mailbox is full. (#5.2.2)

--- Below this line is a copy of the message."""
_EXCHANGE_55 = f"""Your message

  To:      {GONE}
  Subject: [T-0000013] Your ticket
  Sent:    Mon, 2 Nov 2026 09:00:00 +0200

did not reach the following recipient(s):

{GONE} on Mon, 2 Nov 2026 09:00:05 +0200
    The recipient name is not recognized
    The MTS-ID of the original message is: c=gr;a= ;p=firm;l=SRV0001
    MSEXCH:IMS:FIRM:ATHENS:SRV 0 (000C05A6) Unknown Recipient
"""
_GOOGLE = f"""** Address not found **

Your message wasn't delivered to {GONE} because the address couldn't be found, or is unable to receive mail.

The response was:

550 5.1.1 The email account that you tried to reach does not exist."""
_DOMINO = f"""Your message

  Subject: [T-0000013] Your ticket

was not delivered to:

  {GONE}

because:

  User gone ({GONE}) not listed in Domino Directory
"""
_GERMAN = f"""Diese Nachricht wurde automatisch erzeugt.

Ihre E-Mail konnte nicht zugestellt werden an:

{GONE}
550 5.1.1 Unbekannter Empfaenger

--- Ihre Nachricht ---"""
_UNKNOWN_STYLE = "We regret. The letter that follows has found no taker.\n"


def _status(action: str, status: str, words: str, extra: str = "") -> bytes:
    blocks = (
        f"Reporting-MTA: dns; mx.example.com\n{extra}\n"
        f"Final-Recipient: rfc822; {GONE}\nAction: {action}\nStatus: {status}\n"
    )
    return part("Content-Type: message/delivery-status", body=blocks + words)


def _report(subject: str, said: str, status: bytes, *headers: str) -> bytes:
    ours = part("Content-Type: message/rfc822", body=_RETURNED)
    named = (f"Subject: {subject}", *headers)
    return multipart("report; report-type=delivery-status", text_part(said), status, ours, headers=named)


_NULL = "Return-Path: <>"
CASES = [
    Case(
        "sendmail, words alone",
        plain("Returned mail: User unknown", _SENDMAIL, _NULL),
        failed(status="5.1.1"),
    ),
    Case(
        "sendmail's warning, words alone",
        plain("Warning: could not send message for past 4 hours", _SENDMAIL_WARNING, _NULL),
        delayed(),
    ),
    Case(
        "Exim without its header field",
        plain("Mail delivery failed: returning message to sender", _EXIM, _NULL),
        failed(status="5.1.1"),
    ),
    Case(
        "Exim (cPanel) by a pipe that knows no sender",
        plain("Mail delivery failed: returning message to sender", _EXIM, f"X-Failed-Recipients: {GONE}"),
        failed(status="5.1.1"),
    ),
    Case(
        "Exim's delay",
        plain("Warning: message 1kZabc-0004fX-7H delayed 24 hours", _EXIM_DELAY, _NULL),
        delayed(),
    ),
    Case("Postfix, words alone", plain("Undelivered Mail Returned to Sender", _POSTFIX, _NULL), failed()),
    Case("qmail: a full mailbox", plain("failure notice", _QMAIL_FULL, _NULL), failed(status="5.2.2")),
    Case(
        "Exchange 5.5",
        plain(
            "Undeliverable: [T-0000013] Your ticket",
            _EXCHANGE_55,
            sender="From: System Administrator <postmaster@example.com>",
        ),
        failed(),
    ),
    Case(
        "Google, words alone",
        plain(
            "Delivery Status Notification (Failure)",
            _GOOGLE,
            "Auto-Submitted: auto-replied",
            sender="From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        ),
        failed(status="5.1.1"),
    ),
    Case(
        "Domino, words alone",
        plain(
            "DELIVERY FAILURE: User gone not listed in Domino Directory",
            _DOMINO,
            _NULL,
            sender="From: Postmaster@example.com",
        ),
        failed(),
    ),
    Case(
        "German words of an unknown server", plain("Unzustellbar: Ihre Nachricht", _GERMAN, _NULL), failed()
    ),
    Case(
        "a server with a sender's address and no marks, that returns our mail",
        plain("Mail could not be delivered", _GERMAN, sender="From: mail-service@example.com"),
        failed(),
    ),
    Case(
        "a daemon in words that nobody knows",
        mail("Subject: Undeliverable", _NULL, sender=_DAEMON, body=_UNKNOWN_STYLE),
        {"machine": "bounce", "bounce": None},
    ),
    Case(
        "Postfix's delay as a report",
        _report(
            "Delayed Mail (still being retried)",
            "Your message could not be delivered for 4.0 hours. It will be retried until it is 5.0 days old.",
            _status("delayed", "4.4.1", "Diagnostic-Code: X-Postfix; connect to mx2: timed out\n"),
            _NULL,
        ),
        delayed(status="4.4.1"),
    ),
    Case(
        "Exchange Online as a report",
        _report(
            "Undeliverable: [T-0000013] Your ticket",
            f"Your message to {GONE} couldn't be delivered. gone wasn't found at example.com.",
            _status(
                "failed",
                "5.1.10",
                "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound\n",
                "Arrival-Date: Mon, 2 Nov 2026 09:00:00 +0000\n",
            ),
            "Auto-Submitted: auto-replied",
            "X-MS-Exchange-Message-Is-Ndr:",
        ),
        failed(status="5.1.10"),
    ),
    Case(
        "a report that says that it expanded a list",
        _report("Delivery report", "It went to all members.", _status("expanded", "2.0.0", "")),
        {"machine": "receipt"},
    ),
    Case(
        "a person forwards a bounce and asks",
        mail(
            "Subject: Fwd: Undelivered Mail Returned to Sender",
            "In-Reply-To: <x@example.com>",
            body=f"Why do I get this?\n\n---------- Forwarded message ---------\n{_POSTFIX}\n",
        ),
        {"machine": "", "text_has": "Why do I get this?"},
    ),
    Case(
        "a postmaster who writes himself",
        mail("Subject: Your SPF record", sender="From: Nikos <postmaster@example.com>", body="It is wrong."),
        {"machine": ""},
    ),
]
