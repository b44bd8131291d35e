"""The desk's pages as staff get them: what they show, what they let happen, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.desk.office import arrive

if TYPE_CHECKING:
    from tests.desk.office import Office

    from tocsin.people.models import Staff

pytestmark = pytest.mark.django_db


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def shown(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code, answer.content[:400])
    return answer.content.decode()


def queries_of(client: Client, address: str) -> int:
    client.get(address)  # the first look marks a ticket as read
    with CaptureQueriesContext(connection) as caught:
        shown(client, address)
    # The tests' movable clock reads its offset now and then; a company's does not.
    return sum("kernel_clockoffset" not in query["sql"] for query in caught)


def fill(count: int) -> None:
    from tests.desk.office import arrive, mail

    arrive(
        *(
            mail(f"Text {n}", From=f"Person {n} <p{n}@elsewhere.test>", Subject=f"Matter {n}")
            for n in range(count)
        )
    )


# --- What it costs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/inbox/", "/inbox/?view=all", "/inbox/rows/", "/search/?q=matter"])
def test_lists_cost_the_same_whatever_their_length(office: Office, address: str) -> None:
    client = signed_in(office.lead)
    fill(2)
    few = queries_of(client, address)
    fill(30)
    assert queries_of(client, address) == few <= 13


def test_a_ticket_costs_the_same_whatever_its_length(office: Office) -> None:
    from tests.desk.office import arrive_one

    from tocsin.desk import services

    client, ticket = signed_in(office.lead), arrive_one()
    page = f"/tickets/{ticket.ref}/"
    services.add_note(ticket.ref, "Looking.", actor=office.agent.actor)
    services.reply(ticket.ref, "It works again.", actor=office.agent.actor)
    services.assign(ticket.ref, office.agent.pk, actor=office.lead.actor)
    few = queries_of(client, page)
    for number in range(8):
        services.add_note(ticket.ref, f"Note {number}", actor=office.agent.actor)
        services.reply(ticket.ref, f"Answer {number}", actor=office.lead.actor)
        services.set_priority(ticket.ref, ["high", "urgent"][number % 2], actor=office.lead.actor)
    assert queries_of(client, page) == few <= 24


def test_a_customer_costs_the_same_whatever_they_wrote(office: Office) -> None:
    from tests.desk.office import arrive_one

    client = signed_in(office.lead)
    arrive_one()
    address = f"/customer/{office.customer.pk}/"
    few = queries_of(client, address)
    for number in range(12):
        arrive_one(Subject=f"Another {number}")
    assert queries_of(client, address) == few <= 16


# --- What they show --------------------------------------------------------------------------------


def test_an_empty_inbox_says_what_belongs_there(office: Office) -> None:
    assert "Nothing is waiting" in shown(signed_in(office.agent), "/inbox/")


def test_the_inbox_shows_who_asks_what(office: Office) -> None:
    from tests.desk.office import arrive_one

    ticket = arrive_one(Subject="Δεν λαμβάνω μηνύματα")
    page = shown(signed_in(office.agent), "/inbox/")
    assert f'data-row="{ticket.ref}"' in page
    assert "Δεν λαμβάνω μηνύματα" in page
    assert "data-unread" in page


def test_opening_a_ticket_marks_it_as_read(office: Office) -> None:
    from tests.desk.office import arrive_one, fresh

    ticket = arrive_one()
    shown(signed_in(office.agent), f"/tickets/{ticket.ref}/")
    assert not fresh(ticket).unread


def test_older_pages_follow(office: Office) -> None:
    fill(55)
    client = signed_in(office.lead)
    first = client.get("/inbox/")
    assert first.content.count(b"data-row=") == 50
    second = client.get("/inbox/", {"cursor": first.context["next"]})
    assert second.content.count(b"data-row=") == 5
    assert b"data-live-insert" not in second.content  # only the first page moves


def test_html_of_a_customer_is_safe_in_its_frame(office: Office) -> None:

    from tocsin.intake import services as intake

    hostile = '<p onclick="x()">Hi<script>steal()</script><img src="https://spy.test/p.png"></p>'
    hostile += '<form action="/x"><input></form>'
    new = intake.TicketRequest(
        requester_address="eve@elsewhere.test", subject="S", text="Hi", html=hostile, acknowledge=False
    )
    ticket = intake.open_ticket(new)
    message = ticket.messages.get()
    client = signed_in(office.lead)
    page = shown(client, f"/tickets/{ticket.ref}/")
    assert "<script>steal" not in page and 'sandbox="allow-same-origin allow-popups' in page
    assert "allow-scripts" not in page
    blocked = client.get(f"/tickets/{ticket.ref}/messages/{message.pk}/html/")
    body = blocked.content.decode()
    assert "script" not in body and "onclick" not in body and "<form" not in body
    assert ' src="https://spy.test' not in body
    policy = blocked["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "https:" not in policy and "script-src" not in policy
    asked = client.get(f"/tickets/{ticket.ref}/messages/{message.pk}/html/?pictures=1")
    assert ' src="https://spy.test/p.png"' in asked.content.decode()


def test_files_are_downloads_that_run_nowhere(office: Office) -> None:
    from tocsin.desk import services
    from tocsin.intake import services as intake

    page = services.NewAttachment("Τιμολόγιο.html", "text/html", b"<script>1</script>")
    new = intake.TicketRequest(
        requester_address="a@elsewhere.test", subject="S", text="T", attachments=[page], acknowledge=False
    )
    ticket = intake.open_ticket(new)
    file = ticket.messages.get().attachments.get()
    answer = signed_in(office.lead).get(f"/tickets/{ticket.ref}/attachments/{file.pk}/?inline=1")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == b"<script>1</script>"  # type: ignore[attr-defined]


def test_the_original_comes_byte_for_byte(office: Office) -> None:
    from tests.desk.office import arrive, mail

    raw = mail("As it was.")
    message = arrive(raw)[0]
    answer = signed_in(office.lead).get(f"/tickets/{message.ticket.ref}/messages/{message.pk}/original/")
    assert b"".join(answer.streaming_content) == raw  # type: ignore[attr-defined]


# --- Who may ---------------------------------------------------------------------------------------


def test_nobody_reads_without_signing_in(office: Office) -> None:
    from tests.desk.office import arrive_one

    ticket = arrive_one()
    pages = [
        "/inbox/",
        "/inbox/rows/",
        f"/tickets/{ticket.ref}/",
        f"/tickets/{ticket.ref}/entries/",
        "/search/",
    ]
    for address in [*pages, f"/customer/{office.customer.pk}/"]:
        assert Client().get(address).status_code == 302, address


def test_another_departments_ticket_is_not_there(office: Office) -> None:
    from tests.desk.office import arrive_one

    ticket = arrive_one()
    client = signed_in(office.salesman)
    assert client.get(f"/tickets/{ticket.ref}/").status_code == 404
    assert client.post(f"/tickets/{ticket.ref}/status/", {"status": "closed"}).status_code == 404
    assert client.post(f"/tickets/{ticket.ref}/reply/", {"text": "Hi"}).status_code == 404
    message = ticket.messages.first()
    assert message is not None
    assert client.get(f"/tickets/{ticket.ref}/messages/{message.pk}/html/").status_code == 404
    assert client.get(f"/tickets/{ticket.ref}/messages/{message.pk}/original/").status_code == 404
    assert ticket.ref not in shown(client, "/inbox/?view=all")


def test_an_observer_sees_and_changes_nothing(office: Office) -> None:
    from tests.desk.office import arrive_one, fresh

    from tocsin.people import services as people

    ticket = arrive_one()
    watcher = people.create_staff(email="w@example.test", name="Wim", role="observer", password="long enough")
    client = signed_in(watcher)
    page = shown(client, f"/tickets/{ticket.ref}/")
    assert "composer" not in page
    assert fresh(ticket).unread
    assert client.post(f"/tickets/{ticket.ref}/note/", {"text": "x"}).status_code == 403


def test_a_mistyped_id_is_refused(office: Office) -> None:
    from tests.desk.office import arrive_one

    ref = arrive_one().ref
    wrong = ref[:-1] + str((int(ref[-1]) + 1) % 10)
    client = signed_in(office.lead)
    assert client.get(f"/tickets/{wrong}/").status_code == 404
    assert "not the number of a ticket" in shown(client, f"/search/?q={wrong}")
    assert client.get(f"/search/?q={ref}")["Location"] == f"/tickets/{ref}/"


# --- What one does ---------------------------------------------------------------------------------


def test_a_reply_says_to_whom_and_goes_once(office: Office) -> None:
    from tests.desk.office import CUSTOMER, arrive_one, fresh, sent

    ticket = arrive_one(To="support@example.test, boss@customer.test")
    client = signed_in(office.agent)
    page = shown(client, f"/tickets/{ticket.ref}/")
    assert "Send to Maria and 1 other" in page
    assert "boss@customer.test" in page
    before = len(sent(CUSTOMER))
    form = {"text": "It works again.", "once": "abc"}
    for _press in range(2):
        assert client.post(f"/tickets/{ticket.ref}/reply/", form).status_code == 302
    assert len(sent(CUSTOMER)) == before + 1
    assert fresh(ticket).status == "answered"


def test_an_empty_file_is_named(office: Office) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from tests.desk.office import CUSTOMER, arrive_one, sent

    ticket = arrive_one()
    before = len(sent(CUSTOMER))
    files = [SimpleUploadedFile("steps.txt", b"1. restart"), SimpleUploadedFile("log.txt", b"")]
    form = {"text": "Look at these.", "attachments": files}
    answer = signed_in(office.agent).post(f"/tickets/{ticket.ref}/reply/", form)
    assert answer.status_code == 422 and "“log.txt” is empty" in answer.content.decode()
    assert len(sent(CUSTOMER)) == before


def test_only_a_signature_that_is_folded_is_called_so(office: Office) -> None:
    from tests.desk.office import arrive_one

    for body, label in [
        ("No mail.\n\n-- \nMaria", "Signature"),
        ("No mail.\n\nOn 12 May 2026 at 10:00, Nikos wrote:\n> Is it well?\n", "Quoted history"),
    ]:
        page = shown(signed_in(office.agent), f"/tickets/{arrive_one(body).ref}/")
        assert f'<span class="sr">{label}</span></summary>' in page


def test_a_note_is_never_sent(office: Office) -> None:
    from tests.desk.office import arrive_one, sent

    ticket = arrive_one()
    before = len(sent())
    client = signed_in(office.agent)
    assert client.post(f"/tickets/{ticket.ref}/note/", {"text": "Looks like mx2."}).status_code == 302
    page = shown(client, f"/tickets/{ticket.ref}/")
    assert "message-note" in page and "Internal" in page
    assert len(sent()) == before


def test_who_gets_no_automatic_answers_for_now_is_named_on_the_ticket(office: Office) -> None:
    from tests.desk.office import STRANGER, arrive, mail

    last = arrive(*(mail(f"Alert {number}", From=STRANGER) for number in range(6)))[-1].ticket
    page = shown(signed_in(office.agent), f"/tickets/{last.ref}/")
    assert f"Automatic answers to {STRANGER} are paused: there were 5 in a short time" in page
    assert "Internal note of Tocsin" in page


def test_an_empty_answer_comes_back_with_the_reason(office: Office) -> None:
    from tests.desk.office import arrive_one

    ticket = arrive_one()
    answer = signed_in(office.agent).post(f"/tickets/{ticket.ref}/note/", {"text": "  \n "})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Write something first." in page
    assert 'value="note" checked' in page  # the note stays a note


def test_a_status_change_can_be_undone(office: Office) -> None:
    from tests.desk.office import arrive_one, fresh

    ticket = arrive_one()
    client = signed_in(office.agent)
    page = client.post(f"/tickets/{ticket.ref}/status/", {"status": "closed"}, follow=True).content.decode()
    assert fresh(ticket).status == "closed"
    assert "Undo" in page and 'name="status" value="open"' in page
    client.post(f"/tickets/{ticket.ref}/status/", {"status": "open"})
    assert fresh(ticket).status == "open"


def test_somebody_quicker_is_told_of(office: Office) -> None:
    from tests.desk.office import arrive_one

    ticket = arrive_one()
    client = signed_in(office.agent)
    for _press in range(2):
        answer = client.post(f"/tickets/{ticket.ref}/status/", {"status": "closed"}, follow=True)
    assert answer.status_code == 200
    assert "already" in answer.content.decode()


@pytest.mark.parametrize(
    ("what", "value", "expected"),
    [
        ("priority", "urgent", "urgent"),
        ("assignee", "me", "me"),
        ("assignee", "", None),
        ("department", "sales", "sales"),
    ],
)
def test_the_quick_menus_act(office: Office, what: str, value: str, expected: Any) -> None:
    from tests.desk.office import arrive_one, fresh

    from tocsin.desk import services

    ticket = arrive_one()
    if what == "assignee" and not value:
        services.assign(ticket.ref, office.lead.pk, actor=office.lead.actor)
    me = office.agent.pk
    client = signed_in(office.agent)
    answer = client.post(f"/tickets/{ticket.ref}/{what}/", {what: str(me) if value == "me" else value})
    assert answer.status_code == 302
    now = fresh(ticket)
    is_now = {"priority": now.priority, "assignee": now.assignee_id, "department": now.department.key}[what]
    assert is_now == (me if expected == "me" else expected)


def test_many_are_closed_at_once_and_what_could_not_be_is_counted(office: Office) -> None:
    from tests.desk.office import arrive_one

    from tocsin.desk import services
    from tocsin.desk.models import Ticket

    refs = [arrive_one(Subject=f"S {n}").ref for n in range(3)]
    services.set_status(refs[0], "closed", actor=office.agent.actor)
    client = signed_in(office.agent)
    form = {"pick": [*refs, "T-9999999"], "act": "status:closed", "view": "open"}
    page = client.post("/inbox/act/", form, follow=True).content.decode()
    assert "2 tickets changed. 2 stayed as they were." in page
    assert Ticket.objects.filter(status="closed").count() == 3


def test_search_marks_what_it_found_and_nothing_runs(office: Office) -> None:
    from tests.desk.office import arrive_one

    arrive_one("Το ηλεκτρονικό ταχυδρομείο", Subject="<b>Ταχυδρομείο</b> δεν λειτουργεί")
    page = shown(signed_in(office.lead), "/search/?q=ταχυδρομειο")
    assert "&lt;b&gt;<mark>Ταχυδρομείο</mark>&lt;/b&gt;" in page


def test_as_one_types_only_the_results_come(office: Office) -> None:
    answer = signed_in(office.lead).get("/search/", {"q": "nothing"}, headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert b"Nothing found" in answer.content


# --- Who sees what, and what is typed by nobody -----------------------------------------------------


def test_another_departments_tickets_are_not_named_beside_ones_own(office: Office) -> None:
    from tocsin.intake import services as intake
    from tocsin.intake.services import TicketRequest
    from tocsin.people import services as people

    people.save_department(key="closed-shop", name={"en": "Closed shop"})
    asked = {"requester_address": "kept@elsewhere.test", "text": "Something."}
    intake.open_ticket(TicketRequest(subject="Between us", department="closed-shop", **asked))
    here = intake.open_ticket(TicketRequest(subject="For everybody", department="support", **asked))
    office.agent.departments.set([here.department])
    assert "Between us" not in shown(signed_in(office.agent), f"/tickets/{here.ref}/")
    assert "Between us" in shown(signed_in(office.lead), f"/tickets/{here.ref}/")


def test_nonsense_is_refused_and_not_a_fault_of_ours(office: Office) -> None:
    from tests.desk.office import arrive_one

    client, ticket = signed_in(office.agent), arrive_one()
    for address in ("/search/?q=a&cursor=0.x", "/inbox/?cursor=WzUsIDVd"):
        shown(client, address, 422)
    for path, values in (
        (f"/tickets/{ticket.ref}/assignee/", {"assignee": "9" * 5000}),
        (f"/tickets/{ticket.ref}/department/", {"department": "\x00"}),
    ):
        assert client.post(path, values).status_code == 422
    assert client.post("/inbox/act/", {"pick": ticket.ref, "act": f"assign:{'9' * 5000}"}).status_code == 302


def test_a_ticket_that_an_alert_answers_says_so(office: Office) -> None:
    from tests.desk.office import arrive_one, link

    from tocsin.desk import services

    ticket, client = arrive_one("No mail"), signed_in(office.agent)
    link(ticket)
    assert "The alert answers it" in shown(client, "/inbox/?view=attached")
    assert "The alert answers this ticket." in shown(client, f"/tickets/{ticket.ref}/")
    services.unlink_ticket(ticket.pk)
    assert "The alert answers" not in shown(client, f"/tickets/{ticket.ref}/")


def test_a_mail_of_ours_is_called_automatic(office: Office) -> None:
    from tests.desk.office import CUSTOMER, arrive_one

    page = shown(signed_in(office.agent), f"/tickets/{arrive_one('No mail').ref}/")
    assert f"Automatic mail to {CUSTOMER}" in page and "Tocsin wrote" not in page


def test_a_call_is_written_down_with_the_address_alone(office: Office) -> None:
    from tocsin.desk import queries

    client = signed_in(office.agent)
    assert 'data-key="c"' in shown(client, "/inbox/")
    shown(client, "/tickets/new/")
    answer = client.post("/tickets/new/", {"address": "caller@elsewhere.test"})
    ticket = queries.ticket_by_ref(answer.headers["location"].split("/")[2], office.agent)
    assert (ticket.channel, ticket.subject, ticket.verified) == ("phone", "Phone call", False)
    assert [said.kind for said in queries.conversation(ticket)] == ["customer", "system"]


def test_a_call_keeps_what_was_said_and_the_number(office: Office) -> None:
    from tests.desk.office import CUSTOMER

    from tocsin.desk import queries

    said = {"address": CUSTOMER, "subject": "Mail", "call_back": "+30 210 1", "text": "It is slow."}
    answer = signed_in(office.agent).post("/tickets/new/", said)
    ticket = queries.ticket_by_ref(answer.headers["location"].split("/")[2], office.agent)
    assert ticket.customer == office.customer and ticket.subject == "Mail"
    assert queries.conversation(ticket)[0].text == "It is slow.\n\nNumber to call back: +30 210 1"


def test_the_caller_is_known_by_their_history(office: Office) -> None:
    from tests.desk.office import CUSTOMER, arrive_one

    ticket, client = arrive_one("Number 1"), signed_in(office.agent)
    page = shown(client, f"/tickets/new/caller/?address={CUSTOMER.upper()}")
    assert f"/tickets/{ticket.ref}/" in page and "Aegean Ferries" in page
    assert "do not know this address" in shown(client, "/tickets/new/caller/?address=x@elsewhere.test")
    assert "do not know" not in shown(client, "/tickets/new/caller/?address=x")


@pytest.mark.parametrize("address", ["", "nobody", "a@b.test, c@d.test"])
def test_a_call_without_a_usable_address_is_given_back(office: Office, address: str) -> None:
    answer = signed_in(office.agent).post("/tickets/new/", {"address": address, "text": "Kept words"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "field-error" in page and "Kept words" in page


def test_a_ticket_is_found_by_its_number_without_zeros(office: Office) -> None:
    from tests.desk.office import arrive_one

    ref = str(arrive_one().ref)
    short = ref.removeprefix("T-").lstrip("0").zfill(2)
    client = signed_in(office.lead)
    assert client.get("/search/", {"q": f"t{short}"})["Location"] == f"/tickets/{ref}/"
    assert f"/tickets/{ref}/" in shown(client, f"/search/?q={short}")
    assert ref not in shown(signed_in(office.salesman), f"/search/?q={short}")


def test_a_customer_without_tickets_one_may_see(office: Office) -> None:
    address = f"/customer/{office.customer.pk}/"
    assert "not written to us yet" in shown(signed_in(office.lead), address)
    assert "that you may see" in shown(signed_in(office.salesman), address)


def test_nonsense_in_the_search_of_customers_is_refused(office: Office) -> None:
    shown(signed_in(office.lead), "/catalog/customers/?q=%00", 422)
    assert "Nothing found" in shown(signed_in(office.lead), "/search/?q=%00a")


def test_a_ticket_without_an_address_says_so_and_takes_one(office: Office) -> None:
    [message] = arrive(b"Subject: Who am I\r\n\r\nI forgot to say who I am.\r\n")
    ticket, client = message.ticket, signed_in(office.agent)
    assert ticket.requester_address == ""
    page = shown(client, f"/tickets/{ticket.ref}/")
    assert "There is no address to answer to" in page
    assert 'id="reply-text"' not in page and 'id="note-text"' in page
    client.post(f"/tickets/{ticket.ref}/requester/", {"address": "found@elsewhere.test"})
    page = shown(client, f"/tickets/{ticket.ref}/")
    assert "There is no address to answer to" not in page and 'id="reply-text"' in page
