"""`tocsin up`: everything on one machine, kept alive, stopped in order."""

import contextlib
import os
import signal
from pathlib import Path

import psutil
import psycopg
import pytest
from tests.harness.processes import HEALTH, Installation, ProductProcess, answers
from tests.harness.waiting import PATIENCE_S, wait_until

from tocsin.command.pgprocesses import processes_of
from tocsin.command.postgres import running_url

pytestmark = pytest.mark.processes


def child(up: ProductProcess, name: str) -> psutil.Process | None:
    return next(iter(up.children(name)), None)


def _killed(up: ProductProcess, process: psutil.Process | None) -> None:
    assert process, up.output
    process.send_signal(signal.SIGKILL)


def test_up_from_nothing_and_again(bare_installation: Installation) -> None:
    up = bare_installation.start_up()
    wait_until(lambda: "Tocsin is ready at" in up.output, "it says so")
    assert "Your first login: admin@localhost, password " in up.output
    assert (bare_installation.data / "secret-key").exists() is False, "the key came from the environment"
    second = bare_installation.run("up", "--data", str(bare_installation.data), "--port", "0")
    assert second.returncode == 1
    assert b"is running on" in second.stderr
    assert up.stop() == 0
    assert running_url(bare_installation.data) is None
    again = bare_installation.start_up()
    assert "Your first login" not in again.output, "shown only once"
    assert "Preparing the database" not in again.output, "nothing to do the second time"


def test_web_worker_and_database_come_back(prepared_installation: Installation) -> None:
    up = prepared_installation.start_up()
    for word in ("web", "worker"):
        before = wait_until(lambda word=word: child(up, word))
        _killed(up, before)
        wait_until(lambda word=word, pid=before.pid: (new := child(up, word)) and new.pid != pid)
        assert f"{word} ended (SIGKILL)" in up.output
    database = child(up, "database")
    _killed(up, database)
    wait_until(lambda: "The database ended and is started again." in up.output)
    wait_until(lambda: running_url(prepared_installation.data))
    wait_until(lambda: answers(prepared_installation.url + HEALTH))
    assert up.running


def test_background_jobs_go_on_after_the_database_died(prepared_installation: Installation) -> None:
    up = prepared_installation.start_up()
    _killed(up, child(up, "database"))
    wait_until(lambda: "The database ended and is started again." in up.output)
    url = wait_until(lambda: running_url(prepared_installation.data))

    def beats() -> bool:
        with psycopg.connect(url) as connection:
            question = "SELECT max(last_heartbeat) > pg_postmaster_start_time() FROM procrastinate_workers"
            return bool(connection.execute(question).fetchone()[0])

    wait_until(beats, "a job worker beats")


def test_a_database_that_dies_while_it_starts_is_started_again(prepared_installation: Installation) -> None:
    up = prepared_installation.start_up()
    seen: set[int] = set()
    killed = 0
    while killed < 4:
        one = wait_until(lambda: (new := child(up, "database")) and new.pid not in seen and new)
        seen.add(one.pid)
        with contextlib.suppress(
            psutil.NoSuchProcess
        ):  # the last one.s memory may still be there, which ends it
            one.kill()
            killed += 1
    wait_until(
        lambda: answers(prepared_installation.url + HEALTH) and running_url(prepared_installation.data)
    )
    assert up.running, up.output


def test_nothing_outlives_a_killed_up_and_it_starts_again(prepared_installation: Installation) -> None:
    up = prepared_installation.start_up()
    left = psutil.Process(up.pid).children(recursive=True)
    up.kill9()
    _, alive = psutil.wait_procs([process for process in left if process.is_running()], timeout=PATIENCE_S)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
    assert not processes_of(prepared_installation.data / "postgres" / "cluster")
    again = prepared_installation.start_up()
    assert again.stop() == 0


def test_stopping_while_it_prepares(bare_installation: Installation) -> None:
    up = bare_installation.start_up(wait=False)
    wait_until(lambda: "Preparing the database" in up.output)
    up.stop()
    assert running_url(bare_installation.data) is None
    bare_installation.start_up().stop()


def test_a_taken_port_is_a_sentence(prepared_installation: Installation) -> None:
    up = prepared_installation.start_up()
    other = prepared_installation.data / "other"
    taken = prepared_installation.run("up", "--data", str(other), "--port", str(prepared_installation.port))
    assert taken.returncode == 1
    assert b"Choose another" in taken.stderr
    up.stop()


def test_web_alone_needs_a_database_and_says_so(bare_installation: Installation) -> None:
    done = bare_installation.run("web", "--port", str(bare_installation.port))
    assert done.returncode == 1
    assert b"tocsin up" in done.stderr


def test_several_web_processes_share_one_port(installation: Installation) -> None:
    web = installation.start("web", "--port", str(installation.port), "--workers", "2")
    installation.wait_ready(web)
    wait_until(lambda: len(psutil.Process(web.pid).children()) == 2)
    taken = installation.run("web", "--port", str(installation.port), "--workers", "2")
    assert taken.returncode == 1 and b"Choose another" in taken.stderr
    os.kill(psutil.Process(web.pid).children()[0].pid, signal.SIGKILL)
    wait_until(lambda: "SIGKILL" in web.output)
    assert answers(installation.url + HEALTH)
    assert web.stop() == 0


def test_the_data_folder_is_closed_to_onlookers(bare_installation: Installation) -> None:
    data = bare_installation.data / "new"
    bare_installation.env.pop("TOCSIN_SECRET_KEY")
    up = bare_installation.start("up", "--data", str(data), "--port", str(bare_installation.port))
    bare_installation.wait_ready(up)
    assert data.stat().st_mode & 0o077 == 0o011
    assert Path(data / "secret-key").stat().st_mode & 0o077 == 0
    assert up.stop() == 0
