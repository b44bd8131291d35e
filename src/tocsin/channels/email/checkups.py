"""What `tocsin doctor` looks at of mail: what the environment says of it, tried."""

from __future__ import annotations

import re
import socket
import ssl
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from tocsin.channels.base import Retry
from tocsin.channels.email.providers.sending import ProviderConnection
from tocsin.channels.email.providers.table import PROVIDERS, is_provider
from tocsin.channels.email.signing import BrokenKey, Signer
from tocsin.channels.email.smtp import SmtpConnection
from tocsin.channels.email.webhook import is_usable
from tocsin.kernel.checkups import Finding
from tocsin.kernel.reasons import in_english

_PATIENCE_S = 5
_PORTS = {"imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995}


def checkups(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Everything about mail, as the environment sets it."""

    def said(name: str, default: str = "") -> str:
        return environment.get(name, default)

    ways = [said("TOCSIN_SMTP_URL"), said("TOCSIN_SMTP_FALLBACK_URL")]
    yield sender_address(said("TOCSIN_MAIL_FROM"))
    yield outgoing_mail(ways[0] or "smtp://127.0.0.1:25")
    yield from second_route(ways[1])
    yield from provider_reports(
        ways,
        said("TOCSIN_WEBHOOK_SECRET"),
        said("TOCSIN_MAILGUN_SIGNING_KEY"),
        said("TOCSIN_URL", "http://127.0.0.1:8000"),
    )
    yield from signatures(
        said("TOCSIN_DKIM_DOMAIN"), said("TOCSIN_DKIM_SELECTOR"), said("TOCSIN_DKIM_KEY_FILE")
    )
    yield from incoming_mail(said("TOCSIN_IMAP_URL"))


def sender_address(address: str) -> Finding:
    """Whom customers answer to."""
    if "@" not in address or address.endswith("@localhost"):
        return Finding("Mails have no proper sender.", "Set TOCSIN_MAIL_FROM to your support address.")
    return Finding(f"Mails come from {address}.")


def outgoing_mail(url: str) -> Finding:
    """The mail server or provider that sends for us."""
    return _way_out(url, "Mail goes out", "Set TOCSIN_SMTP_URL to a mail server that sends for you.")


def second_route(url: str) -> list[Finding]:
    """Who sends while the first cannot, when one is set."""
    if not url:
        return []
    return [_way_out(url, "The second route goes", "Check TOCSIN_SMTP_FALLBACK_URL and its server.")]


def provider_reports(urls: Sequence[str], secret: str, mailgun_key: str, public_url: str) -> list[Finding]:
    """Whether those who send for us by their interface can tell what became of our mail."""
    names = [url.partition(":")[0] for url in urls]
    used = [PROVIDERS[name] for name in names if name in PROVIDERS]
    if not used and not secret:
        return []
    if fault := _fault_of_secret(secret):
        return [Finding(fault, 'Set TOCSIN_WEBHOOK_SECRET to "name:password", the password of 16 or more.')]
    if not mailgun_key and any(one.key == "mailgun" for one in used):
        remedy = "Set TOCSIN_MAILGUN_SIGNING_KEY to Mailgun's HTTP webhook signing key."
        return [Finding("Mailgun's reports would not be believed.", remedy)]
    place = f"{public_url.rstrip('/')}/channels/email/default/webhook"
    return [Finding(f"{one.label} can report at {place}/{one.key}/tracking/.") for one in used]


def _fault_of_secret(secret: str) -> str:
    if not secret:
        return "No provider can tell what became of our mail."
    return "" if is_usable(secret) else "TOCSIN_WEBHOOK_SECRET is no name and password, or too short."


def _way_out(url: str, what: str, remedy: str) -> Finding:
    return _provider(url, what, remedy) if is_provider(url) else _sending_server(url, what, remedy)


def _sending_server(url: str, what: str, remedy: str) -> Finding:
    """Encrypted and logged in to, as mail will be sent. Tokens are the worker's, so it is only asked whether
    it takes any."""
    try:
        with SmtpConnection(url, timeout=_PATIENCE_S) as connection:
            by_oauth = connection.server.mailbox
            _ = connection.reach() if by_oauth else connection.check()
    except ValueError as error:
        return Finding(str(error), remedy)
    except Retry as problem:
        return Finding(in_english(problem.reason), remedy)
    signed_in = f", with the sign-in of the mailbox {by_oauth}" if by_oauth else ""
    return Finding(f"{what} by {connection.server.host} port {connection.server.port}{signed_in}.")


def _provider(url: str, what: str, remedy: str) -> Finding:
    try:
        connection = ProviderConnection(url)
        said = connection.check()
    except ValueError as error:
        return Finding(str(error), remedy)
    except Retry as problem:
        return Finding(in_english(problem.reason), remedy)
    return Finding(f"{what} by {connection.server}, which {said}.")


def signatures(
    domain: str, selector: str, key_file: str, look_up: Callable[[str], str | None] | None = None
) -> list[Finding]:
    """Whether mail can be signed, and others can check it by what DNS says; nothing where nothing is set."""
    if not (domain or selector or key_file):
        return []
    try:
        signer = Signer.from_file(domain, selector, key_file)
    except BrokenKey as broken:
        return [Finding(broken.reason, "Until that is mended, mail goes out unsigned.")]
    return [_kept_secret(key_file), _published(signer, look_up or _text_record)]


def _kept_secret(key_file: str) -> Finding:
    if stat.S_IMODE(Path(key_file).stat().st_mode) & 0o077:
        return Finding("Others may read the DKIM key.", f"Run: chmod 600 {key_file}")
    return Finding("The DKIM key is kept safely.")


def _published(signer: Signer, look_up: Callable[[str], str | None]) -> Finding:
    name = f"{signer.selector}._domainkey.{signer.domain}"
    remedy = f"Publish this as TXT record of {name}: {signer.record()}"
    record = look_up(name)
    if record is None:
        return Finding(f"DNS says nothing of {name}.", remedy)
    published = re.search(r"(?:^|;)\s*p\s*=([^;]*)", record)
    if not published or "".join(published.group(1).split()) != signer.public_key():
        return Finding(f"DNS has another key under {name}: servers will take our mails for forged.", remedy)
    return Finding(f"Mail is signed for {signer.domain} by {signer.selector}, and DNS agrees.")


def _text_record(name: str) -> str | None:
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=_PATIENCE_S)
    except (dns.exception.DNSException, OSError):
        return None
    return next((b"".join(one.strings).decode("ascii", "replace") for one in answer), None)


def incoming_mail(url: str) -> list[Finding]:
    """The mailbox server, when one is set by the environment."""
    if not url:
        return []
    greeting = "+OK" if url.startswith("pop3") else "* OK"
    return [_mail_server(url, greeting, "Mail comes in", "Check TOCSIN_IMAP_URL and that the server runs.")]


def _mail_server(url: str, greeting: str, what: str, remedy: str) -> Finding:
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or _PORTS.get(parts.scheme, 0)
    try:
        said = _greeting(host, port, encrypted=parts.scheme.endswith("s"))
    except OSError as error:
        return Finding(f"{host} port {port} does not answer ({error.strerror or error}).", remedy)
    if not said.startswith(greeting):
        return Finding(f"{host} port {port} does not speak {parts.scheme.upper()}.", remedy)
    return Finding(f"{what} by {host} port {port}.")


def _greeting(host: str, port: int, *, encrypted: bool) -> str:
    with socket.create_connection((host, port), timeout=_PATIENCE_S) as plug:
        if not encrypted:
            return plug.recv(100).decode("utf-8", "replace")
        with ssl.create_default_context().wrap_socket(plug, server_hostname=host) as safe:
            return safe.recv(100).decode("utf-8", "replace")
