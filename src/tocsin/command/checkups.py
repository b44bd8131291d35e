"""What `tocsin doctor` looks at, one function each."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import stat
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tocsin.command.faults import Fault
from tocsin.command.installation import secret_key_file
from tocsin.command.mail_in import NotTaken, connected
from tocsin.command.pgaccount import current_account, packaged_programs, run_as
from tocsin.command.postgres import running_url

if TYPE_CHECKING:
    from tocsin.channels.email.signing import Signer

_PATIENCE_S = 5
_LEAST_FREE = 2 * 2**30
_SILENT_WORKER_S = 60
_OLDEST_POSTGRES = 140000
_OLDEST_PYTHON = (3, 11)
_PORTS = {"imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995}


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what is so, and, when it is not good, how to mend it."""

    what: str
    remedy: str = ""

    @property
    def good(self) -> bool:
        """Nothing to mend."""
        return not self.remedy


def python_version() -> Finding:
    """3.11 or newer."""
    running = sys.version_info[:3]
    what = f"This is Python {'.'.join(map(str, running))}."
    return Finding(what, "" if running >= _OLDEST_PYTHON else "Install Python 3.11 or newer.")


def postgres_programs() -> Finding:
    """The packaged PostgreSQL starts; not needed with a database server of one's own."""
    if os.environ.get("DATABASE_URL"):
        return Finding("A database server of your own is used (DATABASE_URL).")
    try:
        outcome = run_as(current_account(), [str(packaged_programs() / "postgres"), "--version"])
    except (Fault, OSError) as error:
        return Finding("The PostgreSQL programs cannot be used.", str(error))
    if outcome.returncode:
        return Finding("The PostgreSQL programs do not start.", outcome.stderr.strip())
    return Finding(f"{outcome.stdout.strip()} is there.")


def data_folder_rights(data: Path) -> Finding:
    """It is there, ours to write, and not readable for everybody."""
    if not data.is_dir():
        return Finding(
            f"There is no data folder {data}.", "It is made by `tocsin up`; or name another with --data."
        )
    if not os.access(data, os.W_OK | os.X_OK):
        return Finding(
            f"The data folder {data} cannot be written to.", "Start Tocsin as its owner, or as root."
        )
    if stat.S_IMODE(data.stat().st_mode) & 0o022:
        return Finding(f"Others may write into {data}.", f"Run: chmod go-w {data}")
    return Finding(f"The data folder is {data}.")


def disk_space(data: Path) -> Finding:
    """Room for some days of mail."""
    place = next(folder for folder in (data, *data.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    what = f"{free / 2**30:.1f} GiB are free for the data folder."
    return Finding(what, "" if free > _LEAST_FREE else "Make room: the database stops when the disk is full.")


def secret(data: Path) -> Finding:
    """The key that signs sessions and links: there, and only ours to read."""
    if os.environ.get("TOCSIN_SECRET_KEY"):
        return Finding("The secret key comes from TOCSIN_SECRET_KEY.")
    kept = secret_key_file(data)
    if not kept.exists():
        return Finding("There is no secret key yet.", "It is made by `tocsin up`; or set TOCSIN_SECRET_KEY.")
    if stat.S_IMODE(kept.stat().st_mode) & 0o077:
        return Finding("Others may read the secret key.", f"Run: chmod 600 {kept}")
    return Finding("The secret key is kept safely.")


def public_address(url: str) -> Finding:
    """What links in mails point to: public, and encrypted."""
    if not url:
        return Finding(
            "Customers get links that only work on this machine.",
            "Set TOCSIN_URL to the public address, such as https://help.example.com",
        )
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname in {"localhost", "127.0.0.1", "::1"}:
        return Finding(f"TOCSIN_URL is {url}.", "Set it to the public address; it should begin with https://")
    return Finding(f"Links point to {url}.")


def sender_address(address: str) -> Finding:
    """Whom customers answer to."""
    if "@" not in address or address.endswith("@localhost"):
        return Finding("Mails have no proper sender.", "Set TOCSIN_MAIL_FROM to your support address.")
    return Finding(f"Mails come from {address}.")


def database_url(data: Path) -> str | None:
    """The address of the database, if one can be asked now."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    with contextlib.suppress(Fault):
        return running_url(data)
    return None


def database(url: str | None) -> list[Finding]:
    """It answers, is new enough, is migrated, and a worker is at work on it."""
    if not url:
        return [Finding("No database is running.", "Start everything with `tocsin up`, or set DATABASE_URL.")]
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=_PATIENCE_S) as connection:
            return [_server(connection), _schema(connection, url), _worker(connection)]
    except psycopg.Error as error:
        reason = str(error).strip().split("\n", 1)[0]
        return [
            Finding(f"The database does not answer: {reason}", "Check DATABASE_URL and that the server runs.")
        ]


def mail_socket(data: Path) -> Finding:
    """What `tocsin mail-in` talks to."""
    path = data / "run" / "mail.sock"
    try:
        connected(str(path)).close()
    except (OSError, NotTaken) as error:
        return Finding(
            f"`tocsin mail-in` would not get through: {error}", "Start the worker: `tocsin up` does."
        )
    return Finding("`tocsin mail-in` gets through.")


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
    from tocsin.channels.email.providers.table import PROVIDERS

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
    from tocsin.channels.email.webhook import is_usable

    if not secret:
        return "No provider can tell what became of our mail."
    return "" if is_usable(secret) else "TOCSIN_WEBHOOK_SECRET is no name and password, or too short."


def _way_out(url: str, what: str, remedy: str) -> Finding:
    from tocsin.channels.email.providers.table import is_provider

    return _provider(url, what, remedy) if is_provider(url) else _sending_server(url, what, remedy)


def _sending_server(url: str, what: str, remedy: str) -> Finding:
    """Encrypted and logged in to, as mail will be sent. Tokens are the worker's, so it is only asked whether
    it takes any."""
    from tocsin.channels.base import Retry
    from tocsin.channels.email.smtp import SmtpConnection
    from tocsin.kernel.reasons import in_english

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
    from tocsin.channels.base import Retry
    from tocsin.channels.email.providers.sending import ProviderConnection
    from tocsin.kernel.reasons import in_english

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
    from tocsin.channels.email.signing import BrokenKey, Signer

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


def _server(connection: Any) -> Finding:
    number = connection.info.server_version
    what = f"PostgreSQL {number // 10000}.{number % 10000} answers."
    return Finding(what, "" if number >= _OLDEST_POSTGRES else "Tocsin needs PostgreSQL 14 or newer.")


def _schema(connection: Any, url: str) -> Finding:
    from tocsin.command.migrate import is_up_to_date

    found = connection.execute("SELECT to_regclass('kernel_logentry')").fetchone()
    if found[0] is None:
        return Finding("The database is empty.", "Run `tocsin migrate`, or `tocsin up`, which does it too.")
    if not is_up_to_date(url):
        return Finding("The database was made by another version.", "Run `tocsin migrate`.")
    return Finding("The database is up to date.")


def _worker(connection: Any) -> Finding:
    table = connection.execute("SELECT to_regclass('procrastinate_workers')").fetchone()
    alive = 0
    if table[0]:
        query = (
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - %s * interval '1 s'"
        )
        alive = connection.execute(query, [_SILENT_WORKER_S]).fetchone()[0]
    if alive:
        return Finding(f"{alive} worker(s) at work.")
    return Finding("No worker is at work.", "Start one with `tocsin worker`; `tocsin up` starts one, too.")


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
    import ssl

    with socket.create_connection((host, port), timeout=_PATIENCE_S) as plug:
        if not encrypted:
            return plug.recv(100).decode("utf-8", "replace")
        with ssl.create_default_context().wrap_socket(plug, server_hostname=host) as safe:
            return safe.recv(100).decode("utf-8", "replace")
