"""The embedded database: starts, survives kills, keeps to its folder."""

import os
import pwd
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from tests.conftest import make_data_folder
from tests.harness.waiting import wait_until

from tocsin.command import pgaccount
from tocsin.command.pgprocesses import processes_of
from tocsin.command.postgres import EmbeddedPostgres, PostgresError, reachable_database, running_url

Start = Callable[[Path], EmbeddedPostgres]


@pytest.fixture
def start() -> Iterator[Start]:
    servers: list[EmbeddedPostgres] = []

    def begin(data: Path) -> EmbeddedPostgres:
        server = EmbeddedPostgres(data)
        servers.append(server)
        server.start()
        return server

    yield begin
    for server in servers:
        server.destroy()


def ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def write(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def test_it_starts_on_an_empty_folder_and_keeps_what_is_written(start: Start, data_folder: Path) -> None:
    server = start(data_folder)
    write(server.url, "CREATE TABLE kept AS SELECT 42 AS n")
    server.stop()
    assert running_url(data_folder) is None
    server.start()
    assert ask(server.url, "SELECT n FROM kept") == 42
    assert ask(server.url, "SHOW fsync") == "on"
    assert ask(server.url, "SHOW listen_addresses") == ""
    assert ask(server.url, "SELECT current_user") == "tocsin"


def test_its_folder_is_closed_and_it_does_not_run_as_root(start: Start, data_folder: Path) -> None:
    server = start(data_folder)
    home = data_folder / "postgres"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0


def test_other_users_of_the_machine_are_not_let_in(start: Start, data_folder: Path) -> None:
    server = start(data_folder)
    if os.geteuid() != 0:
        pytest.skip("only root can try as somebody else")
    server.socket_folder.chmod(0o755)
    (data_folder / "postgres").chmod(0o755)
    (server.socket_folder / ".s.PGSQL.5432").chmod(0o777)
    nobody = pgaccount.account_of(pwd.getpwnam("nobody").pw_uid)
    psql = pgaccount.programs_for(nobody, print) / "psql"
    tried = pgaccount.run_as(nobody, [str(psql), server.url, "-c", "SELECT 1"])
    assert tried.returncode
    assert "authentication failed" in tried.stderr


def test_after_a_kill_with_a_busy_orphan_it_starts_again(start: Start, data_folder: Path) -> None:
    server = start(data_folder)
    write(server.url, "CREATE TABLE kept AS SELECT 42 AS n")
    busy = subprocess.Popen(
        [sys.executable, "-c", f"import psycopg; psycopg.connect({server.url!r}).execute({_BUSY!r})"],
        stderr=subprocess.DEVNULL,
    )
    wait_until(
        lambda: (
            ask(server.url, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series%'") == 2
        )
    )
    server.kill()
    assert processes_of(server.cluster), "the busy backend outlives its server"
    server.start()
    busy.wait(10)
    assert ask(server.url, "SELECT n FROM kept") == 42


_BUSY = "SELECT count(*) FROM generate_series(1, 10000000000)"


def test_a_stale_pid_file_with_a_number_in_use_does_not_hinder(start: Start, data_folder: Path) -> None:
    server = start(data_folder)
    server.kill()
    server.stop()
    bystander = subprocess.Popen(["sleep", "60"])
    stale = server.cluster / "postmaster.pid"
    stale.write_text(f"{bystander.pid}\n{server.cluster}\n0\n5432\n/tmp\n\n  1 2\nready\n")
    try:
        assert running_url(data_folder) is None
        server.start()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_two_folders_run_side_by_side(start: Start, data_folder: Path) -> None:
    one, other = start(data_folder / "one"), start(data_folder / "other")
    write(one.url, "CREATE TABLE only_here AS SELECT 1")
    assert ask(other.url, "SELECT to_regclass('only_here')") is None
    one.kill()
    one.start()
    assert ask(other.url, "SELECT 1") == 1
    assert other.pid in {process.pid for process in processes_of(other.cluster)}


def test_a_long_path_gets_a_short_private_socket_folder(start: Start, data_folder: Path) -> None:
    server = start(data_folder / ("a-long-name-" * 10))
    sockets = server.socket_folder
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert ask(server.url, "SELECT 1") == 1
    assert running_url(server.data) == server.url
    server.kill()
    server.start()
    assert server.socket_folder == sockets, "web and worker keep the address they were given"
    server.stop()
    assert not sockets.exists()


def test_the_short_socket_folder_of_a_killed_owner_is_cleared_away(data_folder: Path, start: Start) -> None:
    data = data_folder / ("a-long-name-" * 10)
    owner = _owner_process(data)
    url = wait_until(lambda: running_url(data))
    left = Path(url.partition("host=")[2])
    owner.kill()
    owner.wait()
    server = start(data)
    assert server.socket_folder != left
    assert not left.exists()


def test_a_second_owner_is_refused(start: Start, data_folder: Path) -> None:
    start(data_folder)
    with pytest.raises(PostgresError, match="Another Tocsin process"):
        EmbeddedPostgres(data_folder).start()


def test_it_ends_when_its_owner_is_killed(data_folder: Path) -> None:
    owner = _owner_process(data_folder)
    wait_until(lambda: running_url(data_folder))
    cluster = data_folder / "postgres" / "cluster"
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    wait_until(lambda: not processes_of(cluster), "the server ends with its owner")


def _owner_process(data: Path) -> subprocess.Popen[bytes]:
    code = (
        "import sys, time; from pathlib import Path; from tocsin.command.postgres import EmbeddedPostgres;"
        "server = EmbeddedPostgres(Path(sys.argv[1])); server.start(); time.sleep(600)"
    )
    return subprocess.Popen([sys.executable, "-c", code, str(data)])


def test_a_command_uses_the_running_server_or_starts_one_for_the_while(
    data_folder: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    with reachable_database(data_folder) as url:
        assert ask(url, "SELECT 1") == 1
    assert running_url(data_folder) is None
    server = start(data_folder)
    with reachable_database(data_folder) as url:
        assert url == server.url
    assert server.running


def test_as_root_a_closed_folder_gets_its_database_elsewhere(start: Start) -> None:
    if os.geteuid() != 0:
        pytest.skip("an ordinary user runs PostgreSQL as itself")
    data = make_data_folder()
    data.chmod(0o700)
    server = start(data)
    assert (data / "postgres").is_symlink()
    assert ask(server.url, "SELECT 1") == 1
    server.destroy()
    data.rmdir() if not list(data.iterdir()) else None


def test_a_folder_that_cannot_be_made_is_a_sentence(start: Start, data_folder: Path) -> None:
    (data_folder / "file").write_text("")
    with pytest.raises(Exception, match="cannot be made"):
        start(data_folder / "file" / "data")
