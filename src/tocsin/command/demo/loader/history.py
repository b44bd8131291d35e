"""Two months that have passed, done again: every act by its room's own verb, in the order of time, on a clock
that stands at its moment.

What the verbs put off until after the commit is done at once, so that it belongs to its moment, too; and what
they write into the outbox counts as sent, so that nothing of it leaves today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from tocsin.command.demo import company
from tocsin.command.demo.loader.house import House
from tocsin.command.demo.loader.mails import mail, sent_by
from tocsin.command.demo.outage_tickets import in_company_time, started_at
from tocsin.command.demo.outages import ANNOUNCED, PAST, Outage, Word
from tocsin.command.demo.tickets import Case, Said
from tocsin.desk import services as desk
from tocsin.incidents import services as incidents
from tocsin.incidents.services import NewIncident, NewUpdate
from tocsin.kernel import clock
from tocsin.kernel.jobs import perform_waiting
from tocsin.mailroom import queries as mailroom_queries
from tocsin.mailroom import services as mailroom
from tocsin.mailroom.services import Arrival

if TYPE_CHECKING:
    from tocsin.mailroom.models import Delivery

_NEWS_EVERY = timedelta(minutes=40)
_ANSWER = "250 2.0.0 kept"


@dataclass(frozen=True)
class Act:
    """Something that somebody did at a moment."""

    at: datetime
    do: Callable[[], None]
    # Whether a customer hears of it.
    is_told: bool = True


@dataclass
class Thread:
    """A case as it goes: its ticket, and the Message-IDs of its conversation."""

    case: Case
    ref: str = ""
    # Whose it is, by key, and where it stands.
    assignee: str = ""
    status: str = "new"
    message_ids: list[str] = field(default_factory=list)


class History:
    """What is done again."""

    def __init__(self, house: House, now: datetime) -> None:
        self._house = house
        self._now = now
        # The same installation of the demo looks the same every time.
        self._random = Random(7)  # noqa: S311  made-up mail
        self._threads: dict[str, Thread] = {}
        self._arrivals = 0

    def play(self, cases: Iterable[Case]) -> None:
        """The cases, the past outages and what is announced."""
        acts = [act for case in cases for act in self._acts_of_case(Thread(case))]
        acts += [act for outage in PAST for act in self._acts_of_outage(outage)]
        acts.append(self._announcement())
        for act in sorted(acts, key=lambda act: act.at):
            with clock.standing_at(act.at):
                act.do()
                if act.is_told:
                    perform_waiting()
                    self._note_sent(mailroom.count_as_sent(_ANSWER, self._took()))

    def _took(self) -> timedelta:
        return timedelta(seconds=self._random.uniform(0.4, 14))

    def _note_sent(self, deliveries: Iterable[Delivery]) -> None:
        """Who answers, answers the last mail that their ticket sent them."""
        for one in deliveries:
            ticket = one.payload.get("subject", "").rpartition("[")[2].rstrip("]")
            if ticket in self._threads:
                self._threads[ticket].message_ids.append(one.message_id)

    # --- Everyday tickets -----------------------------------------------------------------------------

    def _acts_of_case(self, thread: Thread) -> Iterator[Act]:
        case = thread.case
        for said in case.said:
            yield Act(said.at, self._saying(thread, said), said.kind != "note")
        if case.outage:
            return  # closed by the repair
        last = case.said[-1].at
        yield Act(min(last + timedelta(minutes=1), self._now), lambda: self._leave(thread), is_told=False)
        if case.closed_at:
            yield Act(case.closed_at, lambda: self._close(thread), is_told=False)

    def _saying(self, thread: Thread, said: Said) -> Callable[[], None]:
        if said.kind == "customer":
            return lambda: self._customer_writes(thread, said)
        return lambda: self._agent_writes(thread, said)

    def _customer_writes(self, thread: Thread, said: Said) -> None:
        account = self._house.accounts[thread.case.department]
        to, before = account.address, thread.message_ids
        raw, message_id = mail(self._random, thread.case, said, to, thread.ref, before)
        self._arrivals += 1
        arrival = Arrival("email", f"demo:{self._arrivals}", raw, account.pk, sent_by(thread.case.client))
        ids = mailroom.write_down([arrival])
        mailroom.open_now(ids)
        thread.message_ids.append(message_id)
        thread.status = "open" if thread.ref else "new"
        if not thread.ref:
            thread.ref = mailroom_queries.inbound_by_id(ids[0]).ticket_ref
            self._threads[thread.ref] = thread

    def _agent_writes(self, thread: Thread, said: Said) -> None:
        actor = self._house.actor(said.author)
        if said.kind == "note":
            desk.add_note(thread.ref, said.text, actor=actor)
            return
        self._take(thread, said.author)
        desk.reply(thread.ref, said.text, actor=actor)
        thread.status = "answered"

    def _take(self, thread: Thread, key: str) -> None:
        if thread.assignee != key:
            staff = self._house.staff[key]
            desk.assign(thread.ref, staff.pk, actor=staff.actor)
            thread.assignee = key

    def _leave(self, thread: Thread) -> None:
        """How whoever has it leaves it: whose it is, how much it presses, and what it waits for."""
        case = thread.case
        actor = self._house.actor(case.assignee or company.HEAD_OF_SUPPORT.key)
        if case.priority != "normal":
            desk.set_priority(thread.ref, case.priority, actor=actor)
        if case.assignee:
            self._take(thread, case.assignee)
        if case.status not in ("closed", thread.status):
            desk.set_status(thread.ref, case.status, actor=actor)

    def _close(self, thread: Thread) -> None:
        actor = self._house.actor(thread.case.assignee)
        desk.mark_read(thread.ref, actor=actor)
        desk.set_status(thread.ref, "closed", actor=actor)

    # --- Incidents ------------------------------------------------------------------------------------

    def _acts_of_outage(self, outage: Outage) -> Iterator[Act]:
        started = started_at(outage, self._now)
        first, *others = outage.words
        refs: list[str] = []
        yield Act(started + first.after, lambda: refs.append(self._declare(outage, started, first)))
        for word in others:
            yield Act(started + word.after, self._updating(refs, word, started + word.after))

    def _declare(self, outage: Outage, started: datetime, first: Word) -> str:
        new = NewIncident(
            title=outage.titles["en"],
            titles=outage.titles,
            component_keys=outage.components,
            impact=outage.impact,
            message=first.texts,
            started_at=started,
            next_update_at=started + first.after + _NEWS_EVERY,
        )
        return incidents.declare(new, actor=self._house.actor(company.TECHNICIAN.key)).ref

    def _updating(self, refs: list[str], word: Word, at: datetime) -> Callable[[], None]:
        promised = None if word.status == "resolved" else at + _NEWS_EVERY
        update = NewUpdate(word.status, word.texts, promised)
        actor = self._house.actor(company.TECHNICIAN.key)
        return lambda: _done(incidents.post_update(refs[0], update, actor=actor))

    def _announcement(self) -> Act:
        """The maintenance that is ahead."""
        work = ANNOUNCED
        begins = in_company_time(self._now + timedelta(days=work.days_ahead), work.hour)
        new = NewIncident(
            title=work.titles["en"],
            titles=work.titles,
            component_keys=work.components,
            impact="minor",
            kind="scheduled",
            message=work.texts,
            scheduled_for=begins,
            scheduled_until=begins + work.lasts,
            next_update_at=begins,
        )
        actor = self._house.actor(company.HEAD_OF_SUPPORT.key)
        announced = self._now - timedelta(hours=work.announced_hours_ago)
        return Act(announced, lambda: _done(incidents.declare(new, actor=actor)))


def _done(result: object) -> None:
    """An act's result that nobody needs."""
