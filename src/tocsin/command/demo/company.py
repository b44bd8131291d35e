"""Anemona Hosting, the company of the demo: its people, departments and services."""

from __future__ import annotations

from dataclasses import dataclass

NAME = "Anemona Hosting"
DOMAIN = "anemona.example"
MAIL_ADDRESS = f"support@{DOMAIN}"
MAIL_FROM = f"{NAME} <{MAIL_ADDRESS}>"
TIME_ZONE = "Europe/Athens"
LANGUAGES = ["en", "el", "hr", "es", "ru"]

Texts = dict[str, str]


@dataclass(frozen=True)
class Person:
    """A member of staff; signs in with `address` and `password`."""

    key: str
    name: str
    title: str
    role: str
    departments: tuple[str, ...]
    language: str = ""

    @property
    def address(self) -> str:
        """What they sign in with."""
        return f"{self.key}@{DOMAIN}"

    @property
    def password(self) -> str:
        """Known to everybody who reads this, and good for nothing but the demo."""
        return f"demo-{self.key}"


STAFF = (
    Person("eleni", "Eleni Markou", "technician", "agent", ("support",)),
    Person("ivan", "Ivan Horvat", "technician", "agent", ("support",)),
    Person("katerina", "Katerina Doukas", "head of support", "lead", ("support",)),
    Person("daniel", "Daniel Reed", "marketing", "agent", ("marketing",)),
    Person("marta", "Marta Solís", "sales", "agent", ("sales",)),
    Person("olga", "Olga Smirnova", "accounting", "agent", ("accounting",)),
    Person("nikos", "Nikos Stavrou", "administrator", "admin", ()),
)
TECHNICIAN, HEAD_OF_SUPPORT = STAFF[0], STAFF[2]

# key: (name by language, minutes to the first answer)
DEPARTMENTS: dict[str, tuple[Texts, int]] = {
    "support": (
        {"en": "Support", "el": "Τεχνική υποστήριξη", "hr": "Podrška", "es": "Soporte", "ru": "Поддержка"},
        4 * 60,
    ),
    "sales": (
        {"en": "Sales", "el": "Πωλήσεις", "hr": "Prodaja", "es": "Ventas", "ru": "Отдел продаж"},
        24 * 60,
    ),
    "accounting": (
        {
            "en": "Accounting",
            "el": "Λογιστήριο",
            "hr": "Računovodstvo",
            "es": "Contabilidad",
            "ru": "Бухгалтерия",
        },
        2 * 24 * 60,
    ),
    "marketing": (
        {"en": "Marketing", "el": "Μάρκετινγκ", "hr": "Marketing", "es": "Marketing", "ru": "Маркетинг"},
        3 * 24 * 60,
    ),
}

REGIONS: dict[str, Texts] = {
    "athens": {"en": "Athens", "el": "Αθήνα", "hr": "Atena", "es": "Atenas", "ru": "Афины"},
    "frankfurt": {
        "en": "Frankfurt",
        "el": "Φρανκφούρτη",
        "hr": "Frankfurt",
        "es": "Fráncfort",
        "ru": "Франкфурт",
    },
}

SERVICES: dict[str, Texts] = {
    "mail": {
        "en": "Mail",
        "el": "Ηλεκτρονικό ταχυδρομείο",
        "hr": "E-pošta",
        "es": "Correo",
        "ru": "Почта",
    },
    "web-hosting": {
        "en": "Web hosting",
        "el": "Φιλοξενία ιστοσελίδων",
        "hr": "Web hosting",
        "es": "Alojamiento web",
        "ru": "Хостинг сайтов",
    },
    "account": {
        "en": "Account and domains",
        "el": "Λογαριασμός και ονόματα",
        "hr": "Račun i domene",
        "es": "Cuenta y dominios",
        "ru": "Учётная запись и домены",
    },
}


@dataclass(frozen=True)
class Part:
    """A component and what customers call it."""

    key: str
    name: Texts
    words: tuple[str, ...]
    service: str
    region: str = ""


COMPONENTS = (
    Part(
        "mail",
        {"en": "Mail", "el": "Email", "hr": "E-pošta", "es": "Correo electrónico", "ru": "Электронная почта"},
        (
            "email", "mail", "mailbox", "inbox", "IMAP", "SMTP", "POP3", "webmail", "Outlook", "Thunderbird",
            "αλληλογραφία", "θυρίδα", "ηλεκτρονικό ταχυδρομείο", "εισερχόμενα",
            "pošta", "e-pošta", "sandučić", "mailovi",
            "correo", "buzón", "bandeja de entrada",
            "почта", "ящик", "письма", "почтовый сервер",
        ),
        "mail",
        "athens",
    ),
    Part(
        "web-athens",
        {
            "en": "Web hosting Athens",
            "el": "Φιλοξενία Αθήνα",
            "hr": "Web hosting Atena",
            "es": "Alojamiento web Atenas",
            "ru": "Хостинг Афины",
        },
        (
            "website", "web site", "site", "shop", "503", "ιστοσελίδα", "ιστότοπος", "κατάστημα",
            "web stranica", "stranica", "trgovina", "página web", "web", "tienda", "сайт", "магазин",
        ),
        "web-hosting",
        "athens",
    ),
    Part(
        "web-frankfurt",
        {
            "en": "Web hosting Frankfurt",
            "el": "Φιλοξενία Φρανκφούρτη",
            "hr": "Web hosting Frankfurt",
            "es": "Alojamiento web Fráncfort",
            "ru": "Хостинг Франкфурт",
        },
        (
            "website", "web site", "site", "shop", "503", "ιστοσελίδα", "ιστότοπος", "κατάστημα",
            "web stranica", "stranica", "trgovina", "página web", "web", "tienda", "сайт", "магазин",
        ),
        "web-hosting",
        "frankfurt",
    ),
    Part(
        "dns",
        {"en": "DNS", "el": "DNS", "hr": "DNS", "es": "DNS", "ru": "DNS"},
        ("DNS", "name server", "διακομιστές ονομάτων", "poslužitelj imena", "servidor de nombres"),
        "account",
    ),
    Part(
        "panel",
        {
            "en": "Control panel",
            "el": "Πίνακας ελέγχου",
            "hr": "Upravljačka ploča",
            "es": "Panel de control",
            "ru": "Панель управления",
        },
        ("control panel", "πίνακας ελέγχου", "upravljačka ploča", "panel de control", "панель управления"),
        "account",
    ),
)  # fmt: skip
