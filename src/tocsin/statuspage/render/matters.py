"""An incident as the pages show it: in the reader's language and the company's time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tocsin.statuspage.render import moments, words
from tocsin.statuspage.rules import IncidentState, PageState, UpdateState, condition_of, is_open, phase
from tocsin.statuspage.rules.ninety import worst_condition_ever


@dataclass(frozen=True)
class UpdateView:
    """One thing that was said."""

    word: str
    at: SafeString
    text: str
    language: str


@dataclass(frozen=True)
class MatterView:
    """One matter. `tone` is its colour at its worst when over, else now; `tone_now` is calm when over."""

    ref: str
    title: str
    tone: str
    tone_now: str
    parts: str
    sentence: SafeString
    when: SafeString
    hours: SafeString
    next: SafeString
    day: SafeString
    updates: tuple[UpdateView, ...]


class Facts:
    """Turns incidents into views for one language."""

    def __init__(self, state: PageState, language: str) -> None:
        self.state = state
        self.language = language

    def plain_time(self, at: datetime) -> str:
        """`03:10`, with the day when it is another."""
        return moments.clock_time(self._zoned(at), self.state.today, self.language)

    def time(self, at: datetime) -> SafeString:
        """As `plain_time`, as a `<time>` with the exact moment."""
        return self._element(at, self.plain_time(at))

    def full_time(self, at: datetime) -> SafeString:
        """Day, year and time, as a `<time>`."""
        return self._element(at, moments.full_time(self._zoned(at), self.language))

    def html(self, sentence: words.Sentence) -> SafeString:
        """A sentence with its moments as `<time>`."""
        escaped = words.Sentence(escape(sentence.text), sentence.moments)
        return mark_safe(escaped.filled(self.time))  # noqa: S308 - the text is escaped, the rest is ours

    def matter(self, incident: IncidentState, *, with_updates: bool = True) -> MatterView:
        """All that a page says of one incident."""
        now, running = self.state.now, is_open(incident, self.state.now)
        announced = phase(incident, now) == "scheduled"
        tone = words.TONES[condition_of(incident, now) if running else worst_condition_ever(incident)]
        return MatterView(
            ref=incident.ref,
            title=incident.title_in(self.language),
            tone=tone,
            tone_now=tone if running or announced else "calm",
            parts=words.component_names(self.state, incident.components, self.language),
            sentence=self.html(words.matter(self.state, incident, self.language)),
            when=self._when(incident, self.time(incident.begins_at)),
            hours=self._when(incident, self._hours(incident.begins_at)),
            next=self.html(words.next_news(incident, now)),
            day=self._element(incident.begins_at, self._day(incident.begins_at)),
            updates=tuple(self._update(incident, one) for one in incident.updates) if with_updates else (),
        )

    def _update(self, incident: IncidentState, update: UpdateState) -> UpdateView:
        text, language = words.message_in(update.message, self.language, self.state.language)
        word = words.phase_word(update.status)
        if incident.is_maintenance:
            word = words.maintenance_word(update.status, before_start=update.at < incident.begins_at)
        return UpdateView(word, self.time(update.at), text, language)

    def _when(self, incident: IncidentState, shown_start: SafeString) -> SafeString:
        start, end = incident.begins_at, incident.resolved_at
        if incident.is_maintenance and not end:
            end = incident.scheduled_until
        if end is None:
            return format_html(escape(_("since %(at)s")) % {"at": "{}"}, shown_start)
        same_day = self._zoned(start).date() == self._zoned(end).date()
        minutes = round((end - start).total_seconds() / 60)
        shown_end = self._hours(end) if same_day else self.time(end)
        return format_html("{} – {} ({})", shown_start, shown_end, words.duration(minutes))

    def _hours(self, at: datetime) -> SafeString:
        return self._element(at, self._zoned(at).strftime("%H:%M"))

    def _day(self, at: datetime) -> str:
        day = self._zoned(at).date()
        if day.year == self.state.today.year:
            return moments.short_day(day, self.language)
        return moments.long_day(day, self.language)

    def _zoned(self, at: datetime) -> datetime:
        return at.astimezone(self.state.zone)

    def _element(self, at: datetime, shown: str) -> SafeString:
        exact = self._zoned(at).isoformat(timespec="minutes")
        return format_html('<time datetime="{}">{}</time>', exact, shown)
