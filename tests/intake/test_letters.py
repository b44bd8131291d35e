"""What customers are told, in their language."""

from __future__ import annotations

import pytest
from django.utils import translation

from tocsin.desk.services import letters as desk_letters
from tocsin.intake.services import letters

PLACEHOLDERS = {"ref": "T-0000427", "minutes": 240, "company": "Aegean Hosting"}


@pytest.mark.parametrize(
    ("language", "minutes", "words"),
    [
        ("en", 60, "within an hour"),
        ("en", 1440, "within 24 hours"),
        ("en", 2880, "within 2 days"),
        ("en", 1, "within 1 minute"),
        ("el", 60, "μέσα σε μία ώρα"),
        ("el", 1440, "μέσα σε 24 ώρες"),
        ("hr", 120, "u roku od 2 sata"),
        ("hr", 300, "u roku od 5 sati"),
        ("hr", 2880, "u roku od 2 dana"),
        ("es", 2880, "en un plazo de 2 días"),
        ("ru", 60, "в течение часа"),
        ("ru", 21 * 60, "в течение 21 часа"),
        ("ru", 1440, "в течение 24 часов"),
    ],
)
def test_timeframes_in_words(language: str, minutes: int, words: str) -> None:
    with translation.override(language):
        assert letters.timeframe_words(minutes) == words


@pytest.mark.parametrize("language", ["el", "hr", "es", "ru"])
def test_every_sentence_is_translated(language: str) -> None:
    def words(chosen: str) -> list[str]:
        texts = [
            letters.acknowledgement(language=chosen, **PLACEHOLDERS),
            letters.acknowledgement_with_news(
                ref="T-0000427", news="…", company="Aegean Hosting", language=chosen
            ),
            desk_letters.forwarded(
                ref="T-0000427", department="Sales", company="Aegean Hosting", language=chosen
            ),
            desk_letters.subject_or_default("", chosen),
        ]
        return "\n".join(texts).split("\n")

    same = set(words(language)) & set(words("en"))
    assert same <= {"", "…", "Aegean Hosting"}
    assert "!" not in "".join(words(language))


def test_an_acknowledgement_says_id_and_timeframe() -> None:
    text = letters.acknowledgement(language="en", **PLACEHOLDERS)
    assert "T-0000427" in text
    assert "within 4 hours" in text
    assert text.endswith("Kind regards\nAegean Hosting")
