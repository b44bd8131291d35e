"""The providers we know, how each differs, and how one is named by an address such as `postmark://TOKEN@`."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from tocsin.channels.email import reasons
from tocsin.kernel.errors import BadSetting

_LOCAL_NAMES = {"localhost", "ip6-localhost"}


@dataclass(frozen=True)
class Provider:
    """One provider: `key` in addresses and settings, `label` for people.

    `module` and `stem` are its names in anymail; `module` has dots where the part is our own. `keys` are what
    anymail calls the parts of the user information of its address, in their order; `options` what may stand
    in the query. `api` is its interface; `health` a path below that which any key may read. Without `by_api`,
    mail is sent to it by SMTP.
    """

    key: str
    label: str
    module: str
    stem: str
    api: str = ""
    keys: tuple[str, ...] = ("api_key",)
    options: tuple[str, ...] = ()
    health: str = ""
    by_api: bool = True
    # Whether the Message-ID that we give is the one that the recipient sees.
    keeps_message_id: bool = True
    # Whether pictures can be shown in place, and whether open and click tracking can be switched off.
    takes_pictures: bool = True
    switches_tracking: bool = True
    # Whether a file whose type is not the usual one of its name makes it drop the mail.
    wants_usual_types: bool = False
    # Whether several reports come as one list, and so anymail wants a list.
    reports_in_lists: bool = False

    def part(self, kind: str) -> str:
        """The module that is its part of anymail's `backends` or `webhooks`."""
        return self.module if "." in self.module else f"anymail.{kind}.{self.module}"


_ALL = (
    Provider(
        "postmark",
        "Postmark",
        "postmark",
        "Postmark",
        "https://api.postmarkapp.com/",
        ("server_token",),
        ("message_stream",),
        "server",
    ),
    Provider(
        "mailgun",
        "Mailgun",
        "mailgun",
        "Mailgun",
        "https://api.mailgun.net/v3/",
        options=("sender_domain",),
        health="domains?limit=1",
    ),
    Provider(
        "sendgrid",
        "SendGrid",
        "tocsin.channels.email.providers.sendgrid",
        "SendGrid",
        "https://api.sendgrid.com/v3/",
        health="scopes",
        reports_in_lists=True,
    ),
    Provider(
        "brevo",
        "Brevo",
        "brevo",
        "Brevo",
        "https://api.brevo.com/v3/",
        health="account",
        keeps_message_id=False,
        takes_pictures=False,
        switches_tracking=False,
    ),
    Provider(
        "mailjet",
        "Mailjet",
        "mailjet",
        "Mailjet",
        "https://api.mailjet.com/v3.1/",
        ("api_key", "secret_key"),
        health="../v3/REST/sender?Limit=1",
        keeps_message_id=False,
    ),
    Provider(
        "sparkpost",
        "SparkPost",
        "sparkpost",
        "SparkPost",
        "https://api.sparkpost.com/api/v1/",
        options=("subaccount",),
        health="account",
        keeps_message_id=False,
        reports_in_lists=True,
    ),
    Provider(
        "resend",
        "Resend",
        "resend",
        "Resend",
        "https://api.resend.com/",
        health="domains",
        keeps_message_id=False,
        switches_tracking=False,
        wants_usual_types=True,
    ),
    Provider(
        "amazon-ses",
        "Amazon SES",
        "amazon_ses",
        "AmazonSES",
        keys=(),
        by_api=False,
        keeps_message_id=False,
    ),
)
PROVIDERS = {one.key: one for one in _ALL}


@dataclass(frozen=True)
class Account:
    """A provider with what it knows us by; its text never shows a secret."""

    provider: Provider
    api: str
    settings: dict[str, str] = field(repr=False)

    @classmethod
    def from_url(cls, url: str) -> Account:
        """`PROVIDER://KEY@[HOST][?OPTION=…]`, for Mailjet `mailjet://KEY:SECRET@`. Raises BadSetting.

        The host is given where the provider has several, as Mailgun in Europe; this machine is spoken to
        without encryption.
        """
        parts = urlsplit(url)
        provider = PROVIDERS.get(parts.scheme)
        if provider is None or not provider.by_api:
            raise BadSetting(reasons.PROVIDER_UNKNOWN(name=parts.scheme))
        given = [parts.username, parts.password] if "@" in parts.netloc else []
        secrets = [unquote(one) for one in given if one]
        if len(secrets) != len(provider.keys):
            keys = ":".join(name.upper() for name in provider.keys)
            form = f"{provider.key}://{keys}@"
            raise BadSetting(reasons.PROVIDER_ADDRESS(provider=provider.label, form=form))
        return cls(
            provider,
            _api(provider, parts.hostname, parts.port),
            dict(zip(provider.keys, secrets, strict=True)) | _options(provider, parts.query),
        )

    @property
    def secrets(self) -> list[str]:
        """What must never be shown."""
        return [self.settings[name] for name in self.provider.keys]

    def __str__(self) -> str:
        return self.provider.label


def account_of(provider: Provider, url: str) -> Account | None:
    """Ours with this provider, where the address names it; None where it names another, or is none."""
    try:
        account = Account.from_url(url)
    except ValueError:
        return None
    return account if account.provider == provider else None


def is_provider(url: str) -> bool:
    """Whether an address names a provider rather than a mail server."""
    return url.partition(":")[0] in PROVIDERS


def _api(provider: Provider, host: str | None, port: int | None) -> str:
    if not host:
        return provider.api
    scheme = "http" if _is_loopback(host) else "https"
    return f"{scheme}://{host}{f':{port}' if port else ''}{urlsplit(provider.api).path}"


def _options(provider: Provider, query: str) -> dict[str, str]:
    options = dict(parse_qsl(query))
    unknown = sorted(set(options) - set(provider.options))
    if unknown:
        raise BadSetting(reasons.PROVIDER_OPTION(provider=provider.label, option=unknown[0]))
    return options


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in _LOCAL_NAMES
