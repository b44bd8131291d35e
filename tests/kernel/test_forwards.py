"""Forwarded mails in the words of the programs that forward them; each with what has to be read of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.harness.cpu import at_most

from tocsin.kernel.text import is_forward
from tocsin.kernel.text.forwards import Forwarded, forwarded_mails

MARIA = ("maria@customer.test", "Maria Papadopoulou")


@dataclass(frozen=True)
class Case:
    """A text as it comes, under its subject."""

    client: str
    subject: str
    text: str
    writer: tuple[str, str] = MARIA
    topic: str = "Mail is down"
    comment: str = "Please look."


def outlook(rule: str, labels: str, *, mailto: bool = False) -> str:
    sender, sent, to, subject = labels.split("|")
    address = "[mailto:maria@customer.test]" if mailto else "<maria@customer.test>"
    return (
        f"Please look.\n\nNikos\n\n{rule}{sender}: Maria Papadopoulou {address}\n"
        f"{sent}: Monday, 4 May 2026 10:00\n"
        f"{to}: Nikos <nikos@example.test>\n{subject}: Mail is down\n\nNothing works.\nMaria"
    )


def gmail(mark: str, sender: str = "From") -> str:
    return (
        f"Please look.\n\n---------- {mark} ---------\n{sender}: Maria Papadopoulou <maria@customer.test>\n"
        "Date: Mon, 4 May 2026 at 10:00\nSubject: Mail is down\nTo: <nikos@example.test>\n\n\n"
        "Nothing works.\nMaria"
    )


def thunderbird(mark: str, labels: str) -> str:
    subject, date, sender, to = labels.split("|")
    return (
        f"Please look.\n\n\n-------- {mark} --------\n{subject}: \tMail is down\n"
        f"{date}: \tMon, 4 May 2026 10:00:00 +0200\n"
        f"{sender}: \tMaria Papadopoulou <maria@customer.test>\nReply-To: \tother@customer.test\n"
        f"{to}: \tnikos@example.test\n\n\nNothing works.\nMaria\n"
    )


def apple(mark: str, labels: str) -> str:
    sender, subject, date, to = labels.split("|")
    return (
        f"Please look.\n\n> {mark}:\n> \n".replace("> ", "", 1)
        + f"> {sender}: Maria Papadopoulou <maria@customer.test>\n> {subject}: Mail is down\n"
        f"> {date}: 4 May 2026 at 10:00:00 CEST\n> {to}: Nikos <nikos@example.test>\n> \n"
        "> Nothing works.\n> Maria"
    )


ORIGINAL = "-----Original Message-----\n"
GERMAN = "-----Ursprüngliche Nachricht-----\n"
UNDERSCORES = "________________________________\n"
CASES = [
    Case("Outlook en", "FW: Mail is down", outlook(UNDERSCORES, "From|Sent|To|Subject")),
    Case("Outlook en, bare", "Fw: Mail is down", outlook("", "From|Sent|To|Subject")),
    Case("Outlook en, old", "FW: Mail is down", outlook(ORIGINAL, "From|Sent|To|Subject", mailto=True)),
    Case("Outlook de", "WG: Mail is down", outlook(UNDERSCORES, "Von|Gesendet|An|Betreff")),
    Case("Outlook de, old", "WG: x", outlook(GERMAN, "Von|Gesendet|An|Betreff", mailto=True)),
    Case("Outlook el", "ΠΡΘ: Mail is down", outlook(UNDERSCORES, "Από|Στάλθηκε|Προς|Θέμα")),
    Case("Outlook el, new", "Προώθ: Mail is down", outlook("", "Από|Ημερομηνία|Προς|Θέμα")),
    Case("Outlook es", "RV: Mail is down", outlook(UNDERSCORES, "De|Enviado el|Para|Asunto")),
    Case("Outlook hr", "Proslijeđeno: Mail is down", outlook(UNDERSCORES, "Šalje|Poslano|Prima|Predmet")),
    Case("Outlook ru", "Пересл: Mail is down", outlook(UNDERSCORES, "От|Отправлено|Кому|Тема")),
    Case("Gmail en", "Fwd: Mail is down", gmail("Forwarded message")),
    Case("Gmail el", "Fwd: Mail is down", gmail("Προωθημένο μήνυμα", "Από")),
    Case("Gmail es", "Fwd: Mail is down", gmail("Mensaje reenviado", "De")),
    Case("Gmail hr", "Fwd: Mail is down", gmail("Proslijeđena poruka", "Od")),
    Case("Gmail ru", "Fwd: Mail is down", gmail("Пересланное сообщение", "От")),
    Case("Gmail de", "Fwd: Mail is down", gmail("Weitergeleitete Nachricht", "Von")),
    Case("Gmail, another subject", "For your attention", gmail("Forwarded message")),
    Case("Thunderbird en", "Fwd: Mail is down", thunderbird("Forwarded Message", "Subject|Date|From|To")),
    Case("Thunderbird de", "Fwd: x", thunderbird("Weitergeleitete Nachricht", "Betreff|Datum|Von|An")),
    Case("Thunderbird el", "Fwd: x", thunderbird("Προωθημένο μήνυμα", "Θέμα|Ημερομηνία|Από|Προς")),
    Case("Thunderbird es", "Fwd: x", thunderbird("Mensaje reenviado", "Asunto|Fecha|De|Para")),
    Case("Thunderbird hr", "Fwd: x", thunderbird("Proslijeđena poruka", "Naslov|Datum|Šalje|Prima")),
    Case("Thunderbird ru", "Fwd: x", thunderbird("Пересылаемое сообщение", "Тема|Дата|От|Кому")),
    Case("Apple en", "Fwd: Mail is down", apple("Begin forwarded message", "From|Subject|Date|To")),
    Case("Apple de", "Fwd: x", apple("Anfang der weitergeleiteten Nachricht", "Von|Betreff|Datum|An")),
    Case("Apple el", "Fwd: x", apple("Έναρξη προωθημένου μηνύματος", "Από|Θέμα|Ημερομηνία|Προς")),
    Case("Apple es", "Fwd: x", apple("Inicio del mensaje reenviado", "De|Asunto|Fecha|Para")),
    Case("Apple hr", "Fwd: x", apple("Početak proslijeđene poruke", "Od|Predmet|Datum|Za")),
    Case("Apple ru", "Fwd: x", apple("Начало переадресованного сообщения", "От|Тема|Дата|Кому")),
    Case(
        "Yandex",
        "Fwd: x",
        "Please look.\n\n-------- Пересылаемое сообщение --------\n"
        '04.05.2026, 10:00, "Maria Papadopoulou" <maria@customer.test>:\n\nNothing works.\nMaria\n'
        "-------- Завершение пересылаемого сообщения --------",
        topic="",
    ),
    Case(
        "Outlook in bold",
        "FW: x",
        "Please look.\n\n*From:* Maria Papadopoulou <maria@customer.test <mailto:maria@customer.test>>\n"
        "*Sent:* Monday\n*To:* a@example.test;\nb@example.test\n*Subject:* Mail is down\n\n"
        "Nothing works.\nMaria",
    ),
    Case("no comment", "FW: x", outlook("", "From|Sent|To|Subject").partition("Nikos\n\n")[2], comment=""),
    Case(
        "an address alone",
        "FW: x",
        "From: maria@customer.test\nSent: Monday\nSubject: Mail is down\n\nNothing works.\nMaria",
        writer=("maria@customer.test", ""),
        comment="",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.client)
def test_who_wrote_it_first_and_what(case: Case) -> None:
    (found,) = forwarded_mails(case.text, case.subject)
    assert (found.address, found.name) == case.writer
    assert found.subject == case.topic
    assert found.text.strip().split() == ["Nothing", "works.", "Maria"]
    assert found.comment.startswith(case.comment)
    assert found.sent or case.client == "an address alone"


@pytest.mark.parametrize(
    "case", [one for one in CASES if one.subject.startswith("FW") or "Outlook" in one.client]
)
def test_the_same_block_in_an_answer_is_history(case: Case) -> None:
    assert forwarded_mails(case.text, "Re: Mail is down") == []


def test_a_mail_forwarded_twice_names_both_writers() -> None:
    inner = gmail("Forwarded message")
    outer = inner.replace("Nothing works.\nMaria", gmail("Forwarded message").replace("maria@", "ivan@"))
    found = forwarded_mails(outer, "Fwd: Fwd: Mail is down")
    assert [one.address for one in found] == ["maria@customer.test", "ivan@customer.test"]
    assert "ivan@" in found[0].text and found[1].text.endswith("Maria")


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        ("Fwd: x", True),
        ("FW: x", True),
        ("[support] Fwd: x", True),
        ("WG: x", True),
        ("ΠΡΏΘ: x", True),
        ("Προώθηση: x", True),
        ("RV: x", True),
        ("Пересланное: x", True),
        ("Proslijeđeno: x", True),
        ("Re: Fwd: x", False),
        ("Forward planning", False),
        ("x Fwd: y", False),
        ("", False),
    ],
)
def test_what_a_subject_says(subject: str, says: bool) -> None:
    assert is_forward(subject) is says


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "From: our house\nTo: yours\nSubject: trees",
        "---------- Forwarded message ---------\nnothing here",
        "Please ask maria@customer.test",
        "From: Maria\nSent: Monday\nTo: Nikos\nSubject: no address is in it\n\nHi",
    ],
)
def test_nothing_is_made_up(text: str) -> None:
    assert forwarded_mails(text, "Fwd: x") == []


@pytest.mark.parametrize(
    "name", ["maria@customer.test", '"maria@customer.test"', "Maria (maria@customer.test)"]
)
def test_a_name_that_poses_as_an_address_is_no_writer(name: str) -> None:
    text = f"---------- Forwarded message ---------\nFrom: {name} <mallory@evil.test>\nSubject: x\n\nWords"
    (found,) = forwarded_mails(text)
    assert found.address == "mallory@evil.test"


@given(st.text(alphabet=st.sampled_from('-_> :\nFromSentTSubjc*@x.y<>"'), max_size=400))
def test_whatever_comes_is_read(text: str) -> None:
    for found in forwarded_mails(text, "Fwd: x"):
        assert isinstance(found, Forwarded) and "@" in found.address


@pytest.mark.parametrize(
    "evil",
    [
        "From: a@b.cc\n",
        "-------- x\n",
        "> " * 500 + "\n",
        "a@" * 400 + "\n",
        "From:" * 90 + "\n",
        f"From: x{'<mailto:' * 2_000}y a@b.cc\nTo: x\nSubject: y\n\n",
    ],
)
def test_a_hostile_text_takes_no_time(evil: str) -> None:
    with at_most(3):  # measured at 0.2 s
        forwarded_mails(evil * 3_000, "Fwd: x")
