"""One analyser for what is stored and what is asked, in five languages (A18)."""

from itertools import permutations

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.kernel.search import analyse, highlight, to_tsquery_text, to_tsvector_text

_INFLECTED = [
    "invoice invoices",
    "connect connected connection connections",
    "factura facturas",
    "instalación instalacion instalaciones instalar",
    "contraseña contraseñas contrasena",
    "račun računa računu računi računima racuna",
    "pošta pošte poštu posta",
    "poslužitelj poslužitelja posluzitelju",
    "stranica stranice stranicu",
    "τιμολόγιο τιμολογίου τιμολόγια ΤΙΜΟΛΟΓΙΩΝ",
    "κωδικός κωδικού κωδικοί κωδικών",
    "ιστοσελίδα ιστοσελίδας ιστοσελίδες",
    "διακομιστής διακομιστή διακομιστές",
    "счёт счета счету счетов",
    "почта почты почту почтой",
    "пароль пароля пароли паролей",
]


@pytest.mark.parametrize("words", _INFLECTED)
def test_each_form_finds_the_others(words: str) -> None:
    for one, other in permutations(words.split(), 2):
        assert set(analyse(one)) & set(analyse(other)), (one, other)


def test_compounds_are_found_whole_and_in_parts() -> None:
    found = analyse("maria.k@shop.example.gr, T-1234567, invoice_2026-11.pdf")
    for expected in ("maria.k@shop.example.gr", "shop.example.gr", "shop", "t-1234567", "1234567",
                     "invoice_2026-11.pdf", "invoice", "2026", "pdf"):  # fmt: skip
        assert expected in found


def test_the_index_stays_about_twice_the_words() -> None:
    text = (
        " ".join(words for words in _INFLECTED) + " the mail server does not answer since yesterday morning"
    )
    assert len(set(analyse(text))) < 2.2 * len(set(text.split()))


def test_highlight_marks_inflected_forms_and_beginnings() -> None:
    text = "Τα τιμολόγιά μας, και το ΤΙΜΟΛΟΓΙΟ του κ. Παπαδόπουλου"
    marked = [text[start:end] for start, end in highlight(text, "τιμολογίου παπ")]
    assert marked == ["τιμολόγιά", "ΤΙΜΟΛΟΓΙΟ", "Παπαδόπουλου"]
    assert highlight(text, "") == []


def test_common_words_are_not_insisted_on() -> None:
    assert "'the'" not in to_tsquery_text("the invoice ")
    assert "'the'" in to_tsquery_text("the ")


def _matches(stored: str, asked: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::tsvector @@ %s::tsquery", [to_tsvector_text([(stored, "D")]), to_tsquery_text(asked)]
        )
        row = cursor.fetchone()
    return bool(row and row[0])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("τιμολογιου", True),
        ("τιμο", True),
        ("maria shop.example", True),
        ("T-12345", True),
        ("1234567", True),
        ("facturas invoice_20", True),
        ("invoice_2026-11.pdf", True),
        ('o\'neil "C:\\temp"', True),
        ("τιμολογιο rocket", False),
        ("23456", False),
    ],
)
def test_real_queries(asked: str, found: bool) -> None:
    stored = "Το τιμολόγιο T-1234567 factura maria@shop.example.gr invoice_2026-11.pdf O'Neil C:\\temp"
    assert _matches(stored, asked) is found


_ANY_TEXT = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="'\\:|&!<->()* \"aα1@.-_\x00\ud800", max_size=80),
)


@pytest.mark.django_db
@settings(max_examples=200, deadline=None)
@given(_ANY_TEXT, _ANY_TEXT, st.booleans())
def test_any_text_gives_valid_literals(stored: str, asked: str, prefix: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::tsvector, %s::tsquery",
            [to_tsvector_text([(stored, "A"), (asked, "D")]), to_tsquery_text(asked, prefix_last=prefix)],
        )


@pytest.mark.django_db
@settings(max_examples=100, deadline=None)
@given(st.lists(st.from_regex(r"[a-zα-ωа-яčšž0-9]{1,12}", fullmatch=True), min_size=1, max_size=6))
def test_a_text_is_found_by_its_own_words(words: list[str]) -> None:
    text = " ".join(words)
    assert _matches(text, text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"w{number:x}ord" for number in range(200_000)),
        "x" * 3_000_000,
        "same " * 300_000,
        "a.b-" * 200_000,
        "字" * 500_000,
    ],
    ids=["distinct", "one word", "repeated", "compound", "chinese"],
)
def test_huge_texts_stay_within_the_limits(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(%s::tsvector)", [to_tsvector_text([(text, "D")])])
        row = cursor.fetchone()
    assert row
    assert row[0] > 0
