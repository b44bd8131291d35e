"""What a page hands its browser so that it may listen."""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

_SALT = "tocsin.live"
TOKEN_MAX_AGE_S = 12 * 3600


@dataclass(frozen=True)
class Pass:
    """Who may hear which topics. `place` is where they are seen by others who are there, such as
    `ticket:T-1`; `interest` is what they want to be told of a digest, as whoever writes the digest reads
    it."""

    listener: str
    topics: tuple[str, ...]
    place: str = ""
    interest: str = ""


def make_token(granted: Pass) -> str:
    """Signed; it lets them listen while they are signed in."""
    whole = [granted.listener, granted.place, granted.interest, *granted.topics]
    return signing.dumps(whole, salt=_SALT, compress=True)


def read_token(token: str) -> Pass:
    """Raises signing.BadSignature when it is forged or too old."""
    listener, place, interest, *topics = map(str, signing.loads(token, salt=_SALT, max_age=TOKEN_MAX_AGE_S))
    return Pass(listener, tuple(topics), place, interest)
