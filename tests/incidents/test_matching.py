"""Whether a text speaks of what is broken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.incidents.rules.matching import Verdict, judge, vocabulary

MAIL = vocabulary(
    ["Mail", "Ηλεκτρονικό ταχυδρομείο", "SMTP", "почта", "webmail"],
    ["Hosting"],
)


@pytest.mark.parametrize(
    "text",
    [
        "My mail does not arrive",
        "our E-MAILS bounce",
        "emails are not coming",
        "e mail kaputt",
        "Το ηλεκτρονικό μας ταχυδρομείο δηλαδή το ηλεκτρονικό ταχυδρομείο έπεσε",
        "προβλημα με του ηλεκτρονικου ταχυδρομειου",
        "ΗΛΕΚΤΡΟΝΙΚΌ ΤΑΧΥΔΡΟΜΕΊΟ",
        "to mail den leitourgei",
        "Не работает почта",
        "нет доступа к почте",
        "smtp timeout",
        "WebMail?",
    ],
)
def test_names_and_words_in_any_form_attach(text: str) -> None:
    assert judge(text, MAIL, in_audience=True).verdict is Verdict.ATTACH
    assert judge(text, MAIL, in_audience=False).verdict is Verdict.SUGGEST


@pytest.mark.parametrize(
    "text",
    ["It is not working at all", "δεν λειτουργεί τίποτα", "ничего не работает", "no funciona", "ne radi"],
)
def test_trouble_without_a_name_is_a_suggestion_for_affected_customers_only(text: str) -> None:
    assert judge(text, MAIL, in_audience=True).verdict is Verdict.SUGGEST
    assert judge(text, MAIL, in_audience=False).verdict is Verdict.NOTHING


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Скидка почти закончилась", "почта"),
        ("Popust od deset posto", "pošta"),
        ("La oferta corre prisa", "correo"),
        ("Пришлите счёт на мой дом", "домен"),
    ],
)
def test_everyday_words_that_only_sound_alike_do_not_match(text: str, word: str) -> None:
    assert judge(text, vocabulary([word]), in_audience=True).verdict is Verdict.NOTHING
    assert judge(f"{text}, {word}", vocabulary([word]), in_audience=True).verdict is Verdict.ATTACH


@pytest.mark.parametrize(
    "text",
    [
        "Please send me the invoice of March",
        "My domain expires. Kind regards, Maria\nE-mail: maria@mail.example",
        "See https://mail.example/x or write to mail@example.org",
        "ηλεκτρονικό τιμολόγιο και απλό ταχυδρομείο",
        "",
    ],
)
def test_signatures_addresses_and_half_names_do_not_match(text: str) -> None:
    assert judge(text, MAIL, in_audience=True).verdict is Verdict.NOTHING


def test_a_word_is_named_as_the_customer_wrote_it() -> None:
    assert judge("My email is gone, postmaster@mail.test", MAIL, in_audience=True).phrase == "email"
    assert judge("Our E-mail stands still", MAIL, in_audience=True).phrase == "E-mail"


def test_a_name_of_several_words_is_named_as_it_was_given() -> None:
    assert judge("του ηλεκτρονικού ταχυδρομείου", MAIL, in_audience=True).phrase == "Ηλεκτρονικό ταχυδρομείο"


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=4), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_text_and_any_words_give_a_verdict(text: str, names: list[str], inside: bool) -> None:
    finding = judge(text, vocabulary(names), in_audience=inside)
    assert (finding.verdict is Verdict.NOTHING) == (finding.phrase == "")


@given(
    st.sampled_from(["Mail", "почта", "SMTP", "Ηλεκτρονικό ταχυδρομείο"]), st.text("abc \n,;!?-", max_size=40)
)
@settings(max_examples=100, deadline=None)
def test_a_name_is_found_whatever_stands_around_it_in_any_case(name: str, noise: str) -> None:
    for shouted in (name, name.upper(), name.lower()):
        assert judge(f"{noise} {shouted} {noise}", MAIL, in_audience=True).verdict is Verdict.ATTACH
        assert judge(f"{noise} {shouted} {noise}", MAIL, in_audience=False).verdict is Verdict.SUGGEST
