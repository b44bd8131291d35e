"""The server of the public pages: prepared answers, its manners, and its life without a database."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from tests.harness.processes import free_port
from tests.harness.waiting import PATIENCE_S, wait_until
from tests.statuspage.conftest import Served
from tests.statuspage.examples import busy, outage
from tests.statuspage.test_v2 import only_documents

from tocsin.kernel import clock
from tocsin.statuspage import export, services
from tocsin.statuspage.models import Document
from tocsin.statuspage.public import PublicApp
from tocsin.statuspage.public.prepared import choose_language

Serve = Callable[[Any], Served]


@pytest.fixture
def get(serve: Serve) -> Iterator[Callable[..., httpx.Response]]:
    server = serve(only_documents(busy()))
    with httpx.Client(base_url=server.url) as client:
        yield lambda path, method="GET", **headers: client.request(
            method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )


def test_the_page_in_the_readers_language(get: Any) -> None:
    assert '<html lang="en">' in get("/status/").text
    assert '<html lang="el">' in get("/status/", accept_language="el-GR,el;q=0.9,en;q=0.8").text
    assert '<html lang="el">' in get("/status/el/", accept_language="en").text
    assert '<html lang="en">' in get("/status/", accept_language="fr, de;q=0.9").text
    assert "accept-language" in get("/status/").headers["vary"]


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        (b"", "en"),
        (b"el", "el"),
        (b"el;q=0", "en"),
        (b"ru;q=0.3, el;q=0.5", "el"),
        (b";q=x,,*", "en"),
        (b"\xff" * 900, "en"),
    ],
)
def test_choosing_a_language(accepted: bytes, chosen: str) -> None:
    assert choose_language(accepted, ("el", "en"), "en") == chosen


def test_entity_tags_and_packing(get: Any) -> None:
    packed = get("/status/en/", accept_encoding="gzip, br")
    plain = get("/status/en/", accept_encoding="identity")
    assert packed.headers["content-encoding"] == "gzip" and packed.text == plain.text
    assert packed.headers["etag"] != plain.headers["etag"]
    again = get("/status/en/", if_none_match=packed.headers["etag"], accept_encoding="gzip")
    assert again.status_code == 304 and not again.content
    assert (
        get("/status/en/", if_none_match=f'W/"old", {plain.headers["etag"]}', accept_encoding="").status_code
        == 304
    )
    assert get("/status/en/", if_none_match='"old"').status_code == 200


def test_head_says_what_get_would(get: Any) -> None:
    head = get("/status/api/v2/summary.json", method="HEAD", accept_encoding="identity")
    whole = get("/status/api/v2/summary.json", accept_encoding="identity")
    assert head.content == b"" and head.headers["content-length"] == str(len(whole.content))


def test_programs_elsewhere_may_read(get: Any) -> None:
    for path in ("/status/api/v2/summary.json", "/status/banner.json", "/banner.js", "/status/history.atom"):
        assert get(path).headers["access-control-allow-origin"] == "*", path
    preflight = get("/status/api/v2/summary.json", method="OPTIONS")
    assert preflight.status_code == 204 and "GET" in preflight.headers["access-control-allow-methods"]


def test_nothing_but_its_own_style_and_script_may_run(get: Any) -> None:
    answer = get("/status/en/")
    policy = answer.headers["content-security-policy"]
    for kind in ("style", "script"):
        (text,) = re.findall(rf"<{kind}>(.*?)</{kind}>", answer.text, re.DOTALL)
        assert f"{kind}-src 'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_redirects_and_missing_pages(get: Any) -> None:
    for path in ("/status", "/status/el", "/status/history", "/status/incidents/I-0000103"):
        answer = get(path)
        assert answer.status_code == 301 and answer.headers["location"] == path + "/"
    missing = get("/status/el/nothing")
    assert missing.status_code == 404 and "Δεν υπάρχει τέτοια σελίδα" in missing.text
    assert get("/status//evil.test/").status_code == 404
    assert get("/status/", method="POST").status_code == 405


def test_without_a_language_in_the_address(get: Any) -> None:
    assert '<html lang="el">' in get("/status/incidents/I-0000103/", accept_language="el").text
    assert "History" in get("/status/history/").text


# --- With a real database --------------------------------------------------------------------------


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> Path:
    settings.TOCSIN_DATA = tmp_path
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_an_installation_that_has_just_begun_says_everything_works(serve: Serve, data: Path) -> None:
    answer = httpx.get(serve(PublicApp()).url + "/status/")
    assert answer.status_code == 200 and "Everything works." in answer.text
    assert Document.objects.filter(path="/status/el/").exists()


@pytest.mark.django_db(transaction=True)
def test_a_new_component_is_on_the_page_within_seconds(
    serve: Serve, data: Path, announcements_are_heard: None
) -> None:
    from tocsin.catalog.services import save_component

    url = serve(PublicApp()).url + "/status/api/v2/components.json"
    assert httpx.get(url).json()["components"] == []
    save_component(key="mail", name={"en": "Mail", "el": "Ταχυδρομείο"})
    assert services.publish() > 0
    wait_until(lambda: httpx.get(url).json()["components"], "the component is there")
    assert services.publish() == 0, "nothing changed since"


@pytest.mark.django_db(transaction=True)
def test_the_export_is_complete_and_exact(data: Path) -> None:
    services.publish()
    root = data / "status"
    for document in Document.objects.filter(path__startswith="/status/"):
        name = document.path.removeprefix("/status/")
        file = root / (name + "index.html" if name.endswith("/") or not name else name)
        assert file.read_bytes() == bytes(document.body), document.path
    assert (root / "index.html").read_bytes() == (root / "en" / "index.html").read_bytes()
    assert not list(root.rglob(".*.html.*")), "half-written files are left"


def test_nobody_else_may_hold_the_lock_of_the_export(data: Path) -> None:
    with export._alone(data):
        assert (data / ".lock").stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_a_lost_export_is_written_again(data: Path) -> None:
    services.publish()
    shutil.rmtree(data / "status")
    assert services.publish() == 0
    assert (data / "status" / "api" / "v2" / "summary.json").exists()


@pytest.mark.django_db(transaction=True)
def test_a_closed_folder_does_not_stop_the_page(data: Path) -> None:
    (data / "status").write_text("a file where the folder should be")
    assert services.publish() > 0
    assert Document.objects.filter(path="/status/en/").exists()


@pytest.mark.django_db
def test_publishing_asks_the_database_a_fixed_number_of_times(django_assert_max_num_queries: Any) -> None:
    services.publish()
    with django_assert_max_num_queries(16):
        services.publish()


@pytest.mark.django_db(transaction=True)
def test_a_day_later_the_ninety_days_have_moved(data: Path) -> None:
    from datetime import timedelta

    from tocsin.catalog.services import save_component

    save_component(key="mail", name={"en": "Mail"})
    services.publish()
    assert services.publish() == 0
    clock.move(timedelta(days=1))
    assert services.publish() > 0


class OwnDatabase:
    """A server of this test's own that can be taken away."""

    def __init__(self, folder: Path) -> None:
        from tests.harness.database import migrate

        from tocsin.command.postgres import EmbeddedPostgres

        self.server = EmbeddedPostgres(folder, fsync=False)
        self.server.start()
        assert migrate(self.server.url) == ""

    def stop(self) -> None:
        self.server.stop()


@pytest.mark.processes
def test_it_answers_on_when_the_database_is_gone(data_folder: Path, tmp_path: Path) -> None:
    """Real processes: the database ends, the page stays; a second process starts without one."""
    import os
    import subprocess
    import sys

    database = OwnDatabase(data_folder)
    port = free_port()
    env = os.environ | {
        "DATABASE_URL": database.server.url,
        "TOCSIN_DATA": str(data_folder),
        "TOCSIN_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "tocsin.project.settings",
    }
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--port",
        str(port),
        "--log-level",
        "warning",
        "--lifespan",
        "off",
    ]
    command.append("tests.statuspage.serving:application")

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=env, stderr=(tmp_path / "log").open("ab"))

    def answers() -> bool:
        try:
            return (
                "Everything works." in httpx.get(f"http://127.0.0.1:{port}/status/", timeout=PATIENCE_S).text
            )
        except httpx.TransportError:
            return False

    process = start()
    try:
        wait_until(answers, (tmp_path / "log").read_text() or "the page answers")
        database.stop()
        for _ in range(20):
            assert answers()
        process.kill()
        process.wait()
        process = start()
        wait_until(answers, "the page answers from the exported files")
        summary = httpx.get(f"http://127.0.0.1:{port}/status/api/v2/summary.json")
        assert summary.json()["status"]["indicator"] == "none"
        assert summary.headers["content-type"].startswith("application/json")
    finally:
        process.kill()
        process.wait()
        database.server.destroy()


@pytest.mark.django_db(transaction=True)
def test_nothing_published_and_no_database_is_said_plainly(
    serve: Serve, data: Path, monkeypatch: Any
) -> None:
    from tocsin.statuspage.public import refresh

    monkeypatch.setattr(refresh, "conninfo", lambda: f"host=127.0.0.1 port={free_port()} dbname=none")
    answer = httpx.get(serve(PublicApp()).url + "/status/", timeout=PATIENCE_S)
    assert answer.status_code == 503 and answer.headers["retry-after"] == "5"


def test_the_export_is_read_back(data: Path) -> None:
    from tocsin.statuspage import render

    for path, one in render.documents(outage()).items():
        if path.startswith("/status/"):
            file = (
                data
                / "status"
                / (path.removeprefix("/status/") + ("index.html" if path.endswith("/") else ""))
            )
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(one.body)
    found = export.read()
    assert json.loads(found["/status/banner.json"][1])["matters"]
    assert found["/status/el/"][0].startswith("text/html")
    assert Path(settings.TOCSIN_DATA) == data
