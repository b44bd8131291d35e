"""What stands under an agent's answer, by department and language; an account's own takes precedence."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.desk.settings import SIGNATURE
from tocsin.kernel import settings
from tocsin.kernel.actors import Actor


def save_signature(place: str, texts: Mapping[str, str], *, actor: Actor) -> None:
    """The signature of a place (`signatures.of_department`, `of_account`) by language; where all are empty,
    the place has none of its own any more. Raises Refused."""
    settings.change([SIGNATURE.to(texts, place)], actor=actor)
