"""Labels missing, wrong and lying; text in our customers' languages and some others."""

from __future__ import annotations

import base64

from tests.channels.corpus.case import Case, mail

GREEK = "Καλημέρα σας, από το πρωί δεν λειτουργεί η ιστοσελίδα μας."
RUSSIAN = "Здравствуйте, со вчерашнего дня не работает почта."
CROATIAN = "Poštovani, možete li provjeriti račun? Hvala, Đurđica Šćepanović"
SPANISH = "Buenos días, ¿cuándo volverá a funcionar el correo? ¡Gracias, señor Núñez!"
GERMAN = "Guten Tag, die Größe des Postfachs überschreitet das Maß."


def _labelled(text: str, label: str, codec: str) -> bytes:
    return mail("Subject: Problem", f"Content-Type: text/plain; charset={label}", body=text.encode(codec))


def _unlabelled(text: str, codec: str) -> bytes:
    return mail(b"Subject: " + text.encode(codec), body=text.encode(codec))


CASES = [
    *(
        Case(f"{label} as labelled", _labelled(text, label, codec), {"text": text, "subject": "Problem"})
        for text, label, codec in [
            (GREEK, "iso-8859-7", "iso8859_7"),
            (GREEK, '"ISO-8859-7"', "iso8859_7"),
            (GREEK, "windows-1253", "cp1253"),
            (GREEK, "utf8", "utf-8"),
            (RUSSIAN, "koi8-r", "koi8_r"),
            (RUSSIAN, "windows-1251", "cp1251"),
            (RUSSIAN, "win-1251", "cp1251"),
            (RUSSIAN, "iso-8859-5", "iso8859_5"),
            (CROATIAN, "iso-8859-2", "iso8859_2"),
            (CROATIAN, "windows-1250", "cp1250"),
            (SPANISH, "iso-8859-1", "latin-1"),
            (GERMAN, "iso-8859-15", "iso8859_15"),
            ("你好，世界", "gbk", "gbk"),
            ("你好，世界", "gb2312", "gbk"),
            ("안녕하세요", "ks_c_5601-1987", "cp949"),
            ("こんにちは", "iso-2022-jp", "iso2022_jp"),
            ("こんにちは", "shift_jis", "cp932"),
            ("您好，世界", "big5", "big5"),
            ("Hi there – ok", "utf-16", "utf-16"),
        ]
    ),
    Case(
        "latin-1 means Windows' table",
        _labelled("“Price” – 5 €", "iso-8859-1", "cp1252"),
        {"text": "“Price” – 5 €"},
    ),
    Case(
        "Windows' Greek under ISO's name",
        _labelled("Τιμή: 5 € – “σωστά”", "iso-8859-7", "cp1253"),
        {"text": "Τιμή: 5 € – “σωστά”"},
    ),
    Case("UTF-8 that says ISO-8859-1", _labelled(GREEK, "iso-8859-1", "utf-8"), {"text": GREEK}),
    Case("UTF-8 that says us-ascii", _labelled(CROATIAN, "us-ascii", "utf-8"), {"text": CROATIAN}),
    Case("koi8-r that says utf-8", _labelled(RUSSIAN, "utf-8", "koi8_r"), {"text": RUSSIAN}),
    Case("Greek that says utf-8", _labelled(GREEK, "utf-8", "iso8859_7"), {"text": GREEK}),
    Case("windows-1251 that says us-ascii", _labelled(RUSSIAN, "us-ascii", "cp1251"), {"text": RUSSIAN}),
    Case("a charset nobody knows", _labelled(RUSSIAN, "x-user-defined-42", "cp1251"), {"text": RUSSIAN}),
    Case("a charset with rubbish around", _labelled(GREEK, "'iso-8859-7';", "iso8859_7"), {"text": GREEK}),
    Case("a codec that is no charset", _labelled("Hello \u00e9", "rot13", "cp1252"), {"text": "Hello é"}),
    *(
        Case(
            f"raw {codec} without a label: {text[:12]}",
            _unlabelled(text, codec),
            {"subject": text, "text": text},
        )
        for text, codec in [
            (GREEK, "iso8859_7"),
            (GREEK, "cp1253"),
            (RUSSIAN, "koi8_r"),
            (RUSSIAN, "cp1251"),
            (GREEK, "utf-8"),
            (CROATIAN, "cp1250"),
            (SPANISH, "cp1252"),
            ("Не работает сайт", "koi8_r"),
            ("Σφάλμα", "cp1253"),
            ("ПРОБЛЕМА С САЙТОМ", "cp1251"),
            ("ΔΕΝ ΛΕΙΤΟΥΡΓΕΙ ΤΟ EMAIL", "iso8859_7"),
            ("Привет", "cp866"),
            ("안녕하세요 여러분", "cp949"),
        ]
    ),
    Case(
        "raw 8-bit subject in the charset of the text",
        mail(
            "Subject: Сайт".encode("koi8_r"),
            "Content-Type: text/plain; charset=koi8-r",
            body=RUSSIAN.encode("koi8_r"),
        ),
        {"subject": "Сайт", "text": RUSSIAN},
    ),
    Case(
        "UTF-8 cut inside a character",
        mail("Content-Type: text/plain; charset=utf-8", body=GREEK.encode()[:-2]),
        {"text_has": "Καλημέρα σας"},
    ),
    Case("NUL bytes in the text", mail("Content-Type: text/plain", body=b"a\x00b\x00c"), {"text": "abc"}),
    Case(
        "surrogates written as UTF-8",
        mail("Content-Type: text/plain; charset=utf-8", body=b"a\xed\xa0\x80b caf\xc3\xa9"),
        {"text_has": "caf"},
    ),
    Case(
        "the charset only in the HTML",
        mail(
            "Content-Type: text/html",
            body=('<html><head><meta charset="iso-8859-7"></head><body>Καλημέρα</body></html>').encode(
                "iso8859_7"
            ),
        ),
        {"text": "Καλημέρα"},
    ),
    Case(
        "quoted-printable koi8-r",
        mail(
            "Content-Type: text/plain; charset=koi8-r",
            "Content-Transfer-Encoding: quoted-printable",
            body="=F0=D2=C9=D7=C5=D4",
        ),
        {"text": "Привет"},
    ),
    Case(
        "base64 without padding",
        mail(
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            body=base64.b64encode(GREEK.encode()).rstrip(b"="),
        ),
        {"text": GREEK},
    ),
    Case(
        "base64 in two pieces",
        mail(
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: BASE64",
            body=base64.b64encode(b"Hello, ") + b"\r\n" + base64.b64encode(b"world"),
        ),
        {"text": "Hello, world"},
    ),
    Case(
        "base64 with a footer that is none",
        mail(
            "Content-Type: text/plain",
            "Content-Transfer-Encoding: base64 ;",
            body=base64.b64encode(b"Hello, world") + b"\r\n!",
        ),
        {"text": "Hello, world"},
    ),
    Case(
        "a transfer encoding nobody knows", mail("Content-Transfer-Encoding: text/plain"), {"text": "Hello"}
    ),
]
