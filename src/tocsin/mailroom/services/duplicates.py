"""The same mail by two ways is one message: the second is ignored and names the first's ticket."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from tocsin.kernel.bulk import server_cursor
from tocsin.kernel.reasons import join
from tocsin.mailroom import reasons, rules
from tocsin.mailroom.models import InboundItem
from tocsin.mailroom.queries import ParsedInbound
from tocsin.mailroom.services import outcomes

_STORE = """
UPDATE mailroom_inbounditem AS item
SET from_address = seen.from_address, message_subject = seen.subject,
    fingerprint = nullif(seen.fingerprint, '')
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[]) AS seen (id, from_address, subject, fingerprint)
WHERE item.id = seen.id
"""
_RACES = 5


def decide_duplicates(several: Sequence[ParsedInbound]) -> tuple[list[ParsedInbound], list[int]]:
    """Store who and what of all, and divide them: those seen for the first time, and the repeats' ids.

    Two workers that open the same mail at once meet at the unique fingerprint: the later waits for the
    earlier to commit, and then finds its own to be the repeat.
    """
    for _ in range(_RACES):
        try:
            with transaction.atomic():
                return _divide(several)
        except IntegrityError:
            continue
    with transaction.atomic():
        return _divide(several)


def name_tickets(repeats: list[int]) -> None:
    """Once the firsts are opened: write their tickets beside the repeats."""
    for item in InboundItem.objects.filter(pk__in=repeats).select_related("duplicate_of"):
        if item.duplicate_of and item.duplicate_of.ticket_ref:
            ticket_ref = item.duplicate_of.ticket_ref
            reason = join(item.reason, reasons.IN_TICKET(ticket=ticket_ref))
            InboundItem.objects.filter(pk=item.pk).update(ticket_ref=ticket_ref, reason=reason)


def _divide(several: Sequence[ParsedInbound]) -> tuple[list[ParsedInbound], list[int]]:
    firsts = _known([parsed.inbound.fingerprint for parsed in several])
    first: list[ParsedInbound] = []
    repeats: list[ParsedInbound] = []
    for parsed in several:
        name = parsed.inbound.fingerprint
        seen_before = bool(name) and firsts.setdefault(name, parsed.id) != parsed.id
        (repeats if seen_before else first).append(parsed)
    _store(first, with_fingerprint=True)
    _store(repeats, with_fingerprint=False)
    for parsed in repeats:
        original = firsts[parsed.inbound.fingerprint]
        reason = reasons.SAME_MAIL(number=str(original))
        outcomes.ignore(parsed.id, reason, duplicate_of=original)
    return first, [parsed.id for parsed in repeats]


def _known(fingerprints: list[str]) -> dict[str, int]:
    rows = InboundItem.objects.filter(fingerprint__in=[name for name in fingerprints if name])
    return {str(name): pk for name, pk in rows.values_list("fingerprint", "pk")}


def _store(several: Sequence[ParsedInbound], *, with_fingerprint: bool) -> None:
    if not several:
        return
    ordered = sorted(several, key=lambda parsed: parsed.inbound.fingerprint)
    columns = [
        [parsed.id for parsed in ordered],
        [rules.clean(parsed.inbound.from_address, 320) for parsed in ordered],
        [rules.clean(parsed.inbound.subject, 1000) for parsed in ordered],
        [parsed.inbound.fingerprint if with_fingerprint else "" for parsed in ordered],
    ]
    with server_cursor() as cursor:
        cursor.execute(_STORE, columns)
