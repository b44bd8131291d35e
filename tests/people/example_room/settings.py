"""One setting of every type."""

from __future__ import annotations

from datetime import timedelta

from tocsin.kernel.setting_types import (
    Choice,
    Duration,
    Lines,
    Number,
    Secret,
    Switch,
    Text,
    Translated,
    language,
    languages,
)
from tocsin.kernel.settings import Page, declare

GREETING = Page("greeting", 99, "hand", "Greeting", "How visitors are greeted.", "Words and times")

GREETS = declare("greeter.greets", Switch(), False, page=GREETING, label="Visitors are greeted")
WORDS = declare("greeter.words", Translated(80), {"en": "Welcome"}, page=GREETING, label="Words")
NAME = declare("greeter.name", Text(20), "Doorman", page=GREETING, label="Name", environment="TOCSIN_COMPANY")
LETTER = declare("greeter.letter", Text(200, lines=True), "", page=GREETING, label="Letter")
TIMES = declare("greeter.times", Number(1, 3), 1, page=GREETING, label="Times", help="How often.")
PAUSE = declare(
    "greeter.pause",
    Duration(timedelta(hours=1), timedelta(days=2), "hours"),
    timedelta(hours=3),
    page=GREETING,
    label="Pause",
)
MANNER = declare(
    "greeter.manner",
    Choice([("bow", "Bows"), ("wave", "Waves")]),
    "bow",
    page=GREETING,
    label="Manner",
)
LANGUAGE = declare("greeter.language", language(), "en", page=GREETING, label="Language")
LANGUAGES = declare("greeter.languages", languages(), ("en",), page=GREETING, label="Languages")
HOUSES = declare("greeter.houses", Lines(3, 10), (), page=GREETING, label="Houses")
PASSWORD = declare("greeter.password", Secret(40), "", page=GREETING, label="Password")
HIDDEN = declare("greeter.hidden", Switch(), True, page=GREETING, label="For nobody", permission="nobody_may")
