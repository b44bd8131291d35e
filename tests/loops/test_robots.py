"""Auto-responders of every kind: few mails, few tickets, and the ticket says why there are no more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.loops.robots import Responder, echoing_list, vacation

if TYPE_CHECKING:
    from tests.incidents.company import Company
    from tests.loops.world import World


def run(world: World, responder: Responder) -> tuple[int, int]:
    """A first mail from the robot's address, and all that follows: mails of ours, and tickets."""
    from tests.loops.world import Incoming, mail, tickets

    first = mail(responder.address, "A question", "How do I change the address on my invoices?")
    world.write(Incoming(first, responder.address))
    world.run(responder)
    return len(world.sink.messages), tickets()


@pytest.mark.parametrize(
    "responder",
    [
        Responder(headers={"Auto_Submitted": "auto-replied"}),
        Responder(headers={"X_Auto_Response_Suppress": "All"}, new_subject=True),
        Responder(),
        Responder(new_subject=True),
        Responder(threads=False),
        Responder(quotes=True, threads=False),
        Responder(new_sender=True, headers={"Auto_Submitted": "auto-replied"}),
    ],
    ids=["polite", "suppressing", "no marks", "new subject", "our number", "quoting", "polite, new sender"],
)
def test_who_says_so_or_names_our_mail_gets_one(world: World, responder: Responder) -> None:
    mails, tickets = run(world, responder)
    assert (mails, tickets) == (1, 1)


@pytest.mark.parametrize(
    ("responder", "mails", "tickets", "who"),
    [
        (Responder(threads=False, new_subject=True), 3, 4, "robot@elsewhere.test"),
        (Responder(threads=False, new_subject=True, quotes=True), 3, 4, "robot@elsewhere.test"),
        (Responder(threads=False, new_subject=True, times=2), 3, 7, "robot@elsewhere.test"),
        (Responder(new_sender=True), 6, 7, "…@elsewhere.test"),
        (Responder(new_sender=True, threads=False, new_subject=True), 6, 7, "…@elsewhere.test"),
        (
            Responder(new_sender=True, threads=False, new_subject=True, new_words=True),
            20,
            21,
            "…@elsewhere.test",
        ),
    ],
    ids=["strips all", "strips and quotes", "answers twice", "new sender", "new sender, strips", "all new"],
)
def test_who_hides_gets_few_and_is_named(
    world: World, responder: Responder, mails: int, tickets: int, who: str
) -> None:
    from tests.loops.world import why_silent

    assert run(world, responder) == (mails, tickets)
    assert why_silent()
    assert all(f"Automatic answers to {who} are paused" in why for why in why_silent())


def test_one_that_takes_its_time_gets_twenty_a_day(world: World) -> None:
    from tests.loops.world import why_silent

    world.pause = timedelta(minutes=15)
    assert run(world, Responder(threads=False, new_subject=True, new_words=True)) == (20, 21)
    assert len(why_silent()) == 1


def test_one_that_takes_its_time_and_says_the_same_gets_six(world: World) -> None:
    from tests.loops.world import tickets

    world.pause = timedelta(minutes=15)
    for new_sender in (True, False):
        robot = Responder(f"robot@{new_sender}.test", threads=False, new_subject=True, new_sender=new_sender)
        before = len(world.sink.messages), tickets()
        after = run(world, robot)
        assert (after[0] - before[0], after[1] - before[1]) == (6, 7)


def test_after_a_day_it_is_answered_again(world: World) -> None:
    from tests.loops.world import Incoming, mail

    from tocsin.kernel import clock

    robot = Responder(threads=False, new_subject=True)
    run(world, robot)
    clock.move(timedelta(hours=25))
    world.write(Incoming(mail(robot.address, "Something else", "A person writes this."), robot.address))
    world.run(lambda received: ())
    assert len(world.sink.messages) == 4


def test_staff_write_to_it_all_the_same(world: World) -> None:
    from tests.loops.world import tickets

    from tocsin.desk import services as desk
    from tocsin.desk.models import Ticket
    from tocsin.people import services as people

    run(world, Responder(threads=False, new_subject=True))
    agent = people.create_staff(email="a@example.test", name="Nikos", role="lead", password="long enough")
    last = Ticket.objects.latest("id")
    desk.reply(last.ref, "Please tell your program to be quiet.", actor=agent.actor)
    world.run(Responder())
    assert len(world.sink.messages) == 4
    assert tickets() == 4


def test_a_list_that_echoes_is_not_heard(world: World) -> None:
    from tests.loops.world import Incoming, mail, reasons, tickets

    world.write(
        Incoming(mail("users@lists.test", "A question", "How do I leave this list?"), "users@lists.test")
    )
    world.run(echoing_list)
    assert (len(world.sink.messages), tickets()) == (1, 1)
    assert reasons() == ["Our own mail coming back."]


def test_holidays_during_a_red_alert(world: World, company: Company) -> None:
    from tests.loops.world import tickets, why_silent

    from tocsin.incidents import jobs
    from tocsin.notices.models import Notice

    people = [f"person{number}" for number in range(6)]
    for name in people:
        company.customer(name, "mail", addresses=[f"{name}@{name}.test"])
    incident = company.declare()
    for status in ("identified", "monitoring", "resolved"):
        for notice in Notice.objects.order_by("number"):
            jobs.write_notice(notice.pk)
        world.run(vacation)
        company.update(incident, status)
    for notice in Notice.objects.order_by("number"):
        jobs.write_notice(notice.pk)
    world.run(vacation)
    for name in people:
        texts = [received.text for received in world.sink.to(f"{name}@{name}.test")]
        for words in ("Mail is down.", "identified", "monitoring", "resolved"):
            assert any(words in text for text in texts), f"{name} was told “{words}”"
        assert len(texts) <= 4 + 10, "each notice, and ten times the state, as to a person who writes again"
    assert tickets() <= (4 + 10) * len(people)
    assert why_silent()
