"""The signed address behind *This is not my problem* (R-C11)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from tocsin.incidents import reasons
from tocsin.kernel.errors import NotFound
from tocsin.people import queries as people

_SALT = "tocsin.incidents.not-my-problem"


@dataclass(frozen=True)
class Claim:
    """What a token stands for."""

    incident_id: int
    ticket_id: int


def not_my_problem_url(incident_id: int, ticket_id: int) -> str:
    """The link in what we write about an incident in a ticket."""
    token = signing.Signer(salt=_SALT).sign(f"{incident_id}.{ticket_id}")
    return str(settings.TOCSIN_URL) + reverse("incidents:not_my_problem", args=[token])


def read_token(token: str) -> Claim:
    """What the token stands for. Raises NotFound for a forged or mangled one."""
    try:
        incident, ticket = signing.Signer(salt=_SALT).unsign(token).split(".")
        return Claim(int(incident), int(ticket))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound(reasons.LINK_BROKEN()) from error


def status_page_url() -> str:
    """Where customers read on."""
    return f"{settings.TOCSIN_URL}/status/"


def incident_page_url(ref: str, language: str) -> str:
    """Where customers read on about one incident, in their language where the news page has it."""
    company = people.company()
    language = language if language in company.languages else company.language
    return f"{settings.TOCSIN_URL}/status/{language}/incidents/{ref}/"


def war_room_url(ref: str) -> str:
    """Where staff work on it."""
    return str(settings.TOCSIN_URL) + reverse("incidents:room", args=[ref])
