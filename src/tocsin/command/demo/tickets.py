"""Two months of conversations, made up from the stories, and the same on whatever day they are loaded.

Who writes what, how long ago and how long the answer takes is drawn for each conversation by itself, before
anybody looks at the calendar. The moment of loading then only says when that was (nobody but a few writes at
weekends), what lies in the future, and therefore where each ticket stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tocsin.command.demo import company
from tocsin.command.demo.customers import CLIENTS, Client
from tocsin.command.demo.files import File, make_file
from tocsin.command.demo.stories import TOPICS, VOICES, Exchange, Topic, Voice

DAYS = 60
COUNT = 250
# Whatever hour it is now, so many came within the last hours.
FRESH, FRESH_HOURS = 24, 9
# An outage looks back four hours for tickets that belong to it.
LATELY = timedelta(hours=5)
# By the hour of the day: the office writes in the morning and after lunch.
_HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 8, 13, 14, 12, 9, 7, 9, 10, 9, 7, 5, 4, 3, 3, 2, 1)
# Who does not work at weekends writes on Monday, or a day or two later.
_AT_WEEKENDS = 0.3
_WAITS_FOR_MONDAY = (3, 2, 1)
_OPENS, _CLOSES = 8, 20  # hours at which support begins and ends
_ZONE = ZoneInfo(company.TIME_ZONE)
# More customers of some languages than of others would make the few write every day.
_WRITES = {"el": 1.0, "en": 1.3, "hr": 1.3, "es": 1.3, "ru": 1.4}
_DAY_NAMES = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "el": ("τη Δευτέρα", "την Τρίτη", "την Τετάρτη", "την Πέμπτη", "την Παρασκευή"),
    "hr": ("u ponedjeljak", "u utorak", "u srijedu", "u četvrtak", "u petak"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes"),
    "ru": ("понедельник", "вторник", "среду", "четверг", "пятницу"),
}


@dataclass(frozen=True)
class Said:
    """One message. `kind` is as in the desk; `author` is a key of the staff."""

    kind: str
    text: str
    at: datetime
    author: str = ""
    file: File | None = None


@dataclass
class Case:
    """One ticket with its conversation, in time order."""

    client: Client
    department: str
    subject: str
    priority: str
    said: list[Said] = field(default_factory=list)
    status: str = "new"
    assignee: str = ""
    closed_at: datetime | None = None
    # The key of the past outage it belongs to, if any.
    outage: str = ""

    @property
    def opened_at(self) -> datetime:
        """When the customer wrote first."""
        return self.said[0].at

    def last_at(self, kind: str) -> datetime | None:
        """When somebody of this kind spoke last."""
        return next((one.at for one in reversed(self.said) if one.kind == kind), None)


def make_cases(now: datetime, seed: int = 20260301) -> list[Case]:
    """The everyday tickets of the last `DAYS` days up to `now`, oldest first."""
    # Made-up people, not secrets; one source of luck for each, so that none depends on another's.
    lucks = [Random(f"{seed}-{number}") for number in range(FRESH + COUNT)]  # noqa: S311
    cases = [_fresh(luck, now) for luck in lucks[:FRESH]] + [_older(luck, now) for luck in lucks[FRESH:]]
    return sorted(cases, key=lambda case: case.opened_at)


def first_reply_at(random: Random, asked: datetime, hurry: float = 1.0) -> datetime:
    """When an agent gets to it: within the opening hours, mostly within two of them."""
    wait = timedelta(minutes=min(600.0, random.lognormvariate(4.1, 0.9) * hurry))
    return _while_open(random, asked + wait)


def _while_open(random: Random, at: datetime) -> datetime:
    local, minute = at.astimezone(_ZONE), random.randrange(50)
    if local.hour >= _CLOSES:
        local = (local + timedelta(days=1)).replace(hour=_OPENS, minute=minute)
    elif local.hour < _OPENS:
        local = local.replace(hour=_OPENS, minute=minute)
    return local.astimezone(at.tzinfo)


def _fresh(random: Random, now: datetime) -> Case:
    age = timedelta(minutes=random.uniform(6, FRESH_HOURS * 60))
    return _case(random, now - age, now, calm=True)


def _older(random: Random, now: datetime) -> Case:
    """Yesterday's are calm, too: just after midnight they are of these hours."""
    days_ago = random.randint(1, DAYS)
    return _case(random, _moment(random, now, days_ago), now, calm=days_ago == 1)


def _moment(random: Random, now: datetime, days_ago: int) -> datetime:
    (hour,) = random.choices(range(24), weights=_HOURS)
    at_hour = time(hour, random.randrange(60), random.randrange(60), tzinfo=_ZONE)
    works, (waits,) = random.random() < _AT_WEEKENDS, random.choices(range(3), weights=_WAITS_FOR_MONDAY)
    day = now.astimezone(_ZONE).date() - timedelta(days=days_ago)
    beyond_friday = day.weekday() - 4
    if beyond_friday > 0 and not works:
        friday = day - timedelta(days=beyond_friday)
        later = datetime.combine(friday + timedelta(days=3 + waits), at_hour)
        day = later.date() if later < now - LATELY else friday
    return datetime.combine(day, at_hour).astimezone(now.tzinfo)


def _case(random: Random, at: datetime, now: datetime, *, calm: bool) -> Case:
    client = random.choices(CLIENTS, weights=[_WRITES[one.language] for one in CLIENTS])[0]
    topic_key, topic = _topic(random, client, calm=calm)
    exchange = random.choice(VOICES[client.language].stories[topic_key])
    gaps = _gaps(random, client, at)
    subject = random.choice(exchange.subjects).format(**gaps)
    case = Case(client, topic.department, subject, random.choice(topic.priorities))
    case.said.append(_ask(random, client, topic, exchange.ask.format(**gaps), at))
    if not _waits_still(random, now - at):
        _go_on(random, case, topic, exchange, gaps)
    case.said = sorted((one for one in case.said if one.at < now), key=lambda one: one.at)
    _settle(random, case, now)
    return case


def _waits_still(random: Random, age: timedelta) -> bool:
    """At whatever hour the demo is started, there is work in the queue."""
    luck = random.random()
    if age > timedelta(hours=36):
        return False
    return luck < (0.8 if age < timedelta(hours=FRESH_HOURS) else 0.6)


def _topic(random: Random, client: Client, *, calm: bool) -> tuple[str, Topic]:
    """`calm`: nothing of mail, which the outage to come would take for its own."""
    uses = {"web" if key.startswith("web") else key for key in client.components}
    fitting = [
        (key, topic)
        for key, topic in TOPICS.items()
        if (not topic.needs or topic.needs in uses) and not (calm and topic.speaks_of_mail)
    ]
    return random.choices(fitting, weights=[topic.weight for _, topic in fitting])[0]


def _gaps(random: Random, client: Client, at: datetime) -> dict[str, str]:
    local = client.address.partition("@")[0]
    return {
        "domain": client.domain,
        "box": f"{random.choice(['info', 'office', 'orders', local])}@{client.domain}",
        "newbox": f"{random.choice(['maria', 'nina', 'eva', 'irina', 'sofia'])}@{client.domain}",
        "host": company.DOMAIN,
        "first": client.first_name,
        "n": str(random.randrange(82, 100)),
        "year": str(at.astimezone(_ZONE).year),
        "amount": random.choice(["48", "96", "119", "142.80", "238", "354"]),
        "day": random.choice(_DAY_NAMES[client.language]),
    }


def _ask(random: Random, client: Client, topic: Topic, body: str, at: datetime) -> Said:
    text = letter(random, VOICES[client.language], body, client)
    file = None
    if topic.file and random.random() < 0.35:
        file = make_file(*topic.file, domain=client.domain, number=random.randrange(1000))
    return Said("customer", text, at, file=file)


def letter(random: Random, voice: Voice, body: str, client: Client) -> str:
    """What a customer sends: greeting, matter, closing, name."""
    opening = random.choice(voice.openings)
    if opening.endswith(("!", ".")):
        body = body[0].upper() + body[1:]
    signed = client.person if random.random() < 0.5 else f"{client.person}\n{client.name}"
    return f"{opening}\n\n{body}\n\n{random.choice(voice.closings)}\n{signed}"


def _go_on(random: Random, case: Case, topic: Topic, exchange: Exchange, gaps: dict[str, str]) -> None:
    """Note, answer, a second round, thanks; whoever calls cuts off what lies in the future."""
    voice, first = VOICES[case.client.language], case.client.first_name
    agent = _agent(random, topic.department)
    at = first_reply_at(random, case.opened_at, 0.5 if case.priority in ("high", "urgent") else 1.0)
    if topic.notes and random.random() < 0.3:
        looked = at - (at - case.opened_at) * random.uniform(0.05, 0.3)
        case.said.append(Said("note", random.choice(topic.notes), looked, agent))
    case.said.append(Said("agent", _answer(random, voice, exchange.answer, gaps), at, agent))
    if exchange.more and random.random() < 0.7:
        at += timedelta(minutes=random.lognormvariate(4.6, 1.0))
        case.said.append(Said("customer", f"{exchange.more.format(**gaps)}\n\n{first}", at))
        at = first_reply_at(random, at, 0.7)
        case.said.append(Said("agent", _answer(random, voice, exchange.then, gaps), at, agent))
    if random.random() < 0.5:
        at += timedelta(minutes=random.lognormvariate(4.8, 1.1))
        case.said.append(Said("customer", f"{random.choice(voice.thanks)}\n\n{first}", at))
        case.closed_at = _while_open(random, at + timedelta(minutes=random.randrange(5, 90)))


def _answer(random: Random, voice: Voice, body: str, gaps: dict[str, str]) -> str:
    opening = random.choice(voice.agent_openings).format(**gaps)
    return f"{opening}\n\n{body.format(**gaps)}"


def _agent(random: Random, department: str) -> str:
    if department == "support":
        return random.choices(["eleni", "ivan", "katerina"], weights=[5, 4, 1])[0]
    return next(person.key for person in company.STAFF if department in person.departments)


def _settle(random: Random, case: Case, now: datetime) -> None:
    """Where the ticket stands at `now`, from who spoke last."""
    last = [one for one in case.said if one.kind != "note"][-1]
    answered = case.last_at("agent")
    case.assignee = next((one.author for one in case.said if one.author), "")
    if case.closed_at and case.closed_at < now:
        case.status = "closed"
        return
    case.closed_at = None
    if last.kind == "agent":
        _wait_for_customer(random, case, last.at, now)
    elif not answered:
        case.status = "open" if case.assignee else "new"
        if case.status == "new" and random.random() < 0.25 and now - case.opened_at > timedelta(hours=2):
            case.status, case.assignee = "open", _agent(random, case.department)
    else:
        case.status = "open"


def _wait_for_customer(random: Random, case: Case, since: datetime, now: datetime) -> None:
    """Silence closes a ticket after some days; a few wait for a third party."""
    closes = since + timedelta(days=random.uniform(3, 11))
    if closes < now:
        case.status, case.closed_at = "closed", closes
        return
    case.status = random.choices(["answered", "pending", "on_hold"], weights=[6, 3, 1])[0]
