"""What incidents are found by: number and title, what is broken, and what was said, in every language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tocsin.incidents.models import Incident
from tocsin.kernel.search import Document, Indexer, register, to_tsvector_text


def _documents(incident_ids: Sequence[int]) -> Iterator[Document]:
    rows = Incident.objects.filter(pk__in=incident_ids).exclude(ref=None)
    for incident in rows.prefetch_related("components", "updates"):
        components = [_said(component.name.values()) for component in incident.components.all()]
        updates = [_said(update.message.values()) for update in incident.updates.all()]
        found_by = to_tsvector_text(
            [
                (_numbers(incident.ref or ""), "A"),
                (incident.title, "A"),
                (_said(incident.titles.values()), "A"),
                (_said(components), "B"),
                (_said(updates), "D"),
            ]
        )
        yield Document(incident.pk, incident.pk, None, incident.declared_at, found_by)


def _numbers(ref: str) -> str:
    """The reference, and its number as people type it: without zeros before it, with the letter or not."""
    letter, _dash, digits = ref.partition("-")
    short = digits.lstrip("0").zfill(2)
    return f"{ref} {letter}{short} {short}"


def _said(texts: Iterable[object]) -> str:
    return " ".join(map(str, texts))


def _after(number: int, most: int) -> Sequence[int]:
    return list(Incident.objects.filter(pk__gt=number).order_by("pk").values_list("pk", flat=True)[:most])


register(Indexer("incident", _documents, _after))
