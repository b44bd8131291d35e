"""`tocsin backup FILE`: database, key and files in one tar, from a running or a stopped installation."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path

from tocsin.command import archive
from tocsin.command.faults import Fault
from tocsin.command.installation import add_data_option, data_folder, secret_key
from tocsin.command.postgres import reachable_database


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("file", type=Path, help="the file to write; it holds secrets, so keep it safe")
    add_data_option(parser)


def run(args: Namespace) -> int:
    """Write the backup under another name and rename it, so that a file of that name is always whole."""
    data, target = data_folder(args), args.file.absolute()
    if not target.parent.is_dir():
        raise Fault(f"There is no folder {target.parent}.")
    with reachable_database(data) as url, tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        dump = Path(scratch) / archive.DUMP
        archive.run_pg("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}", url)
        whole = Path(scratch) / "whole"
        _write(whole, dump, data, target)
        whole.rename(target)
    print(f"Saved to {target}. It holds the secret key and all mail: keep it where only you can read it.")
    return 0


def _write(whole: Path, dump: Path, data: Path, target: Path) -> None:
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:  # noqa: PTH123 - a descriptor
        _add_text(tar, archive.FORMAT, archive.VERSION)
        _add_text(tar, archive.SECRET, secret_key(data).encode() + b"\n")
        tar.add(dump, archive.DUMP)
        for path in archive.kept_files(data):
            if path != target and not path.is_relative_to(whole.parent):
                tar.add(path, f"{archive.FILES}/{path.relative_to(data)}")
        file.flush()


def _add_text(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))
