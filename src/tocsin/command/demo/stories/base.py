"""What a conversation of the demo company is made of. Gaps such as {domain} are filled by `tickets`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exchange:
    """What one customer asks, and what they are answered; then perhaps a second round."""

    subjects: tuple[str, ...]
    ask: str
    answer: str
    more: str = ""
    then: str = ""


@dataclass(frozen=True)
class Voice:
    """How people of one language begin and end their mails, and what they write about."""

    openings: tuple[str, ...]
    closings: tuple[str, ...]
    agent_openings: tuple[str, ...]
    thanks: tuple[str, ...]
    stories: dict[str, tuple[Exchange, ...]]
    # What users of mail, or of web hosting, write while it is down: (subject, text).
    mail_is_down: tuple[tuple[str, str], ...]
    site_is_down: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Topic:
    """What is the same in all languages: who answers, who asks, how often, what colleagues note."""

    department: str
    # The component that its askers use; empty: anybody.
    needs: str = ""
    weight: int = 3
    priorities: tuple[str, ...] = ("normal",)
    notes: tuple[str, ...] = ()
    # A file that often comes along: (name, kind), the kind one of those in `files`.
    file: tuple[str, str] | None = None
    speaks_of_mail: bool = False


TOPICS: dict[str, Topic] = {
    "dns": Topic(
        "support",
        "web",
        4,
        ("normal", "normal", "high"),
        (
            "The old name server still answers with a TTL of 86400; worth saying so to the customer.",
            "Zone checked: SOA serial went up, both secondaries have it.",
        ),
        ("zone.txt", "zone"),
    ),
    "client": Topic(
        "support",
        "mail",
        5,
        ("normal",),
        (
            "Log shows plain port 143 without TLS, so it is the old profile on their side.",
            "Same question last month; we should have an article for this version.",
        ),
        ("screenshot.png", "picture"),
        speaks_of_mail=True,
    ),
    "quota": Topic(
        "support",
        "mail",
        4,
        ("normal", "high"),
        ("Sent folder holds 70 % of it, mostly attachments over 10 MB.",),
        speaks_of_mail=True,
    ),
    "ssl": Topic(
        "support",
        "web",
        4,
        ("high", "normal", "urgent"),
        (
            "CAA record allowed another issuer only; renewal could not work.",
            "Renewal job ran, the challenge got a 403 from their .htaccess.",
        ),
        ("screenshot.png", "picture"),
    ),
    "invoice": Topic(
        "accounting",
        "",
        5,
        ("normal", "low"),
        (
            "Payment is in, it had the wrong reference; matched by hand.",
            "VAT number checked in the register, valid.",
        ),
        ("invoice.pdf", "pdf"),
    ),
    "migration": Topic(
        "support",
        "web",
        3,
        ("normal",),
        ("Their database is 1.8 GB; do it after 22:00.", "Old host allows SFTP only, no cPanel backup."),
    ),
    "php": Topic(
        "support",
        "web",
        3,
        ("normal",),
        ("One plugin calls create_function(); it will break with 8.x.",),
        ("error_log.txt", "log"),
    ),
    "spam": Topic(
        "support",
        "mail",
        4,
        ("normal", "high"),
        ("All of it comes from one network; added to the filter for everybody.",),
        ("message.eml.txt", "headers"),
        speaks_of_mail=True,
    ),
    "password": Topic(
        "support",
        "",
        4,
        ("normal", "high"),
        (
            "Wrote from the management address, so the reset link may go out.",
            "Called back on the number we have on file.",
        ),
        speaks_of_mail=True,
    ),
    "slow": Topic(
        "support",
        "web",
        4,
        ("normal", "high"),
        (
            "Slow query log: one search without an index, 4 s each.",
            "A crawler takes 60 % of the requests; rate limit set.",
        ),
        ("timing.txt", "log"),
    ),
    "newbox": Topic(
        "support",
        "mail",
        3,
        ("low", "normal"),
        ("They have 4 of 25 mailboxes left in the plan.",),
        speaks_of_mail=True,
    ),
    "rejected": Topic(
        "support",
        "mail",
        3,
        ("high", "normal"),
        (
            "SPF is right, DKIM was missing for the subdomain.",
            "Our outgoing address is on no list; it is their policy.",
        ),
        ("bounce.txt", "bounce"),
        speaks_of_mail=True,
    ),
    "upgrade": Topic(
        "sales",
        "",
        3,
        ("normal",),
        ("Customer since the beginning; 10 % is fine by Katerina.",),
        speaks_of_mail=True,
    ),
    "backup": Topic(
        "support", "web", 3, ("high", "urgent", "normal"), ("Snapshot of 02:00 is complete, checked.",)
    ),
    "domain": Topic(
        "sales",
        "",
        3,
        ("normal", "low"),
        ("Registry lock is off, auth code sent to the owner's address.",),
        speaks_of_mail=True,
    ),
    "newsletter": Topic("marketing", "", 1, ("low",), speaks_of_mail=True),
}
