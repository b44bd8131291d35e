"""DKIM signatures on what we send (RFC 6376), where TOCSIN_DKIM_DOMAIN, _SELECTOR and _KEY_FILE are set.

The header and body are brought into relaxed form here and signed by `cryptography`: the same signature by
dkimpy, which computes RSA in Python, takes twenty times as long. The tests verify each with dkimpy.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings

from tocsin.kernel import clock

log = logging.getLogger(__name__)

LEAST_BITS = 1024
_SIGNED = (
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type",
    "content-transfer-encoding", "reply-to", "in-reply-to", "references", "content-language",
    "auto-submitted", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
# Named once more than they occur, so that none can be added on the way (RFC 6376, 8.15).
_NEVER_ADDED = ("from", "subject", "date", "to", "reply-to")
_FOLDING = re.compile(rb"\r\n(?=[ \t])")
_SPACES = re.compile(rb"[ \t]+")
_SPACES_AT_LINE_END = re.compile(rb"[ \t]+(?=\r\n)")
_DOMAIN = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", re.IGNORECASE)


class BrokenKey(Exception):
    """It cannot be signed with what is set; `reason` says why, in words for the administrator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Signer:
    """Signs for one domain by one selector."""

    domain: str
    selector: str
    key: rsa.RSAPrivateKey = field(repr=False)

    @classmethod
    def from_file(cls, domain: str, selector: str, key_file: str) -> Signer:
        """Raises BrokenKey."""
        for name, value in (("TOCSIN_DKIM_DOMAIN", domain), ("TOCSIN_DKIM_SELECTOR", selector)):
            if not _DOMAIN.fullmatch(value):
                raise BrokenKey(f"{name} is not set to a name as in DNS.")
        return cls(domain.lower(), selector, _read_key(key_file))

    def sign(self, data: bytes) -> bytes:
        """The message (CRLF lines, as `compose` makes it) with a DKIM-Signature on top."""
        header, _, body = data.partition(b"\r\n\r\n")
        fields = _relaxed_fields(header)
        names = [name for name in _SIGNED if name in fields] + list(_NEVER_ADDED)
        unsigned = self._signature_field(names, _body_hash(body))
        signed = b"".join(fields.pop(name) + b"\r\n" for name in names if name in fields)
        signed += _relaxed_field(unsigned.encode("ascii"))[1]
        mark = self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        lines = re.findall(r".{1,72}", base64.b64encode(mark).decode("ascii"))
        return (unsigned + "\r\n ".join(lines) + "\r\n").encode("ascii") + data

    def record(self) -> str:
        """What `SELECTOR._domainkey.DOMAIN` must hold as TXT for others to check the signatures."""
        return f"v=DKIM1; k=rsa; p={self.public_key()}"

    def public_key(self) -> str:
        """The public half as DNS holds it."""
        encoded = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(encoded).decode("ascii")

    def _signature_field(self, names: list[str], body_hash: str) -> str:
        """The whole field but for the signature itself, of which its last tag `b=` waits."""
        named = "\r\n  :".join(":".join(names[start : start + 4]) for start in range(0, len(names), 4))
        return (
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain};\r\n"
            f" s={self.selector}; t={int(clock.now().timestamp())};\r\n"
            f" h={named};\r\n bh={body_hash};\r\n b="
        )


def signed(data: bytes) -> bytes:
    """The message, signed where that is configured.

    With a key that cannot be used it goes out unsigned, with a line in the log: a mail that some servers
    trust less is better than none. `tocsin doctor` tells of it.
    """
    domain, selector, key_file = configuration()
    if not (domain or selector or key_file):
        return data
    try:
        return _signer(domain, selector, key_file, _changed_at(key_file)).sign(data)
    except BrokenKey as broken:
        _complain(broken.reason)
        return data


def configuration() -> tuple[str, str, str]:
    """Domain, selector and key file as set, each '' when not."""
    return settings.TOCSIN_DKIM_DOMAIN, settings.TOCSIN_DKIM_SELECTOR, settings.TOCSIN_DKIM_KEY_FILE


@lru_cache(maxsize=4)
def _signer(domain: str, selector: str, key_file: str, changed_at: int) -> Signer:
    """Read once for each state of the file, so that a new key needs no restart."""
    return Signer.from_file(domain, selector, key_file)


def _changed_at(key_file: str) -> int:
    try:
        return Path(key_file).stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=16)
def _complain(reason: str) -> None:
    """Once a process for each reason, and not for each mail."""
    log.error("mails go out without a DKIM signature: %s", reason)


def _read_key(key_file: str) -> rsa.RSAPrivateKey:
    if not key_file:
        raise BrokenKey("TOCSIN_DKIM_KEY_FILE is not set.")
    try:
        key = serialization.load_pem_private_key(Path(key_file).read_bytes(), password=None)
    except OSError as error:
        raise BrokenKey(f"The DKIM key {key_file} cannot be read ({error.strerror}).") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):  # damaged, locked by a password, of a strange kind
        raise BrokenKey(f"{key_file} holds no private key in PEM form without a password.") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise BrokenKey(f"The DKIM key {key_file} is no RSA key; few servers check any other kind.")
    if key.key_size < LEAST_BITS:
        raise BrokenKey(f"The DKIM key {key_file} has {key.key_size} bits; {LEAST_BITS} is the least.")
    return key


def _relaxed_fields(header: bytes) -> dict[str, bytes]:
    """The fields by name, as they are hashed; `compose` writes each at most once."""
    return dict(_relaxed_field(line) for line in _FOLDING.sub(b"", header).split(b"\r\n"))


def _relaxed_field(line: bytes) -> tuple[str, bytes]:
    name, _, value = _FOLDING.sub(b"", line).partition(b":")
    lowered = name.strip().lower()
    return lowered.decode("ascii", "replace"), lowered + b":" + _SPACES.sub(b" ", value).strip(b" \t")


def _body_hash(body: bytes) -> str:
    if b" " in body or b"\t" in body:
        body = _SPACES.sub(b" ", _SPACES_AT_LINE_END.sub(b"", body))
    body = body.rstrip(b"\r\n")
    digest = hashlib.sha256(body + b"\r\n" if body else b"").digest()
    return base64.b64encode(digest).decode("ascii")
