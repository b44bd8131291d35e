"""Two months of conversations, made up from the stories: the same seed and moment give the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tocsin.command.demo import company
from tocsin.command.demo.customers import CLIENTS, Client
from tocsin.command.demo.files import File, make_file
from tocsin.command.demo.stories import TOPICS, VOICES, Exchange, Topic, Voice

DAYS = 60
PER_DAY = 8.0
# Whatever hour it is now, so many came within the last hours.
FRESH, FRESH_HOURS = 18, 9
# An outage looks back four hours for tickets that belong to it.
LATELY = timedelta(hours=5)
# Monday to Sunday, and by the hour of the day: the office writes in the morning and after lunch.
_WEEKDAYS = (1.35, 1.2, 1.15, 1.1, 1.0, 0.4, 0.3)
_HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 8, 13, 14, 12, 9, 7, 9, 10, 9, 7, 5, 4, 3, 3, 2, 1)
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
    random = Random(seed)  # noqa: S311 - made-up people, not secrets
    cases = [_case(random, at, now) for at in _moments(random, now)]
    return sorted(cases, key=lambda case: case.opened_at)


def first_reply_at(random: Random, asked: datetime, hurry: float = 1.0) -> datetime:
    """When an agent gets to it: within the opening hours, mostly within two of them."""
    wait = timedelta(minutes=min(600.0, random.lognormvariate(4.1, 0.9) * hurry))
    return _while_open(random, asked + wait)


def _while_open(random: Random, at: datetime) -> datetime:
    local = at.astimezone(_ZONE)
    if local.hour >= _CLOSES:
        local = (local + timedelta(days=1)).replace(hour=_OPENS, minute=random.randrange(50))
    elif local.hour < _OPENS:
        local = local.replace(hour=_OPENS, minute=random.randrange(50))
    return local.astimezone(at.tzinfo)


def _moments(random: Random, now: datetime) -> list[datetime]:
    found = []
    for back in range(DAYS, -1, -1):
        day = (now - timedelta(days=back)).astimezone(_ZONE)
        count = round(random.gauss(PER_DAY * _WEEKDAYS[day.weekday()], 1.5))
        for _ in range(max(1, count)):
            hour = random.choices(range(24), weights=_HOURS)[0]
            at = day.replace(
                hour=hour, minute=random.randrange(60), second=random.randrange(60), microsecond=0
            )
            if at < now - timedelta(minutes=4):
                found.append(at.astimezone(now.tzinfo))
    fresh = (timedelta(minutes=random.uniform(6, FRESH_HOURS * 60)) for _ in range(FRESH))
    return found + [now - age for age in fresh]


def _case(random: Random, at: datetime, now: datetime) -> Case:
    client = random.choices(CLIENTS, weights=[_WRITES[one.language] for one in CLIENTS])[0]
    topic_key, topic = _topic(random, client, calm=now - at < LATELY)
    exchange = random.choice(VOICES[client.language].stories[topic_key])
    gaps = _gaps(random, client)
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
    if age > timedelta(hours=36):
        return False
    return random.random() < (0.8 if age < timedelta(hours=FRESH_HOURS) else 0.6)


def _topic(random: Random, client: Client, *, calm: bool) -> tuple[str, Topic]:
    """`calm`: nothing of mail, which the outage to come would take for its own."""
    uses = {"web" if key.startswith("web") else key for key in client.components}
    fitting = [
        (key, topic)
        for key, topic in TOPICS.items()
        if (not topic.needs or topic.needs in uses) and not (calm and topic.speaks_of_mail)
    ]
    return random.choices(fitting, weights=[topic.weight for _, topic in fitting])[0]


def _gaps(random: Random, client: Client) -> dict[str, str]:
    local = client.address.partition("@")[0]
    return {
        "domain": client.domain,
        "box": f"{random.choice(['info', 'office', 'orders', local])}@{client.domain}",
        "newbox": f"{random.choice(['maria', 'nina', 'eva', 'irina', 'sofia'])}@{client.domain}",
        "host": company.DOMAIN,
        "first": client.first_name,
        "n": str(random.randrange(82, 100)),
        "year": "2026",
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
        case.said.append(
            Said("note", random.choice(topic.notes), at - timedelta(minutes=random.randrange(2, 6)), agent)
        )
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
