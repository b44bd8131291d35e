"""What makes a declaration or an update whole. Each problem is a field and a code; words come later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

UNPLANNED, SCHEDULED = "unplanned", "scheduled"
KINDS = (UNPLANNED, SCHEDULED)
IMPACTS = ("minor", "major", "critical")
STATUSES = ("investigating", "identified", "monitoring", "resolved")
RESOLVED = "resolved"

# Clocks of people and programs differ a little.
SLACK = timedelta(minutes=1)
OLDEST_START = timedelta(days=30)
LONGEST_TITLE = 200
LONGEST_LANGUAGE = 8
LONGEST_MESSAGE = 5_000
LONGEST_WORD = 60
MOST_WORDS = 40
# Tickets opened this long before the start may be about it: customers often notice first.
LOOK_BACK = timedelta(hours=4)

Problems = dict[str, str]


@dataclass(frozen=True)
class Declared:
    """What is checked of a declaration; the same fields as `services.NewIncident`."""

    title: str
    kind: str
    impact: str
    component_keys: Sequence[str]
    started_at: datetime | None
    message: Mapping[str, str]
    next_update_at: datetime | None
    words: Sequence[str]
    scheduled_for: datetime | None
    scheduled_until: datetime | None
    titles: Mapping[str, str] = field(default_factory=dict)


def declaration_problems(new: Declared, *, now: datetime, languages: Sequence[str]) -> Problems:
    """What is wrong with a declaration, by field; empty when it is whole."""
    problems = _title_problems(new)
    if new.kind not in KINDS:
        problems["kind"] = "unknown_kind"
    if new.impact not in IMPACTS:
        problems["impact"] = "unknown_impact"
    if not new.component_keys:
        problems["components"] = "no_components"
    if len(new.words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in new.words):
        problems["words"] = "long_words"
    problems |= _start_problems(new, now)
    problems |= message_problems(new.message, languages)
    problems |= next_update_problems(new.next_update_at, now=now, status="")
    return problems


def update_problems(
    status: str,
    message: Mapping[str, str],
    next_update_at: datetime | None,
    *,
    now: datetime,
    languages: Sequence[str],
) -> Problems:
    """What is wrong with an update, by field."""
    problems = {} if status in (*STATUSES, SCHEDULED) else {"status": "unknown_status"}
    problems |= message_problems(message, languages)
    return problems | next_update_problems(next_update_at, now=now, status=status)


def step_problems(now: str, status: str) -> Problems:
    """What is wrong with a status after the present one: only what is announced can stay so."""
    return {"status": "unknown_status"} if status == SCHEDULED != now else {}


def _title_problems(new: Declared) -> Problems:
    if not new.title.strip():
        return {"title": "no_title"}
    if max(map(len, [new.title, *new.titles.values()])) > LONGEST_TITLE:
        return {"title": "long_title"}
    return {"title": "unknown_language"} if any(map(_is_no_language, new.titles)) else {}


def _is_no_language(code: str) -> bool:
    return not 0 < len(code) <= LONGEST_LANGUAGE


def message_problems(message: Mapping[str, str], languages: Sequence[str]) -> Problems:
    """A text is needed in English or in the company's own language, so that everybody gets something."""
    if any(len(text) > LONGEST_MESSAGE for text in message.values()):
        return {"message": "long_message"}
    if any(map(_is_no_language, message)):
        return {"message": "unknown_language"}
    if not any(message.get(language, "").strip() for language in languages):
        return {"message": "no_message"}
    return {}


def next_update_problems(next_update_at: datetime | None, *, now: datetime, status: str) -> Problems:
    """*Next update at* is mandatory while the incident is open, and lies in the future (rule 9)."""
    if status == RESOLVED:
        return {}
    if next_update_at is None:
        return {"next_update_at": "no_next_update"}
    if next_update_at.tzinfo is None:
        return {"next_update_at": "no_zone"}
    return {"next_update_at": "past_next_update"} if next_update_at <= now else {}


def _start_problems(new: Declared, now: datetime) -> Problems:
    if new.kind == SCHEDULED:
        return _window_problems(new, now)
    if new.started_at is None:
        return {"started_at": "no_start"}
    if new.started_at.tzinfo is None:
        return {"started_at": "no_zone"}
    if new.started_at > now + SLACK:
        return {"started_at": "future_start"}
    return {"started_at": "old_start"} if new.started_at < now - OLDEST_START else {}


def _window_problems(new: Declared, now: datetime) -> Problems:
    window = {"scheduled_for": new.scheduled_for, "scheduled_until": new.scheduled_until}
    problems = {field: "no_window" for field, at in window.items() if at is None}
    problems |= {field: "no_zone" for field, at in window.items() if at is not None and at.tzinfo is None}
    if problems or new.scheduled_for is None or new.scheduled_until is None:
        return problems
    if new.scheduled_until <= new.scheduled_for:
        return {"scheduled_until": "ends_before_start"}
    return {"scheduled_until": "past_window"} if new.scheduled_until <= now else {}
