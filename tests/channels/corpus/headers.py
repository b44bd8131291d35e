"""Headers in every mutation: encoded words, names, addresses, dates, identifiers."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from tests.channels.corpus.case import Case, mail

from tocsin.channels.email import reasons


def _word(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


_ALPHA = "Αθήνα".encode()
_HALVES = [base64.b64encode(half).decode() for half in (_ALPHA[:3], _ALPHA[3:])]
_BROKEN = "\r\n ".join(f"=?utf-8?B?{half}?=" for half in _HALVES)
_RUNNING = base64.b64encode("Привет, мир".encode()).decode()

CASES = [
    Case("encoded words broken inside a character", mail(f"Subject: {_BROKEN}"), {"subject": "Αθήνα"}),
    Case(
        "base64 letters that run on in the next word",
        mail(f"Subject: =?utf-8?B?{_RUNNING[:6]}?= =?utf-8?B?{_RUNNING[6:]}?="),
        {"subject": "Привет, мир"},
    ),
    Case(
        "neighbours of two charsets",
        mail(f"Subject: {_word('Один', 'koi8-r')} {_word('δύο', 'iso-8859-7')}"),
        {"subject": "Одинδύο"},
    ),
    Case("words and plain text", mail(f"Subject: Re: {_word('Σφάλμα')} 500"), {"subject": "Re: Σφάλμα 500"}),
    Case("an encoded word glued to text", mail("Subject: [x]=?utf-8?Q?=CE=91?=ok"), {"subject": "[x]Αok"}),
    Case(
        "blanks inside a Q word", mail("Subject: =?utf-8?Q?caf=C3=A9 au lait?="), {"subject": "café au lait"}
    ),
    Case("an unfinished encoded word", mail("Subject: =?utf-8?Q?caf=C3=A9"), {"subject": "café"}),
    Case(
        "a subject that turns round",
        mail("Subject: =?utf-8?Q?bill_=E2=80=AEgpj.exe?="),
        {"subject": "bill gpj.exe"},
    ),
    Case("an empty encoded word", mail("Subject: =?utf-8?Q??= left"), {"subject": "left"}),
    Case("lower-case b and a language", mail("Subject: =?utf-8*el?b?zpE=?="), {"subject": "Α"}),
    Case(
        "an encoded word in quotes",
        mail(sender=f'From: "{_word("Μαρία")}" <maria@example.com>'),
        {"from_name": "Μαρία", "from_address": "maria@example.com"},
    ),
    Case(
        "a comma inside an encoded name",
        mail(sender="From: =?utf-8?Q?P=2C_Maria?= <maria@example.com>"),
        {"from_name": "P, Maria", "from_address": "maria@example.com"},
    ),
    Case(
        "a wholly encoded sender",
        mail(sender=f"From: {_word('Maria <maria@example.com>')}"),
        {"from_name": "Maria", "from_address": "maria@example.com"},
    ),
    Case(
        "a raw Greek name",
        mail(sender="From: Μαρία <maria@example.com>".encode("iso8859_7")),
        {"from_name": "Μαρία"},
    ),
    Case("a folded subject", mail("Subject: one\r\n two\r\n\tthree"), {"subject": "one two three"}),
    Case(
        "a line break injected by an encoded word",
        mail("Subject: =?utf-8?Q?a=0D=0ABcc:_x@y.zz?="),
        {"subject": "a Bcc: x@y.zz"},
    ),
    Case("NUL in the subject", mail(b"Subject: a\x00b"), {"subject": "ab"}),
    Case(
        "no From at all",
        mail("Subject: x", sender="Reply-To: maria@example.com"),
        {"from_address": "maria@example.com", "defect": reasons.SENDER_ELSEWHERE},
    ),
    Case(
        "no sender anywhere", mail("Subject: x", sender=""), {"from_address": "", "defect": reasons.NO_SENDER}
    ),
    Case("From without an address", mail(sender="From: Maria"), {"from_address": "", "from_name": "Maria"}),
    Case(
        "two Froms",
        mail("From: eve@example.net"),
        {"from_address": "maria@example.com", "defect": reasons.TWO_SENDER_FIELDS, "verified": False},
    ),
    Case(
        "two senders in one From",
        mail(sender="From: a@example.com, b@example.com"),
        {"from_address": "a@example.com", "defect": reasons.SEVERAL_SENDERS},
    ),
    Case(
        "a name in a comment",
        mail(sender="From: maria@example.com (Maria P.)"),
        {"from_name": "Maria P.", "from_address": "maria@example.com"},
    ),
    Case(
        "comments in an address",
        mail(sender="From: M(x \\) y) <maria(z)@example(q).com(r)>"),
        {"from_name": "M", "from_address": "maria@example.com"},
    ),
    Case(
        "an unquoted comma in a name",
        mail(sender="From: Papadopoulou, Maria <maria@example.com>"),
        {"from_address": "maria@example.com"},
    ),
    Case(
        "an @ in the name",
        mail(sender='From: "maria@home" <maria@example.com>'),
        {"from_name": "maria@home", "from_address": "maria@example.com"},
    ),
    Case(
        "a colon in an unquoted name",
        mail(sender="From: Support: Maria <maria@example.com>"),
        {"from_address": "maria@example.com"},
    ),
    Case(
        "mailto in the address",
        mail(sender="From: <mailto:maria@example.com>"),
        {"from_address": "maria@example.com"},
    ),
    Case(
        "capitals in the domain",
        mail(sender="From: Maria@EXAMPLE.Com"),
        {"from_address": "Maria@example.com"},
    ),
    Case(
        "an international address",
        mail(sender="From: μαρία@παράδειγμα.gr"),
        {"from_address": "μαρία@παράδειγμα.gr"},
    ),
    Case(
        "a quoted local part",
        mail(sender='From: "maria p"@example.com'),
        {"from_address": '"maria p"@example.com'},
    ),
    Case(
        "a group",
        mail("To: friends: a@example.com, B <b@example.com>; c@example.com"),
        {"to": ("a@example.com", "b@example.com", "c@example.com")},
    ),
    Case("an empty group", mail("To: undisclosed-recipients:;"), {"to": ()}),
    Case(
        "semicolons between addresses",
        mail("Cc: a@example.com; b@example.com"),
        {"cc": ("a@example.com", "b@example.com")},
    ),
    Case(
        "several To fields",
        mail("To: a@example.com", "To: b@example.com, a@example.com"),
        {"to": ("a@example.com", "b@example.com")},
    ),
    Case(
        "an unclosed quote",
        mail('To: "Maria <a@example.com>, b@example.com'),
        {"to": ("a@example.com", "b@example.com")},
    ),
    Case(
        "a date as it should be",
        mail("Date: Fri, 20 Nov 2026 11:00:00 +0200"),
        {"sent_at": datetime(2026, 11, 20, 9, tzinfo=UTC)},
    ),
    Case(
        "a date with a zone's name",
        mail("Date: Fri, 20 Nov 2026 09:00:00 GMT (winter)"),
        {"sent_at": datetime(2026, 11, 20, 9, tzinfo=UTC)},
    ),
    Case(
        "a date without a zone",
        mail("Date: 20 Nov 2026 09:00:00"),
        {"sent_at": datetime(2026, 11, 20, 9, tzinfo=UTC)},
    ),
    Case(
        "a mail from 1970",
        mail("Date: Thu, 1 Jan 1970 00:00:00 +0000"),
        {"sent_at": None, "defect": reasons.DATE_IMPOSSIBLE},
    ),
    Case(
        "a mail from 2099",
        mail("Date: Thu, 1 Jan 2099 00:00:00 +0000"),
        {"sent_at": None, "defect": reasons.DATE_IMPOSSIBLE},
    ),
    Case("a date in words", mail("Date: yesterday"), {"sent_at": None, "defect": reasons.DATE_UNREADABLE}),
    Case("a date with impossible numbers", mail("Date: Fri, 99 Nov 2026 99:99:99 +9999"), {"sent_at": None}),
    Case("no date", mail(), {"sent_at": None, "defects": ()}),
    Case(
        "references over many lines",
        mail("References: <a@x.example>\r\n <b@x.example>,<c@x.example>\r\n\t<a@x.example>"),
        {"references": ("<a@x.example>", "<b@x.example>", "<c@x.example>")},
    ),
    Case(
        "In-Reply-To in words",
        mail("In-Reply-To: Your message of Monday <a@x.example>"),
        {"in_reply_to": ("<a@x.example>",)},
    ),
    Case("a Message-ID without brackets", mail("Message-ID: a1@x.example"), {"message_id": "<a1@x.example>"}),
    Case("an empty Subject before the true one", mail("Subject:", "Subject: true"), {"subject": "true"}),
    Case("header names in capitals, blank before the colon", mail("SUBJECT : Hi"), {"subject": "Hi"}),
    Case(
        "a mailbox line first",
        b"From maria@example.com Fri Nov 20 09:00:00 2026\n" + mail("Subject: Hi"),
        {"subject": "Hi", "from_address": "maria@example.com"},
    ),
    Case(
        "a broken fold",
        mail("Subject: Hi\r\nbroken fold without blank", "To: a@example.com"),
        {"to": ("a@example.com",), "text": "Hello", "defect": reasons.NAMELESS_LINE},
    ),
    Case(
        "a fold of blanks",
        mail("Subject: Hi\r\n \r\n there", "To: a@example.com"),
        {"subject": "Hi there", "to": ("a@example.com",), "text": "Hello"},
    ),
    Case(
        "no blank line before the text",
        b"From: maria@example.com\r\nThis is text.\r\nAnd more.\r\n",
        {"text_has": "This is text.", "defect": reasons.NO_BLANK_LINE},
    ),
    Case(
        "no header at all",
        b"Just some words\nand more words\n",
        {"text_has": "Just some words", "defect": reasons.NO_HEADER},
    ),
    Case("a header and nothing else", b"From: maria@example.com\nSubject: Hi", {"subject": "Hi", "text": ""}),
    Case("line feeds alone", mail("Subject: Hi").replace(b"\r\n", b"\n"), {"subject": "Hi", "text": "Hello"}),
    Case(
        "carriage returns alone",
        mail("Subject: Hi").replace(b"\r\n", b"\r"),
        {"subject": "Hi", "text": "Hello"},
    ),
    Case("a declared language", mail("Content-Language: el-GR, en"), {"language": "el"}),
]
