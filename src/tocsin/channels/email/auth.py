"""Whether the sender's domain vouches for a mail (R-A09): nothing but an *aligned* pass counts.

Either the topmost Authentication-Results of a server we trust says so, or, where no server of ours stood
before us, our own check of the DKIM signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import authres
import dkim
import dns.exception
import dns.resolver
from authres.core import AuthResError
from publicsuffixlist import PublicSuffixList

from tocsin.channels.base import Envelope
from tocsin.channels.email.addresses import domain_of
from tocsin.channels.email.fields import Fields

_DNS_SECONDS = 3.0
_SIGNATURES = 3
_LARGEST_CHECKED = 50 * 2**20


def is_verified(raw: bytes, fields: Fields, from_address: str, envelope: Envelope) -> bool:
    """Whether `from_address` may be believed."""
    domain = domain_of(from_address)
    if not domain or len(fields.all("from")) != 1:
        return False
    if _trusted_server_vouches(fields, domain, envelope.get("trusted_authserv_ids") or ()):
        return True
    return bool(envelope.get("first_server")) and _own_dkim_check(raw, fields, domain)


def is_disowned(fields: Fields, from_address: str, envelope: Envelope) -> bool:
    """Whether something contradicts that `from_address` wrote it: two senders are named, or a server that we
    trust says that the sender's domain does not stand by it.

    A signature that does not hold is none (RFC 6376 §6.1): what stands on the way often changes a mail.
    """
    if len(fields.all("from")) > 1:
        return True
    header = _trusted_results(fields, envelope.get("trusted_authserv_ids") or ())
    domain = domain_of(from_address)
    if header is None or _vouches(header, domain):
        return False
    return any(_contradicts(method, result, one, domain) for method, result, one in _verdicts(header))


def aligned(domain: str, with_domain: str) -> bool:
    """Whether one domain may speak for the other: the same, or one below the other, and never over a public
    suffix. Narrower than RFC 7489: siblings do not, since below `onmicrosoft.com` each is another company."""
    domain, with_domain = domain.lower().rstrip("."), with_domain.lower().rstrip(".")
    shorter, longer = sorted((domain, with_domain), key=len)
    if not all(shorter.split(".")) or _public_suffixes().is_public(shorter):
        return False
    return shorter == longer or longer.endswith("." + shorter)


@cache
def _public_suffixes() -> PublicSuffixList:
    """Registries, and hosts below which strangers get names; a name nobody lists counts as a registry."""
    return PublicSuffixList()


def _trusted_server_vouches(fields: Fields, domain: str, trusted: Iterable[str]) -> bool:
    header = _trusted_results(fields, trusted)
    return header is not None and _vouches(header, domain)


def _trusted_results(fields: Fields, trusted: Iterable[str]) -> authres.AuthenticationResultsHeader | None:
    """The topmost of a server we trust: those below it may be the sender's own invention."""
    names = {name.lower() for name in trusted}
    if not names:
        return None
    found = (header for raw in fields.all("authentication-results") if (header := _results(raw)) is not None)
    return next((header for header in found if str(header.authserv_id).lower() in names), None)


def _results(raw: bytes) -> authres.AuthenticationResultsHeader | None:
    text = " ".join(raw.decode("ascii", "replace").split())
    try:
        return authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {text}")
    except (AuthResError, ValueError, IndexError, AttributeError):
        return _results_without_comments(text)


def _results_without_comments(text: str) -> authres.AuthenticationResultsHeader | None:
    """Once more without comments and properties of unknown kinds, over which the library stumbles."""
    simple = re.sub(r"\([^()]*\)", "", text)
    known = re.compile(r"^\s*(spf|dkim|dmarc)\s*=", re.IGNORECASE)
    head, *rest = simple.split(";")
    kept = [
        re.sub(r"\s(?!(smtp|header|reason)\b)[\w-]+[.=]\S*", "", part) for part in rest if known.match(part)
    ]
    try:
        return authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {';'.join([head, *kept])}")
    except (AuthResError, ValueError, IndexError, AttributeError):
        return None


def _vouches(header: authres.AuthenticationResultsHeader, domain: str) -> bool:
    verdicts = _verdicts(header)
    if any(method == "dmarc" and result == "fail" for method, result, _ in verdicts):
        return False
    return any(result == "pass" and _names(method, one, domain) for method, result, one in verdicts)


def _verdicts(header: authres.AuthenticationResultsHeader) -> list[tuple[str, str, object]]:
    return [(str(one.method).lower(), str(one.result).lower(), one) for one in header.results if one.method]


def _contradicts(method: str, result: str, verdict: object, domain: str) -> bool:
    if method == "dmarc":
        return result == "fail"
    return method == "spf" and result in ("fail", "softfail") and _names(method, verdict, domain)


def _names(method: str, result: object, domain: str) -> bool:
    """Whether this pass is about the domain in From."""
    properties = {
        (str(one.type).lower(), str(one.name).lower()): str(one.value or "")
        for one in getattr(result, "properties", ())
    }
    if method == "dmarc":
        return domain_of(properties.get(("header", "from"), "")) == domain
    if method == "dkim":
        named = properties.get(("header", "d")) or domain_of(properties.get(("header", "i"), ""))
        return aligned(domain_of(named), domain)
    if method == "spf":
        return aligned(domain_of(properties.get(("smtp", "mailfrom"), "")), domain)
    return False


def _own_dkim_check(raw: bytes, fields: Fields, domain: str) -> bool:
    signatures = fields.all("dkim-signature")[:_SIGNATURES]
    if not signatures or len(raw) > _LARGEST_CHECKED:
        return False
    return any(
        _signs_for(signature, domain) and _signature_holds(raw, number)
        for number, signature in enumerate(signatures)
    )


def _signs_for(signature: bytes, domain: str) -> bool:
    tags = dict(re.findall(r"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)", signature.decode("ascii", "ignore")))
    # `l=` signs only the beginning of the body: anything could have been added.
    return "l" not in tags and aligned("".join(tags.get("d", "").split()), domain)


def _signature_holds(raw: bytes, number: int) -> bool:
    try:
        return bool(dkim.DKIM(raw, minkey=1024, timeout=_DNS_SECONDS).verify(idx=number, dnsfunc=_txt_record))
    except Exception:
        return False


def _txt_record(name: bytes, timeout: float = _DNS_SECONDS) -> bytes | None:
    try:
        answer = dns.resolver.resolve(name.decode("ascii"), "TXT", lifetime=min(timeout, _DNS_SECONDS))
        return b"".join(next(iter(answer)).strings)
    except (dns.exception.DNSException, OSError, UnicodeError, StopIteration):
        return None
