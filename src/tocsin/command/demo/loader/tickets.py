"""Conversations as the desk and the mailroom would have left them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from typing import Any

from tocsin.command.demo import company
from tocsin.command.demo.files import File
from tocsin.command.demo.loader.house import House, log_entry, sent_delivery
from tocsin.command.demo.loader.incidents import Told
from tocsin.command.demo.tickets import Case, Said
from tocsin.desk import events, rules
from tocsin.desk.models import Attachment, Message, Ticket
from tocsin.desk.services import letters, records
from tocsin.kernel.bulk import take_ids
from tocsin.kernel.models import LogEntry
from tocsin.kernel.text import make_excerpt, tagged_subject
from tocsin.mailroom.models import Delivery, InboundItem, InboundState
from tocsin.mailroom.services import keep_blobs

_ACKNOWLEDGED_AFTER = timedelta(seconds=2)


@dataclass
class Rows:
    """All that is written, table by table, at the end."""

    tickets: list[Ticket] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    inbound: list[InboundItem] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    files: list[tuple[Attachment, bytes]] = field(default_factory=list)
    events: list[LogEntry] = field(default_factory=list)


def load_cases(house: House, cases: Sequence[Case], outages: dict[str, Told], now: datetime) -> None:
    """Write the cases, oldest first, so that references grow with time."""
    rows = Rows()
    for pk, case in zip(take_ids(Ticket, len(cases)), cases, strict=True):
        told = outages.get(case.outage)
        ticket = _ticket(house, pk, case, told)
        rows.tickets.append(ticket)
        _converse(house, rows, ticket, case, told)
        if told:
            told.attach(ticket, case.opened_at)
    _write(rows)
    for told in outages.values():
        told.write_links()


def _ticket(house: House, pk: int, case: Case, told: Told | None) -> Ticket:
    client = case.client
    answered = next((one.at for one in case.said if one.kind == "agent"), None)
    waiting = case.said[-1].at if case.status in rules.WAITING else None
    return Ticket(
        pk=pk,
        ref=records.ticket_reference(pk),
        subject=case.subject,
        status=case.status,
        priority=case.priority,
        priority_rank=rules.rank_of(case.priority),
        channel="email",
        department=house.departments[case.department],
        assignee=house.staff.get(case.assignee),
        customer=house.customers[client.key],
        requester=house.contacts[client.key],
        requester_address=client.address,
        verified=True,
        language=client.language,
        mailbox=house.mailboxes[case.department],
        excerpt=make_excerpt(case.said[0].text),
        unread=case.said[-1].kind == "customer" and case.status in ("new", "open"),
        opened_at=case.opened_at,
        activity_at=case.last_at("customer") or case.opened_at,
        first_answered_at=answered,
        acknowledged_at=case.opened_at + _ACKNOWLEDGED_AFTER,
        waiting_since=waiting,
        closed_at=case.closed_at,
        **(told.linked_columns(case.opened_at) if told else {}),
    )


def _converse(house: House, rows: Rows, ticket: Ticket, case: Case, told: Told | None) -> None:
    """The case's messages, the acknowledgement after the first, and what an outage told."""
    thread: list[str] = []
    for place, said in enumerate(case.said):
        if said.kind == "customer":
            _customer_wrote(house, rows, ticket, case, said, thread)
        elif said.kind == "agent":
            _agent_wrote(house, rows, ticket, said, thread)
        else:
            _note(house, rows, ticket, said)
        if place == 0:
            _acknowledge(house, rows, ticket, told, thread)
    if told:
        for notice_id, text, at in told.replies_to(case.client, ticket):
            message = _system(house, rows, ticket, text, at, thread, origin=f"notice:{notice_id}")
            told.delivered(notice_id, case.client, ticket, message)
    if case.closed_at:
        closed = events.StatusChanged.of(ticket, old="answered", new="closed")
        rows.events.append(log_entry(closed, case.closed_at))
    ticket.message_count = sum(1 for one in rows.messages[-40:] if one.ticket is ticket)


def _customer_wrote(
    house: House, rows: Rows, ticket: Ticket, case: Case, said: Said, thread: list[str]
) -> None:
    message_id = house.message_id(case.client.domain)
    subject = case.subject if not thread else f"Re: {tagged_subject(ticket.ref, case.subject)}"
    mail = _mail(ticket, case, said, subject, message_id, thread)
    item = InboundItem(
        channel="email",
        source_key=f"demo:{len(rows.inbound)}",
        mailbox=ticket.mailbox,
        envelope={"mail_from": ticket.requester_address},
        received_at=said.at,
        state=InboundState.OPENED,
        from_address=ticket.requester_address,
        message_subject=subject,
        ticket_ref=ticket.ref,
        opened_at=said.at,
    )
    message = _message(
        ticket,
        said,
        "customer",
        subject=subject,
        from_name=case.client.person,
        from_address=ticket.requester_address,
        to_addresses=[_our_address(ticket)],
        verified=True,
        rfc_message_id=message_id,
        inbound=item,
    )
    names = [said.file.name] if said.file else []
    message.search = records.search_text(ticket, message, names)
    rows.inbound.append(item)
    rows.raw.append(mail)
    rows.messages.append(message)
    if said.file:
        file = Attachment(
            message=message,
            name=said.file.name,
            content_type=said.file.content_type,
            size=len(said.file.content),
        )
        rows.files.append((file, said.file.content))
    event = events.CustomerWrote.of(ticket) if thread else events.TicketOpened.of(ticket)
    rows.events.append(log_entry(event, said.at, actor=f"contact:{ticket.requester_id}"))
    thread.append(message_id)


def _mail(
    ticket: Ticket, case: Case, said: Said, subject: str, message_id: str, thread: Sequence[str]
) -> bytes:
    """The mail byte for byte, as the customer's program would have sent it."""
    text = MIMEText(said.text, "plain", "utf-8")
    mail: MIMEBase = text
    if said.file:
        mail = MIMEMultipart("mixed", boundary="=_" + message_id[1:17])
        mail.attach(text)
        mail.attach(_part(said.file))
    mail["From"] = formataddr((case.client.person, ticket.requester_address))
    mail["To"] = _our_address(ticket)
    mail["Subject"] = Header(subject, "utf-8").encode()
    mail["Date"] = format_datetime(said.at)
    mail["Message-ID"] = message_id
    if thread:
        mail["In-Reply-To"] = thread[-1]
        mail["References"] = " ".join(thread)
    return mail.as_bytes()


def _part(file: File) -> MIMEBase:
    part = MIMEBase(*file.content_type.split("/"))
    part.set_payload(file.content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=file.name)
    return part


def _agent_wrote(house: House, rows: Rows, ticket: Ticket, said: Said, thread: list[str]) -> None:
    author = house.staff[said.author]
    subject = tagged_subject(ticket.ref, ticket.subject)
    message = _message(
        ticket,
        said,
        "agent",
        subject=subject,
        author=author,
        from_name=author.name,
        from_address=_our_address(ticket),
        to_addresses=[ticket.requester_address],
    )
    _send(house, rows, message, thread)
    event = events.ReplyWritten.of(ticket)
    rows.events.append(log_entry(event, said.at, actor=author.actor))


def _note(house: House, rows: Rows, ticket: Ticket, said: Said) -> None:
    author = house.staff[said.author]
    message = _message(ticket, said, "note", channel="console", author=author, from_name=author.name)
    message.search = records.search_text(ticket, message)
    rows.messages.append(message)
    rows.events.append(log_entry(events.NoteAdded.of(ticket), said.at, actor=author.actor))


def _acknowledge(house: House, rows: Rows, ticket: Ticket, told: Told | None, thread: list[str]) -> None:
    name, language = company.NAME, ticket.language
    news = told.news_at(ticket.opened_at, ticket) if told else ""
    if news:
        text = letters.acknowledgement_with_news(ref=ticket.ref, news=news, company=name, language=language)
    else:
        minutes = ticket.department.first_answer_minutes
        text = letters.acknowledgement(ref=ticket.ref, minutes=minutes, company=name, language=language)
    at = ticket.opened_at + _ACKNOWLEDGED_AFTER
    _system(house, rows, ticket, text, at, thread, machine="acknowledgement")


def _system(
    house: House,
    rows: Rows,
    ticket: Ticket,
    text: str,
    at: datetime,
    thread: list[str],
    *,
    origin: str = "",
    machine: str = "",
) -> Message:
    message = _message(
        ticket,
        Said("system", text, at),
        "system",
        subject=tagged_subject(ticket.ref, ticket.subject),
        to_addresses=[ticket.requester_address],
        origin_ref=origin,
        machine=machine,
    )
    _send(house, rows, message, thread, origin)
    return message


def _send(house: House, rows: Rows, message: Message, thread: list[str], origin: str = "") -> None:
    ticket = message.ticket
    payload = {
        "from_address": _our_address(ticket),
        "from_name": company.NAME,
        "subject": message.subject,
        "text": message.text,
        "in_reply_to": thread[-1] if thread else "",
        "references": list(thread),
        "language": ticket.language,
    }
    took = timedelta(seconds=house.random.uniform(0.4, 4))
    message.delivery = sent_delivery(
        house, at=message.at, took=took, to=ticket.requester_address, payload=payload, origin_ref=origin
    )
    message.search = records.search_text(ticket, message)
    rows.deliveries.append(message.delivery)
    rows.messages.append(message)
    thread.append(message.delivery.message_id)


def _message(ticket: Ticket, said: Said, kind: str, **values: Any) -> Message:
    values.setdefault("channel", "email")
    return Message(ticket=ticket, kind=kind, text=said.text, visible_text=said.text, at=said.at, **values)


def _our_address(ticket: Ticket) -> str:
    return ticket.mailbox.address if ticket.mailbox else ""


def _write(rows: Rows) -> None:
    """Everything, a few statements a table, in an order that its foreign keys take."""
    Ticket.objects.bulk_create(rows.tickets, batch_size=500)
    for item, name in zip(rows.inbound, keep_blobs(rows.raw), strict=True):
        item.blob_id = name
    InboundItem.objects.bulk_create(rows.inbound, batch_size=500)
    _number(rows)
    Delivery.objects.bulk_create(rows.deliveries, batch_size=500)
    for message in rows.messages:
        message.inbound, message.delivery = message.inbound, message.delivery  # their ids are known now
    Message.objects.bulk_create(rows.messages, batch_size=500)
    names = keep_blobs(content for _, content in rows.files)
    for (file, _), name in zip(rows.files, names, strict=True):
        file.blob_id = name
    Attachment.objects.bulk_create([file for file, _ in rows.files])
    LogEntry.objects.bulk_create(sorted(rows.events, key=lambda row: row.at), batch_size=500)


def _number(rows: Rows) -> None:
    """Messages in time order, so that ids grow with time; each delivery names the message it carries."""
    rows.messages.sort(key=lambda message: message.at)
    for pk, message in zip(take_ids(Message, len(rows.messages)), rows.messages, strict=True):
        message.pk = pk
        if message.delivery and not message.delivery.origin_ref:
            message.delivery.origin_ref = f"message:{pk}"
