"""The whole story: a mail is answered; mail breaks, a Red Alert is declared, and everybody is told.

Real PostgreSQL, web and worker processes, a real IMAP and SMTP server, a real browser.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.harness.mailservers import Dovecot, Received, SmtpSink
from tests.harness.processes import Installation
from tests.harness.waiting import PATIENCE_S, wait_until
from tests.story.company import BOTH, MAIL_ONLY, MAIL_USERS, SUPPORT, WEB_ONLY, Api, Company, in_minutes

pytestmark = [pytest.mark.processes, pytest.mark.browser]

GREEK_SUBJECT = "Δεν μπορώ να συνδεθώ στον πίνακα ελέγχου"
GREEK_TEXT = "Καλημέρα σας,\n\nαπό το πρωί δεν μπορώ να συνδεθώ στον πίνακα ελέγχου.\n\nΕυχαριστώ,\nΕλένη\n"


@pytest.fixture
def company(data_folder: Path, smtp_sink: SmtpSink, dovecot: Dovecot) -> Iterator[Company]:
    one = Installation(
        data_folder,
        TOCSIN_SMTP_URL=smtp_sink.url,
        TOCSIN_IMAP_URL=dovecot.url,
        TOCSIN_MAIL_FROM=SUPPORT,
        TOCSIN_COMPANY="Tophost",
    )
    try:
        one.start_up()
        made = one.run("api-key", "create", "story")
        assert made.returncode == 0, made.stderr
        company = Company(one, Api(one.url, made.stdout.decode().strip()), dovecot)
        company.set_up()
        yield company
    finally:
        one.end()


def sign_in(page: Any, company: Company, name: str) -> None:
    page.goto(f"{company.installation.url}/account/login/")
    page.get_by_label("Mail address").fill(f"{name}@tophost.example")
    page.get_by_label("Password").fill(company.passwords[name])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/inbox/")


def public(company: Company, path: str) -> str:
    with urllib.request.urlopen(f"{company.installation.url}{path}", timeout=PATIENCE_S) as response:
        return str(response.read().decode())


def test_from_a_customers_mail_to_red_alert_and_back(
    company: Company, smtp_sink: SmtpSink, page: Any, browser: Any
) -> None:
    sign_in(page, company, "tina")
    ticket = a_greek_mail_becomes_a_ticket(company, smtp_sink, page)
    the_agent_answers_and_the_customer_comes_back(company, smtp_sink, page, ticket)
    lead = browser.new_context().new_page()
    sign_in(lead, company, "helen")
    incident = mail_breaks_and_a_red_alert_is_declared(company, smtp_sink, page, lead)
    new_mails_attach_themselves(company, smtp_sink, incident)
    a_customer_says_not_my_problem(company, smtp_sink, browser, incident)
    an_update_goes_everywhere_and_silence_is_noticed(company, smtp_sink, lead, incident)
    it_is_resolved(company, smtp_sink, incident)
    assert page.errors == []


def a_greek_mail_becomes_a_ticket(company: Company, sink: SmtpSink, page: Any) -> dict[str, Any]:
    """Step 1."""
    company.write(16, GREEK_SUBJECT, GREEK_TEXT, charset="iso-8859-7")
    page.locator("[data-arrivals]").first.click()  # it announces itself, without a reload
    page.get_by_role("link", name=GREEK_SUBJECT).wait_for()
    ticket = company.ticket_of(16)
    assert (ticket["subject"], ticket["language"], ticket["status"]) == (GREEK_SUBJECT, "el", "new")
    assert ticket["messages"][0]["text"].strip() == GREEK_TEXT.strip()
    acknowledgement = sink.wait_for(1, company.address(16))[0]
    assert ticket["ref"] in acknowledgement.subject
    assert ticket["ref"] in acknowledgement.text
    assert "24 ώρες" in acknowledgement.text
    assert acknowledgement.message["Auto-Submitted"] == "auto-replied"
    return ticket


def the_agent_answers_and_the_customer_comes_back(
    company: Company, sink: SmtpSink, page: Any, ticket: dict[str, Any]
) -> None:
    """Step 2."""
    page.get_by_role("link", name=GREEK_SUBJECT).click()
    page.get_by_text("από το πρωί").first.wait_for()
    page.keyboard.press("n")
    page.keyboard.type("Same as last week: the session cookie.")
    page.get_by_role("button", name="Add note").click()
    page.get_by_text("Same as last week").first.wait_for()
    page.keyboard.press("r")
    page.keyboard.type("Καλημέρα, διορθώθηκε. Δοκιμάστε ξανά, παρακαλώ.")
    page.get_by_role("button", name=re.compile("^Send to")).click()

    answer = sink.wait_for(2, company.address(16))[1]
    assert "διορθώθηκε" in answer.text
    assert "session cookie" not in answer.text
    assert answer.message["In-Reply-To"]
    assert "customer16.example" in answer.message["References"]
    assert company.api.get(f"/tickets/{ticket['ref']}")["status"] == "answered"

    company.write(16, "Re: κάτι άλλο εντελώς", "Όχι, ακόμα το ίδιο.", answers=answer)
    wait_until(
        lambda: company.api.get(f"/tickets/{ticket['ref']}")["status"] == "open", "the reply reopens it"
    )
    again = company.api.get(f"/tickets/{ticket['ref']}")
    assert [message["kind"] for message in again["messages"] if message["kind"] != "system"] == [
        "customer", "note", "agent", "customer",
    ]  # fmt: skip
    assert len(company.api.get("/tickets")["items"]) == 1


def mail_breaks_and_a_red_alert_is_declared(company: Company, sink: SmtpSink, page: Any, lead: Any) -> str:
    """Step 3: ten customers write, an agent declares from the list."""
    for number in MAIL_ONLY[:10]:
        subject = "Δεν λαμβάνω email" if company.language(number) == "el" else "My e-mail does not arrive"
        company.write(number, subject, f"{subject}. {number}")
    for number in MAIL_ONLY[:10]:
        company.ticket_of(number)
    sink.wait_for(12)

    page.goto(f"{company.installation.url}/inbox/")
    page.get_by_role("link", name="Red Alert").or_(page.get_by_role("button", name="Red Alert")).first.click()
    page.locator("input[name=components][value=mail]").check(force=True)
    page.locator("#audience").get_by_text(
        str(MAIL_USERS), exact=True
    ).wait_for()  # how many, before anybody is told
    page.get_by_label("What is broken").fill("Mail is down")
    for language, text in (
        ("en", "Mail is not delivered. We are working on it."),
        ("el", "Η αλληλογραφία δεν παραδίδεται."),
    ):
        page.locator(f"textarea[name='message_{language}']").fill(text)
    page.get_by_role("button", name=re.compile("Declare")).last.click()
    page.wait_for_url(re.compile(r"/alerts/I-\d+/"))
    incident = re.search(r"I-\d+", page.url)
    assert incident
    ref = incident.group(0)

    lead.get_by_text("Mail is down").first.wait_for()  # her screen shows it, by itself
    found = wait_until(lambda: _all_told(company, ref), "everybody affected is told")
    assert found["figures"]["affected"] == MAIL_USERS
    assert found["figures"]["failed"] == 0
    assert found["coordinator"] == "Helen"
    for number in [*MAIL_ONLY, *BOTH]:
        notice = notices_to(sink, number, "Mail is not delivered", "δεν παραδίδεται")
        assert len(notice) == 1, number
        assert ("δεν παραδίδεται" in notice[0].text) == (company.language(number) == "el")
    for number in WEB_ONLY:
        assert notices_to(sink, number, "Mail is not delivered", "δεν παραδίδεται") == []
    for number in MAIL_ONLY[:10]:
        assert company.ticket_of(number)["incident"] == ref
        assert (
            company.ticket_of(number)["ref"]
            in notices_to(sink, number, "not delivered", "παραδίδεται")[0].subject
        )
    wait_until(lambda: "Mail is down" in public(company, "/status/en/"), "the news page shows it")
    assert '"indicator":"major"' in public(company, "/status/api/v2/status.json").replace(" ", "")
    return ref


def _all_told(company: Company, ref: str) -> Any:
    found = company.api.get(f"/incidents/{ref}")
    return found if found["figures"]["informed"] == MAIL_USERS else None


def notices_to(sink: SmtpSink, number: int, *words: str) -> list[Received]:
    """The mails to a customer that hold one of these words."""
    return [mail for mail in sink.to(Company.address(number)) if any(word in mail.text for word in words)]


def new_mails_attach_themselves(company: Company, sink: SmtpSink, ref: str) -> None:
    """Step 4: one more customer of mail, and one of web hosting alone."""
    before = len(sink.to(company.address(35)))
    company.write(35, "No email since this morning", "My mailbox stays empty.")
    ticket = company.ticket_of(35)
    assert ticket["incident"] == ref
    answers = sink.wait_for(before + 1, company.address(35))[before:]
    assert len(answers) == 1
    assert ticket["ref"] in answers[0].subject
    assert "Mail is not delivered" in answers[0].text

    company.write(17, "My email form", "The e-mail form of my web site shows an error.")
    served = company.ticket_of(17)
    assert (served["incident"], served["status"]) == (None, "new")
    acknowledged = sink.wait_for(1, company.address(17))[0]
    assert "24 hours" in acknowledged.text


def a_customer_says_not_my_problem(company: Company, sink: SmtpSink, browser: Any, ref: str) -> None:
    ticket = company.ticket_of(35)
    said = sink.to(company.address(35))[-1]
    link = re.search(r"http://\S+/n/\S+?(?=[\s>)]|$)", said.text)
    assert link, said.text
    customer = browser.new_context().new_page()
    customer.goto(link.group(0))
    assert company.ticket_of(35)["incident"] == ref  # looking changes nothing
    customer.get_by_role("button").first.click()
    back = wait_until(lambda: _free(company, 35), "the ticket is back in the queue")
    assert (back["priority"], back["status"]) == ("high", "new")
    company.write(
        35, f"Re: [{ticket['ref']}] email", "My mailbox was deleted, the email is gone.", answers=said
    )
    wait_until(lambda: len(company.ticket_of(35)["messages"]) > len(back["messages"]), "the answer arrives")
    assert company.ticket_of(35)["incident"] is None


def _free(company: Company, number: int) -> Any:
    ticket = company.ticket_of(number)
    return ticket if ticket["incident"] is None else None


def an_update_goes_everywhere_and_silence_is_noticed(
    company: Company, sink: SmtpSink, lead: Any, ref: str
) -> None:
    """Step 5."""
    message = {"en": "We found the broken storage.", "el": "Βρήκαμε τη χαλασμένη μονάδα αποθήκευσης."}
    posted = company.api.post(
        f"/incidents/{ref}/updates",
        {"status": "identified", "message": message, "next_update_at": in_minutes(0.1)},
    )
    assert posted["status"] == "identified"
    for number in [*MAIL_ONLY, *BOTH]:
        wait_until(
            lambda n=number: len(notices_to(sink, n, "broken storage", "χαλασμένη")) == 1,
            f"{number} is told",
        )
    wait_until(lambda: "broken storage" in public(company, "/status/en/"), "the news page shows it")
    assert "χαλασμένη" in public(company, "/status/el/")
    warning = sink.wait_for(1, "helen@tophost.example")[0]
    assert ref in warning.subject + warning.text
    lead.reload()
    lead.get_by_text(re.compile("overdue", re.IGNORECASE)).first.wait_for()


def it_is_resolved(company: Company, sink: SmtpSink, ref: str) -> None:
    """Step 6."""
    message = {"en": "Mail works again.", "el": "Η αλληλογραφία λειτουργεί ξανά."}
    done = company.api.post(f"/incidents/{ref}/updates", {"status": "resolved", "message": message})
    assert done["status"] == "resolved"
    for number in [*MAIL_ONLY, *BOTH]:
        wait_until(
            lambda n=number: len(notices_to(sink, n, "works again", "λειτουργεί ξανά")) == 1,
            f"{number} is told",
        )
    for number in MAIL_ONLY[:10]:
        assert company.ticket_of(number)["status"] == "closed"
    assert company.ticket_of(35)["status"] == "new"  # still in the queue
    wait_until(
        lambda: '"indicator":"none"' in public(company, "/status/api/v2/status.json").replace(" ", ""),
        "all is green",
    )
    figures = wait_until(lambda: _settled(company, ref), "all deliveries are recorded")
    assert (figures["affected"], figures["informed"], figures["contacts_attached"]) == (
        MAIL_USERS,
        MAIL_USERS,
        10,
    )
    assert figures["informed_first"] == MAIL_USERS - 10
    assert figures["informed_first_rate"] == pytest.approx((MAIL_USERS - 10) / MAIL_USERS)
    assert (figures["sent"], figures["failed"]) == (3 * MAIL_USERS, 0)
    assert figures["time_to_declare_s"] <= figures["time_to_first_notice_s"]
    assert len(company.api.get("/tickets")["items"]) == 13


def _settled(company: Company, ref: str) -> Any:
    figures = company.api.get(f"/incidents/{ref}")["figures"]
    return figures if figures["sent"] >= 3 * MAIL_USERS else None
