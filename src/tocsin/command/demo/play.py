"""The played outage: steps 3 to 6 of the story, by real mails and the rooms' own verbs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from tocsin.command.demo import company, outages
from tocsin.command.demo.customers import BOTH, CLIENTS, MAIL, WEB, Client
from tocsin.command.demo.letterbox import press_not_my_problem, send
from tocsin.command.demo.sink import FOLDER
from tocsin.command.demo.stories import VOICES
from tocsin.command.demo.tickets import letter
from tocsin.command.faults import Fault
from tocsin.command.up import say
from tocsin.desk import queries as desk
from tocsin.incidents import queries, services
from tocsin.incidents.events import UpdateOverdue
from tocsin.incidents.services import NewIncident, NewUpdate
from tocsin.kernel import clock
from tocsin.kernel.events import name_of
from tocsin.kernel.models import LogEntry
from tocsin.kernel.reasons import in_english
from tocsin.mailroom import queries as mailroom
from tocsin.people.models import Staff

T = TypeVar("T")
_PATIENCE_S = 90.0
_COMPONENT = "mail"


@dataclass(frozen=True)
class Pace:
    """How long things take, in seconds."""

    between_mails: float
    to_look: float
    news_promised: float


_SLOW, _FAST = Pace(2.0, 6.0, 25.0), Pace(0.2, 0.2, 5.0)


class Play:
    """One performance. Each step says what it does and where to look."""

    def __init__(self, data: Path, url: str, *, fast: bool) -> None:
        self._data = data
        self._url = url
        self._pace = _FAST if fast else _SLOW
        self._random = Random(clock.now().timestamp())  # noqa: S311 - made-up mails
        self._actor = _technician().actor
        self._first, self._later, self._other, self._stranger = _cast()

    def run(self) -> None:
        """From the first mail to the figures."""
        self._clear_stage()
        started = clock.now()
        self._step("Mail breaks. Customers write, each in their language.")
        self._watch(("inbox", "/inbox/"))
        self._customers_write(self._first)
        ref = self._declare(started)
        self._attached_on_arrival(ref)
        self._not_my_problem(ref)
        self._served_as_ever()
        self._update(ref)
        self._silence(ref)
        self._resolve(ref)
        self._figures(ref)

    # --- The steps --------------------------------------------------------------------------------

    def _clear_stage(self) -> None:
        """What an interrupted play left open is brought to its end first."""
        for view in queries.open_incidents():
            if view.titles == outages.PLAYED_TITLES:
                say(f"An earlier play left {view.ref} open; it is resolved first.")
                services.post_update(view.ref, NewUpdate("resolved", outages.PLAYED_END), actor=self._actor)
        for view in queries.alerts_on():
            if _COMPONENT in view.component_keys:
                raise Fault(
                    f"{view.ref} “{view.title}” is open on the component that the play breaks, and would "
                    f"take its mails. Resolve it at {self._url}/alerts/{view.ref}/, then play it again."
                )

    def _customers_write(self, clients: Sequence[Client]) -> None:
        for place, client in enumerate(clients):
            subject, body = VOICES[client.language].mail_is_down[place % 4]
            ref = self._write(client, subject, body)
            self._line(client, subject, ref)
            time.sleep(self._pace.between_mails)

    def _declare(self, started: datetime) -> str:
        self._step(
            f"{company.TECHNICIAN.name} declares a Red Alert: what, since when, how bad, in which words."
        )
        incident = services.declare(
            NewIncident(
                title=outages.PLAYED_TITLES["en"],
                titles=outages.PLAYED_TITLES,
                component_keys=[_COMPONENT],
                message=outages.PLAYED_START,
                next_update_at=clock.now() + timedelta(minutes=20),
                started_at=started,
                impact="critical",
            ),
            actor=self._actor,
        )
        ref = incident.ref
        self._watch(("Red Alert room", f"/alerts/{ref}/"), ("news page", "/status/"))
        say(f"  Coordinator is {incident.coordinator}.")
        say(f"  {queries.figures(ref).contacts_attached} tickets are attached and leave the queue.")
        self._until(lambda: _informed(ref), "everybody affected is informed")
        told = queries.figures(ref)
        say(f"  {told.informed} of {told.affected} affected customers are informed, each in their language.")
        self._look()
        return ref

    def _attached_on_arrival(self, ref: str) -> None:
        self._step(
            "More customers write. Their tickets attach by themselves and are answered with the state."
        )
        for place, client in enumerate(self._later):
            subject, body = VOICES[client.language].mail_is_down[(place + 1) % 4]
            ticket = self._write(client, subject, body)
            self._line(client, subject, ticket)
            view = desk.ticket_by_ref(ticket)
            say(f"    attached to {view.linked_ref or 'nothing'}: {in_english(view.linked_reason)}")
            time.sleep(self._pace.between_mails)
        self._look()

    def _not_my_problem(self, ref: str) -> None:
        client = self._other
        self._step(
            f"{client.person} wrote about another matter of mail, and presses “This is not my problem”."
        )
        exchange = VOICES[client.language].stories["newbox"][0]
        gaps = {"domain": client.domain, "newbox": f"eva@{client.domain}"}
        subject = exchange.subjects[0].format(**gaps)
        ticket = self._write(client, subject, exchange.ask.format(**gaps))
        self._line(client, subject, ticket)
        folder = self._data / FOLDER
        link = self._until(
            lambda: press_not_my_problem(folder, client.address, ticket, self._url), "the answer arrives"
        )
        view = desk.ticket_by_ref(ticket)
        say(f"    by the link {link[:60]}…")
        say(f"    back in the queue: {'no' if view.parked_by else 'yes'}, priority {view.priority}")
        self._look()

    def _served_as_ever(self) -> None:
        client = self._stranger
        self._step(f"{client.name} uses web hosting only, and is served as on any day.")
        exchange = VOICES[client.language].stories["slow"][0]
        subject = exchange.subjects[0].format(domain=client.domain)
        ticket = self._write(client, subject, exchange.ask.format(domain=client.domain))
        self._line(client, subject, ticket)
        view = desk.ticket_by_ref(ticket)
        say(f"    in the queue: {'no' if view.parked_by else 'yes'}, attached: {view.linked_ref or 'no'}")
        self._look()

    def _update(self, ref: str) -> None:
        self._step("An update: the cause is identified, and the next news is promised.")
        seconds = self._pace.news_promised
        update = NewUpdate("identified", outages.PLAYED_CAUSE, clock.now() + timedelta(seconds=seconds))
        services.post_update(ref, update, actor=self._actor)
        say(f"  Next news in {seconds:g} seconds (in real life: 30 minutes).")

    def _silence(self, ref: str) -> None:
        self._step("The promised time passes without news.")
        warned = LogEntry.objects.filter(subjects__contains=[ref], name=name_of(UpdateOverdue))
        self._until(warned.exists, "the coordinator is warned")
        say(f"  {company.HEAD_OF_SUPPORT.name} is warned, on every screen and by mail.")
        self._watch(("Red Alert room", f"/alerts/{ref}/"))
        self._look()

    def _resolve(self, ref: str) -> None:
        self._step("Mail works again: resolved.")
        services.post_update(ref, NewUpdate("resolved", outages.PLAYED_END), actor=self._actor)
        incident = queries.incident_by_ref(ref)
        self._until(lambda: _all_closed(incident.id), "every attached ticket is answered and closed")
        self._until(lambda: _all_sent(ref), "every notice is sent")
        say(f"  Every attached customer is answered once, the tickets are closed, {news_page()}.")
        self._watch(("news page", "/status/"))

    def _figures(self, ref: str) -> None:
        found = queries.figures(ref)
        rate = found.informed_first_percent or "none"
        self._step("The figures")
        first = found.time_to_first_notice_s
        lines = {
            "Time to declare": f"{found.time_to_declare_s:.0f} s",
            "Time to the first notice": "none" if first is None else f"{first:.0f} s",
            "Customers affected": found.affected,
            "Informed": found.informed,
            "Informed first": f"{found.informed_first} ({rate})",
            "Contacts attached": found.contacts_attached,
            "Messages sent": found.sent,
            "Messages failed": found.failed,
        }
        for name, value in lines.items():
            say(f"  {name:<26}{value}")
        self._watch(("all of it", f"/alerts/{ref}/"))

    # --- What the steps are made of -----------------------------------------------------------------

    def _write(self, client: Client, subject: str, body: str) -> str:
        """A mail from a customer; returns the ticket that it became."""
        gaps = {"domain": client.domain, "box": client.address}
        text = letter(self._random, VOICES[client.language], body.format(**gaps), client)
        inbound = send(self._data, client, subject.format(**gaps), text)
        return self._until(lambda: mailroom.inbound_by_id(inbound).ticket_ref, "the mail is opened")

    def _until(self, condition: Callable[[], T], what: str) -> T:
        deadline = time.monotonic() + _PATIENCE_S
        while not (outcome := condition()):
            if time.monotonic() > deadline:
                raise Fault(f"Waited until {what}, in vain. Does the worker of the demo run?")
            time.sleep(0.1)
        return outcome

    def _step(self, what: str) -> None:
        say(f"\n{clock.now():%H:%M:%S}  {what}")

    def _line(self, client: Client, subject: str, ticket: str) -> None:
        shown = subject.format(domain=client.domain, box=client.address)
        say(f"  {ticket}  {client.language}  {client.person}: {shown}")

    def _watch(self, *pages: tuple[str, str]) -> None:
        for name, path in pages:
            say(f"  → {name}: {self._url}{path}")

    def _look(self) -> None:
        time.sleep(self._pace.to_look)


def _cast() -> tuple[list[Client], list[Client], Client, Client]:
    """Ten who write first, three later, one about another matter, one who does not use mail at all."""
    by_language = {
        code: [one for one in CLIENTS if one.language == code and one.uses in (MAIL, BOTH)]
        for code in company.LANGUAGES
    }
    first = [clients[place] for place in (0, 1) for clients in by_language.values()]
    later = [by_language["el"][2], by_language["es"][2], by_language["ru"][2]]
    stranger = next(one for one in CLIENTS if one.language == "en" and one.uses == WEB)
    return first, later, by_language["hr"][2], stranger


def _technician() -> Staff:
    found = Staff.objects.filter(email=company.TECHNICIAN.address).first()
    if found is None:
        raise Fault("This installation is not the demo company's, so no outage is played on it.")
    return found


def news_page() -> str:
    """What is true of it."""
    others = ", ".join(view.ref for view in queries.alerts_on())
    return f"the news page still shows {others}" if others else "the news page is green"


def _informed(ref: str) -> bool:
    found = queries.figures(ref)
    return found.informed + found.failed >= found.affected


def _all_sent(ref: str) -> bool:
    from tocsin.notices import queries as notices

    return all(view.written_at is not None and not view.progress.waiting for view in notices.notices_of(ref))


def _all_closed(incident_id: int) -> bool:
    return all(ticket.status == "closed" for ticket in queries.attached_tickets(incident_id))
