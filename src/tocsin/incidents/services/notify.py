"""Telling the audience: a notice for every update, written in batches after the commit (R-D01, R-D08)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet
from procrastinate.contrib.django import app

from tocsin.desk import queries as tickets
from tocsin.desk import services as desk
from tocsin.incidents import reasons, words
from tocsin.incidents.models import Affected, Incident, Kind, LinkState, TicketLink, Update
from tocsin.incidents.services.linking import answer_key
from tocsin.kernel.reasons import NOTHING, Kept
from tocsin.notices import queries as notices
from tocsin.notices import services as writing
from tocsin.notices.queries import Moment
from tocsin.notices.services import Addressee
from tocsin.people import queries as people

if TYPE_CHECKING:
    from tocsin.notices.models import Notice

BATCH = 500
_JOB = "incidents.write-notice"


def tell_everybody(incident: Incident, update: Update) -> None:
    """Make the notice of this update and have it written to everybody, after the commit.

    Notices of one incident are written one after the other.
    """
    number = incident.updates.count()
    moment = _moment(incident, number)
    texts = words.notice_texts(incident, update, moment)
    notice = writing.make_notice(incident.ref, moment, number, texts)
    app.configure_task(_JOB, lock=f"{_JOB}:{incident.ref}").defer(notice_id=notice.pk)


def _moment(incident: Incident, number: int) -> Moment:
    if incident.resolved_at:
        return Moment.REPAIR
    if number > 1:
        return Moment.UPDATE
    return Moment.SCHEDULED if incident.kind == Kind.SCHEDULED else Moment.FAULT


def write_next_batch(notice_id: int, after: int = 0, size: int = BATCH) -> int | None:
    """Write the notice to the next affected customers who have none yet; None when there are no more.

    One transaction. Returns where to go on; going on from 0 finds the same rest.
    """
    notice = notices.notice_by_id(notice_id)
    incident = Incident.objects.get(ref=notice.record_ref)
    waiting = Affected.objects.filter(incident=incident, pk__gt=after).exclude(_told(notice_id))
    rows = list(waiting.order_by("pk")[:size])
    if rows:
        _write(incident, notice_id, _affected(incident, notice, rows))
        return rows[-1].pk
    return None


def write_to_outsiders(notice_id: int) -> int:
    """Write it to who has attached tickets without being in the audience; returns how many were new."""
    notice = notices.notice_by_id(notice_id)
    incident = Incident.objects.get(ref=notice.record_ref)
    inside = Affected.objects.filter(incident=incident, customer=OuterRef("customer"))
    outside = _attached(incident).exclude(Exists(inside)).select_related("ticket")
    newest: dict[int | str, TicketLink] = {}
    for link in outside.order_by("-received_at", "-pk"):
        newest.setdefault(link.customer_id or link.ticket.requester_address, link)
    told = _told_already(incident, notice, newest.values())
    return _write(incident, notice_id, [_by_ticket(incident, notice, link, told) for link in newest.values()])


def close_remaining(notice_id: int) -> int:
    """After the repair: close the tickets of those who were answered on a newer one; returns how many."""
    incident = Incident.objects.get(ref=notices.notice_by_id(notice_id).record_ref)
    if not incident.resolved_at:
        return 0
    # Not those that a newer incident has taken in the meantime.
    mine = _attached(incident).filter(ticket__linked_ref=incident.ref)
    open_ones = mine.exclude(ticket__status="closed").values_list("ticket_id", flat=True)
    note = reasons.TOLD_ELSEWHERE(title=incident.title_in(people.company_language()))
    return desk.close_quietly(list(open_ones), note, reason=_why_closed(incident))


def _write(incident: Incident, notice_id: int, addressees: Sequence[Addressee]) -> int:
    return writing.write_to(notice_id, addressees, close_because=_why_closed(incident))


def _why_closed(incident: Incident) -> Kept:
    """Why its end closes a ticket; '' while it goes on."""
    if not incident.resolved_at:
        return NOTHING
    return reasons.RESOLVED(incident=incident.ref)


def _told(notice_id: int) -> Exists:
    return Exists(notices.told(notice_id).filter(customer=OuterRef("customer")))


def _attached(incident: Incident) -> QuerySet[TicketLink]:
    return TicketLink.objects.filter(incident=incident, state=LinkState.ATTACHED)


def _affected(incident: Incident, notice: Notice, rows: Iterable[Affected]) -> list[Addressee]:
    """By their newest attached ticket where they have one, else at their addresses."""
    rows = list(rows)
    newest = (
        _attached(incident)
        .filter(customer_id__in=[row.customer_id for row in rows])
        .order_by("customer_id", "-received_at", "-pk")
        .distinct("customer_id")
        .select_related("ticket")
    )
    by_customer = {link.customer_id: link for link in newest}
    told = _told_already(incident, notice, by_customer.values())
    return [
        _by_ticket(incident, notice, by_customer[row.customer_id], told)
        if row.customer_id in by_customer
        else Addressee(row.customer_id, row.language)
        for row in rows
    ]


def _told_already(incident: Incident, notice: Notice, links: Iterable[TicketLink]) -> dict[int, int]:
    """The tickets that came after this was said and whose customers were told it with their ID or at once:
    that mail is their notice, so that nobody gets the same twice. Returns their deliveries."""
    late = {link.ticket_id: link for link in links if link.at >= notice.created_at}
    keys = [answer_key(incident, ticket_id) for ticket_id in late]
    told = tickets.told_since(late, notice.created_at, keys) if late else {}
    return {ticket: delivery for ticket, (delivery, at) in told.items() if at >= late[ticket].at}


def _by_ticket(incident: Incident, notice: Notice, link: TicketLink, told: Mapping[int, int]) -> Addressee:
    ticket = link.ticket
    language = notices.language_for(notice, ticket.language)
    return Addressee(
        customer_id=link.customer_id,
        language=ticket.language,
        channel=ticket.requester_channel or ticket.channel,
        address=ticket.requester_address,
        ticket_id=ticket.pk,
        ticket_ref=ticket.ref,
        postscript="" if incident.resolved_at else words.way_out(incident, ticket.pk, language),
        told_by_delivery=told.get(ticket.pk),
    )
