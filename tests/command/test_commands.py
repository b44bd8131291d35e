"""The commands as programs and people meet them."""

import re
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest
from tests.harness.mailservers import SmtpSink
from tests.harness.processes import Installation

from tocsin.channels.email.checkups import outgoing_mail
from tocsin.command import COMMANDS, archive, main, restore
from tocsin.command.checkups import public_address
from tocsin.command.installation import secret_key, secret_key_file


def test_the_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in COMMANDS)
    assert main(["nonsense"]) == 2


def test_the_secret_key_is_made_once_and_only_ours_to_read(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOCSIN_SECRET_KEY")
    key = secret_key(data_folder)
    assert len(key) >= 50
    assert secret_key(data_folder) == key
    assert stat.S_IMODE(secret_key_file(data_folder).stat().st_mode) == 0o600
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "mine")
    assert secret_key(data_folder) == "mine"


def test_an_api_token_and_a_password_are_printed_alone(installation: Installation) -> None:
    token = installation.run("api-key", "create", "the phone system")
    assert token.returncode == 0, token.stderr
    assert re.fullmatch(rb"\S{20,}\n", token.stdout)
    made = installation.run("staff", "create", "maria@example.test", "--name", "Maria", "--role", "lead")
    assert made.returncode == 0, made.stderr
    assert re.fullmatch(rb"\S{12,}\n", made.stdout)
    again = installation.run("staff", "create", "maria@example.test")
    assert (again.returncode, again.stdout) == (1, b"")
    assert b"Traceback" not in again.stderr


def test_events_are_printed(installation: Installation) -> None:
    done = installation.run("events")
    assert done.returncode == 0, done.stderr
    assert b"people.staff-created" in done.stdout


def test_a_wrong_database_address_is_a_sentence(installation: Installation) -> None:
    installation.env["DATABASE_URL"] = "mysql://localhost/x"
    done = installation.run("api-key", "create", "x")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    installation.env["DATABASE_URL"] = "postgresql://127.0.0.1:1/x"
    done = installation.run("api-key", "create", "x")
    assert done.returncode == 1
    assert b"cannot be reached" in done.stderr


def test_doctor_says_what_to_mend(installation: Installation, smtp_sink: SmtpSink) -> None:
    installation.env.update(TOCSIN_SMTP_URL=smtp_sink.url, TOCSIN_MAIL_FROM="help@example.test")
    done = installation.run("doctor")
    shown = done.stdout.decode()
    assert done.returncode == 1
    assert "ok    PostgreSQL 18" in shown
    assert "ok    Mail goes out" in shown
    assert "mend  No worker is at work" in shown
    assert "mend  TOCSIN_URL is http://127.0.0.1" in shown
    assert re.search(r"\d+ thing\(s\) to mend", shown)


def test_doctor_on_nothing_at_all(bare_installation: Installation) -> None:
    done = bare_installation.run("doctor")
    assert done.returncode == 1
    assert b"Start everything with `tocsin up`" in done.stdout
    assert b"Traceback" not in done.stderr


def test_addresses_and_servers_are_judged(smtp_sink: SmtpSink) -> None:
    assert public_address("https://help.example.test").good
    assert not public_address("http://help.example.test").good
    assert outgoing_mail(smtp_sink.url).good
    smtp_sink.stop()
    assert not outgoing_mail(smtp_sink.url).good


def test_a_backup_comes_back_whole(installation: Installation, bare_installation: Installation) -> None:
    (installation.data / "uploads").mkdir()
    (installation.data / "uploads" / "logo.svg").write_text("<svg/>")
    installation.run("staff", "create", "maria@example.test")
    file = installation.data.parent / f"{installation.data.name}.tar"
    try:
        saved = installation.run("backup", str(file))
        assert saved.returncode == 0, saved.stderr
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        _restore_elsewhere(file, bare_installation)
    finally:
        file.unlink(missing_ok=True)


def _restore_elsewhere(file: Path, other: Installation) -> None:
    """Into a data folder that has only just been made, then again over what is there by then."""
    restored = other.run("restore", str(file))
    assert restored.returncode == 0, restored.stderr
    assert (other.data / "uploads" / "logo.svg").read_text() == "<svg/>"
    assert secret_key_file(other.data).read_text().strip() == "only-for-tests"
    refused = other.run("restore", str(file))
    assert refused.returncode == 1
    assert b"--replace" in refused.stderr
    other.run("staff", "create", "later@example.test")
    assert other.run("restore", "--replace", str(file)).returncode == 0
    again = other.run("staff", "create", "later@example.test")
    assert again.returncode == 0, "what came after the backup is gone"
    known = other.run("staff", "create", "maria@example.test")
    assert known.returncode == 1, "what was in the backup is there"


def test_a_restore_that_fails_leaves_what_was_there(installation: Installation, tmp_path: Path) -> None:
    installation.run("staff", "create", "maria@example.test")
    saved = installation.run("backup", str(tmp_path / "whole.tar"))
    assert saved.returncode == 0, saved.stderr
    _spoil_dump(tmp_path / "whole.tar", tmp_path / "spoilt.tar")
    failed = installation.run("restore", "--replace", str(tmp_path / "spoilt.tar"))
    assert failed.returncode == 1, failed.stdout
    with psycopg.connect(installation.env["DATABASE_URL"]) as connection:
        found = connection.execute("SELECT email FROM people_staff").fetchall()
    assert found == [("maria@example.test",)]
    nonsense = tmp_path / "nonsense.tar"
    nonsense.write_bytes(b"no tar")
    assert installation.run("restore", str(nonsense)).returncode == 1


def test_a_restore_takes_nothing_but_what_a_backup_of_ours_holds(tmp_path: Path) -> None:
    unpacked, data = tmp_path / "scratch", tmp_path / "data"
    files = unpacked / archive.FILES
    for name in ("uploads/logo.svg", "postgres/cluster/pg_hba.conf", "run/mail.sock", "secret-key"):
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text("from the backup")
    (unpacked / archive.SECRET).write_text("the key")
    (files / "uploads" / "link").symlink_to("../../secret-key")
    data.mkdir()
    restore._put_back_files(unpacked, data)
    assert sorted(str(path.relative_to(data)) for path in data.rglob("*")) == [
        "secret-key",
        "uploads",
        "uploads/logo.svg",
    ]
    assert (data / "secret-key").read_text() == "the key\n"


def _spoil_dump(whole: Path, spoilt: Path) -> None:
    parts = whole.with_suffix("")
    parts.mkdir()
    subprocess.run(["tar", "-xf", whole, "-C", parts], check=True)
    dump = parts / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-2000])
    subprocess.run(["tar", "-cf", spoilt, "-C", parts, "."], check=True)


def test_a_backup_goes_into_older_servers_too() -> None:
    setting, data = b"SET transaction_timeout = 0;\n", b"COPY x FROM stdin;\n"
    script = [b"--\n", setting, data, *[b"line\n"] * 100, setting]
    assert list(archive.for_any_server(script)) == [b"--\n", data, *[b"line\n"] * 100, setting]
