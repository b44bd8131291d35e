"""The tickets that past incidents brought."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tocsin.command.demo import company
from tocsin.command.demo.customers import CLIENTS
from tocsin.command.demo.outages import PAST, Outage
from tocsin.command.demo.stories import VOICES
from tocsin.command.demo.tickets import Case, Said, letter


def started_at(outage: Outage, now: datetime) -> datetime:
    """When it began."""
    return in_company_time(now - timedelta(days=outage.days_ago), outage.hour)


def in_company_time(day: datetime, hour: float) -> datetime:
    """That day at `hour` (9.5 is half past nine) where the company is, in the zone of `day`."""
    local = day.astimezone(ZoneInfo(company.TIME_ZONE))
    begun = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=hour)
    return begun.astimezone(day.tzinfo)


def make_outage_cases(now: datetime, seed: int = 11) -> list[Case]:
    """One ticket from each of the customers who wrote, some before and some after the declaration."""
    random = Random(seed)  # noqa: S311 - made-up people, not secrets
    return [case for outage in PAST for case in _cases(random, outage, now)]


def _cases(random: Random, outage: Outage, now: datetime) -> list[Case]:
    affected = [client for client in CLIENTS if set(client.components) & set(outage.components)]
    start, end = started_at(outage, now), started_at(outage, now) + outage.words[-1].after
    minutes = outage.words[1].after.total_seconds() / 60
    found = []
    for client in random.sample(affected, outage.contacts):
        voice = VOICES[client.language]
        said = voice.mail_is_down if outage.trouble == "mail" else voice.site_is_down
        subject, body = random.choice(said)
        gaps = {"domain": client.domain, "box": client.address}
        text = letter(random, voice, body.format(**gaps), client)
        at = start + timedelta(minutes=random.uniform(3, minutes))
        case = Case(client, "support", subject.format(**gaps), "high", [Said("customer", text, at)])
        case.status, case.closed_at, case.outage = "closed", end + timedelta(seconds=4), outage.key
        found.append(case)
    return found
