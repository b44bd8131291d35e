"""What customers of the demo company write, by language, and what they are answered."""

from tocsin.command.demo.stories import croatian, english, greek, russian, spanish
from tocsin.command.demo.stories.base import TOPICS, Exchange, Topic, Voice

VOICES: dict[str, Voice] = {
    "en": english.VOICE,
    "el": greek.VOICE,
    "hr": croatian.VOICE,
    "es": spanish.VOICE,
    "ru": russian.VOICE,
}

__all__ = ["TOPICS", "VOICES", "Exchange", "Topic", "Voice"]
