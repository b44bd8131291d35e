"""Atom and RSS of the newest matters: one entry a matter, which comes up again with each update."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import translation
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape, linebreaks, urlize
from django.utils.translation import gettext as _

from tocsin.statuspage.render import words
from tocsin.statuspage.render.matters import Facts
from tocsin.statuspage.rules import IncidentState, PageState, last_changed

ATOM = "application/atom+xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
ENTRIES = 50


def feeds(state: PageState) -> Iterator[tuple[str, str, bytes]]:
    """Path, content type and bytes of all feeds; `/status/history.atom` is in the company's language."""
    for language in state.languages:
        with translation.override(language):
            folders = [f"/status/{language}/"]
            if language == state.language:
                folders.append("/status/")
            for folder in folders:
                yield (
                    folder + "history.atom",
                    ATOM,
                    _feed(Atom1Feed, state, language, folder + "history.atom"),
                )
                yield (
                    folder + "history.rss",
                    RSS,
                    _feed(Rss201rev2Feed, state, language, folder + "history.rss"),
                )


def _feed(kind: type[SyndicationFeed], state: PageState, language: str, path: str) -> bytes:
    feed = _dated(kind, state)(
        title=_("%(company)s: news") % {"company": state.company},
        link=f"{state.url}/status/{language}/",
        description=words.answer(state, language).filled(Facts(state, language).plain_time),
        language=language,
        author_name=state.company,
        feed_url=f"{state.url}{path}",
    )
    for incident in sorted(state.incidents, key=_last_said, reverse=True)[:ENTRIES]:
        _add(feed, state, incident, language)
    return str(feed.writeString("utf-8")).encode()


def _dated(kind: type[SyndicationFeed], state: PageState) -> type[SyndicationFeed]:
    """The feed class dated by the page's last change: without entries Django would take the present."""

    class Dated(kind):  # type: ignore[misc, valid-type] # a class made from its argument
        def latest_post_date(self) -> object:
            return last_changed(state)

    return Dated


def _add(feed: SyndicationFeed, state: PageState, incident: IncidentState, language: str) -> None:
    link = f"{state.url}/status/{language}/incidents/{incident.ref}/"
    feed.add_item(
        title=incident.title_in(language),
        link=link,
        description=_entry_html(state, incident, language),
        unique_id=f"{state.url}/status/incidents/{incident.ref}/",
        unique_id_is_permalink=False,
        pubdate=incident.declared_at,
        updateddate=_last_said(incident),
        author_name=state.company,
        categories=[words.component_names(state, incident.components, language)]
        if incident.components
        else [],
    )


def _entry_html(state: PageState, incident: IncidentState, language: str) -> str:
    facts = Facts(state, language)
    parts = [f"<p>{facts.html(words.matter(state, incident, language))}</p>"]
    for update in facts.matter(incident).updates:
        text = linebreaks(urlize(escape(update.text)), autoescape=False)
        parts.append(f"<p><strong>{escape(update.word)}</strong> {update.at}</p>{text}")
    return "".join(parts)


def _last_said(incident: IncidentState) -> datetime:
    return max([incident.declared_at, *(update.at for update in incident.updates)])
