"""The JSON is Statuspage's: every field, its kind, and what real clients make of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.harness.waiting import PATIENCE_S
from tests.statuspage.conftest import Served
from tests.statuspage.examples import NOW, busy, calm, fault, maintenance, minutes, outage, repaired

from tocsin.statuspage import render
from tocsin.statuspage.public.shelf import Shelf, make_ready

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")
ID = re.compile(r"[0-9a-z]{4,32}")
Check = Callable[[Any], bool]


def is_time(value: Any) -> bool:
    return isinstance(value, str) and bool(TIME.fullmatch(value))


def is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(ID.fullmatch(value))


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def is_number(value: Any) -> bool:
    return isinstance(value, int)


def or_none(check: Check) -> Check:
    return lambda value: value is None or check(value)


def one_of(*values: str) -> Check:
    return lambda value: value in values


def list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(one) for one in value)


def shape(**fields: Check) -> Check:
    def check(value: Any) -> bool:
        assert isinstance(value, dict)
        assert set(value) == set(fields), set(value) ^ set(fields)
        for name, field in fields.items():
            assert field(value[name]), (name, value[name])
        return True

    return check


PAGE = shape(id=is_id, name=is_text, url=is_text, time_zone=is_text, updated_at=is_time)
STATUS = shape(
    indicator=one_of("none", "minor", "major", "critical", "maintenance"),
    description=one_of(
        "All Systems Operational", "Partially Degraded Service", "Minor Service Outage",
        "Partial System Outage", "Major Service Outage", "Service Under Maintenance",
    ),
)  # fmt: skip
CONDITION = one_of(
    "operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"
)
_COMPONENT = {
    "id": is_id, "name": is_text, "status": CONDITION, "created_at": is_time, "updated_at": is_time,
    "position": is_number, "description": or_none(is_text),
    "showcase": is_flag, "start_date": or_none(is_text),
    "group_id": or_none(is_id), "page_id": is_id, "group": is_flag, "only_show_if_degraded": is_flag,
}  # fmt: skip
_PART = shape(**_COMPONENT)
_GROUP = shape(**_COMPONENT, components=list_of(is_id))
UPDATE_STATUS = one_of(
    "investigating", "identified", "monitoring", "resolved", "postmortem",
    "scheduled", "in_progress", "verifying", "completed",
)  # fmt: skip
CHANGE = shape(code=is_id, name=is_text, old_status=CONDITION, new_status=CONDITION)
UPDATE = shape(
    id=is_id, status=UPDATE_STATUS, body=is_text, incident_id=is_id, created_at=is_time, updated_at=is_time,
    display_at=is_time, deliver_notifications=is_flag, custom_tweet=or_none(is_text),
    tweet_id=or_none(is_text),
    affected_components=or_none(list_of(CHANGE)),
)  # fmt: skip


def component(value: Any) -> bool:
    return _GROUP(value) if value["group"] else _PART(value)


_INCIDENT = {
    "id": is_id, "name": is_text, "created_at": is_time, "updated_at": is_time,
    "monitoring_at": or_none(is_time), "resolved_at": or_none(is_time), "shortlink": is_text,
    "started_at": is_time, "page_id": is_id,
    "incident_updates": list_of(UPDATE), "components": list_of(_PART),
}  # fmt: skip
INCIDENT = shape(
    **_INCIDENT,
    status=one_of("investigating", "identified", "monitoring", "resolved", "postmortem"),
    impact=one_of("none", "minor", "major", "critical"),
)
WORK = shape(
    **_INCIDENT,
    status=one_of("scheduled", "in_progress", "verifying", "completed"),
    impact=one_of("maintenance"),
    scheduled_for=is_time,
    scheduled_until=is_time,
)
ANSWERS = {
    "summary": shape(
        page=PAGE, components=list_of(component), incidents=list_of(INCIDENT),
        scheduled_maintenances=list_of(WORK), status=STATUS,
    ),
    "status": shape(page=PAGE, status=STATUS),
    "components": shape(page=PAGE, components=list_of(component)),
    "incidents": shape(page=PAGE, incidents=list_of(INCIDENT)),
    "incidents/unresolved": shape(page=PAGE, incidents=list_of(INCIDENT)),
    "scheduled-maintenances": shape(page=PAGE, scheduled_maintenances=list_of(WORK)),
    "scheduled-maintenances/upcoming": shape(page=PAGE, scheduled_maintenances=list_of(WORK)),
    "scheduled-maintenances/active": shape(page=PAGE, scheduled_maintenances=list_of(WORK)),
}  # fmt: skip


def answer(state: Any, name: str) -> Any:
    return json.loads(render.documents(state)[f"/status/api/v2/{name}.json"].body)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("make", [calm, outage, busy])
def test_shape(name: str, make: Callable[[], Any]) -> None:
    assert ANSWERS[name](answer(make(), name))


def test_what_an_outage_says() -> None:
    summary = answer(outage(), "summary")
    assert summary["status"] == {"indicator": "major", "description": "Partial System Outage"}
    (incident,) = summary["incidents"]
    assert incident["shortlink"].endswith("/status/incidents/I-0000103/")
    newest, oldest = incident["incident_updates"]
    assert (newest["status"], oldest["status"]) == ("identified", "investigating")
    change = oldest["affected_components"][0]
    assert (change["old_status"], change["new_status"]) == ("operational", "partial_outage")
    mail = next(one for one in summary["components"] if one["name"] == "Mail" and not one["group"])
    assert mail["status"] == "partial_outage"
    group = next(one for one in summary["components"] if one["id"] == mail["group_id"])
    assert mail["id"] in group["components"] and group["status"] == "partial_outage"


def test_maintenances_are_upcoming_active_or_over() -> None:
    state = busy()

    def statuses(name: str) -> list[str]:
        return [
            one["status"] for one in answer(state, f"scheduled-maintenances/{name}")["scheduled_maintenances"]
        ]

    assert statuses("upcoming") == ["scheduled"]
    assert statuses("active") == ["in_progress"]
    assert len(answer(state, "summary")["scheduled_maintenances"]) == 2


def test_a_running_maintenance_is_the_status_when_nothing_is_broken() -> None:
    state = calm(incidents=(maintenance(1, start=NOW - minutes(5), lasts=minutes(60)),))
    assert answer(state, "status")["status"]["indicator"] == "maintenance"


def test_the_newest_fifty_and_what_is_still_open() -> None:
    old = fault(1, start=NOW - minutes(99_999))
    rows = [repaired(number, start=NOW - minutes(60 * number), lasted=minutes(5)) for number in range(2, 80)]
    incidents = answer(calm(incidents=(*rows, old)), "incidents")["incidents"]
    assert len(incidents) == 51
    assert incidents[-1]["status"] == "investigating"


def test_ids_stay() -> None:
    before = {one["name"]: one["id"] for one in answer(calm(), "components")["components"]}
    after = {one["name"]: one["id"] for one in answer(outage(), "components")["components"]}
    assert before == after and len(set(before.values())) == len(before)


_CLIENT = """
const {Statuspage} = require("statuspage.io");
const page = new Statuspage("any");
page.setApiUrl(process.argv[2]);
(async () => {
  const said = {
    summary: await page.api.getSummary(), status: await page.api.getStatus(),
    components: await page.api.getComponents(), all: await page.api.incidents.getAll(),
    open: await page.api.incidents.getUnresolved(),
    planned: await page.api.scheduledMaintenances.getUpcoming(),
  };
  console.log(JSON.stringify(said));
})();
"""


def test_a_real_client_reads_it(tmp_path: Path, serve: Callable[[Any], Served]) -> None:
    """npm's statuspage.io 3.3.8; skipped where npm cannot fetch it."""
    if not shutil.which("npm"):
        pytest.skip("npm is missing")
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "statuspage.io@3.3.8"]
    done = subprocess.run(
        install, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    if done.returncode:
        pytest.skip(f"npm could not fetch the client: {done.stderr[-200:]}")
    (tmp_path / "read.js").write_text(_CLIENT)
    server = serve(only_documents(busy()))
    command = ["node", "read.js", server.url + "/status"]
    read = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert read.returncode == 0, read.stderr
    said = json.loads(read.stdout)
    assert said["status"]["status"]["indicator"] == "major"
    assert {one["name"] for one in said["open"]["incidents"]} >= {"Mail is not delivered"}
    assert said["planned"]["scheduled_maintenances"][0]["status"] == "scheduled"
    assert said["summary"]["page"]["name"] == "Aegean Hosting"


def only_documents(state: Any) -> Any:
    """The public application on documents that never change, without a database."""
    from tocsin.statuspage.public import PublicApp

    app = PublicApp()
    shelf = Shelf()
    made = render.documents(state)
    ready, default = make_ready({path: (one.content_type, one.body) for path, one in made.items()})
    shelf.put(ready, {}, default)
    app._shelf = shelf
    return app
