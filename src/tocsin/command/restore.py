"""`tocsin restore FILE`: a backup into an empty installation, or, with --replace, over what is there."""

from __future__ import annotations

import contextlib
import os
import tarfile
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tocsin.command import archive
from tocsin.command.faults import Fault
from tocsin.command.folders import hold, make_data_folder
from tocsin.command.installation import (
    add_data_option,
    data_folder,
    ready_django,
    secret_key_file,
    write_secret,
)
from tocsin.command.postgres import reachable_database

_ASIDE = "tocsin_before_restore"


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("file", type=Path, help="a file written by `tocsin backup`")
    parser.add_argument("--replace", action="store_true", help="replace what is there; it is gone then")
    add_data_option(parser)


def run(args: Namespace) -> int:
    """Bring the backup back, then bring the database to the newest state."""
    data = data_folder(args)
    make_data_folder(data)
    with _stopped(data), tempfile.TemporaryDirectory(dir=data) as scratch:
        unpacked = _unpack(args.file, Path(scratch))
        with reachable_database(data) as url:
            with _emptied(url, args.replace):
                archive.load(unpacked / archive.DUMP, url)
            _put_back_files(unpacked, data)
            _bring_up_to_date(data)
    print("Restored. Start Tocsin again with `tocsin up`.")
    return 0


@contextlib.contextmanager
def _stopped(data: Path) -> Iterator[None]:
    """Nobody may work in the database meanwhile; we hold what `tocsin up` would hold."""
    lock = hold(data / "up.lock")
    if lock is None:
        raise Fault(f"Tocsin is running on {data}. Stop it first.")
    yield
    os.close(lock)


def _unpack(file: Path, scratch: Path) -> Path:
    """The backup's parts in a folder; nothing in it may point outside."""
    try:
        with tarfile.open(file) as tar:
            tar.extractall(scratch, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise Fault(f"{file} cannot be read as a backup: {error}") from None
    marker = scratch / archive.FORMAT
    if not marker.exists() or marker.read_bytes() != archive.VERSION:
        raise Fault(f"{file} is not a backup that this version of Tocsin can read.")
    return scratch


@contextlib.contextmanager
def _emptied(url: str, replace: bool) -> Iterator[None]:
    """An empty schema for the restore; what was there is kept aside and comes back if it fails."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        if not _has_tables(connection):
            yield
            return
        if not replace:
            raise Fault("This installation holds data already. Add --replace to give it up for the backup.")
        connection.execute(f"ALTER SCHEMA public RENAME TO {_ASIDE}")
        connection.execute("CREATE SCHEMA public")
        try:
            yield
        except BaseException:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute(f"ALTER SCHEMA {_ASIDE} RENAME TO public")
            raise
        connection.execute(f"DROP SCHEMA {_ASIDE} CASCADE")


def _has_tables(connection: Any) -> bool:
    found = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
    return found is not None


def _put_back_files(unpacked: Path, data: Path) -> None:
    write_secret(secret_key_file(data), (unpacked / archive.SECRET).read_text().strip())
    files = unpacked / archive.FILES
    # As in a backup of ours, whoever made this one: no links, nothing into the database's own folder.
    for path in archive.kept_files(files):
        target = data / path.relative_to(files)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)


def _bring_up_to_date(data: Path) -> None:
    """The backup may be older than this version; and its screens' snapshots come from another server (design
    §2)."""
    from tocsin.command.migrate import mark_up_to_date, migrate

    with ready_django(data):
        from tocsin.kernel import live_updates

        migrate()
        live_updates.forget_all()
        mark_up_to_date(os.environ["DATABASE_URL"])
