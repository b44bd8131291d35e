"""Mails as customers write them, the same in every run: plain, with HTML, with a file, in five languages."""

from __future__ import annotations

import random
from email.message import EmailMessage

from bench.site import SUPPORT

_SENTENCES = {
    "en": "Since this morning the pages of our shop answer very slowly and customers complain.",
    "el": "Από το πρωί οι σελίδες του καταστήματός μας απαντούν πολύ αργά και οι πελάτες διαμαρτύρονται.",
    "hr": "Od jutros stranice naše trgovine odgovaraju vrlo sporo i kupci se žale.",
    "es": "Desde esta mañana las páginas de nuestra tienda responden muy despacio y los clientes se quejan.",
    "ru": "С утра страницы нашего магазина отвечают очень медленно, и покупатели жалуются.",
}


def make_mails(count: int, first: int = 0) -> list[bytes]:
    """Numbered from `first`; half are plain text of 1–3 kB, four in ten have HTML beside it, and one in ten
    carries a file of 60 kB."""
    dice = random.Random(first)
    return [_mail(number, dice) for number in range(first, first + count)]


def _mail(number: int, dice: random.Random) -> bytes:
    sentence = _SENTENCES[dice.choice(list(_SENTENCES))]
    lines = [f"{sentence} ({number}.{line})" for line in range(dice.randrange(5, 20))]
    message = EmailMessage()
    message["From"] = f"Customer {number} <c{number}@c{number}.writers.example>"
    message["To"] = SUPPORT
    message["Subject"] = f"{sentence[:40]} {number}"
    message["Message-ID"] = f"<{number}.{dice.randrange(10**12)}@writers.example>"
    message["Date"] = "Mon, 02 Nov 2026 09:00:00 +0200"
    message.set_content("\n".join(lines))
    kind = dice.random()
    if kind > 0.5:
        message.add_alternative("".join(f"<p>{line}</p>\n" for line in lines), subtype="html")
    if kind > 0.9:
        message.add_attachment(
            dice.randbytes(60_000), maintype="application", subtype="pdf", filename="invoice.pdf"
        )
    return message.as_bytes()
