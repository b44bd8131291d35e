"""Installed by pip from what a clone or a source archive holds, Tocsin has all its files and languages."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from tests.harness.mailservers import SmtpSink
from tests.harness.processes import Installation
from tests.harness.scratch import scratch_folder
from tests.harness.waiting import PATIENCE_S, wait_until

ROOT = Path(__file__).parents[2]
LANGUAGES = ("el", "es", "hr", "ru")
_NOT_IN_A_CLONE = shutil.ignore_patterns("*.mo", "__pycache__", "*.egg-info")

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    one = scratch_folder("build")
    yield one
    shutil.rmtree(one)


@pytest.fixture(scope="module")
def clone(folder: Path) -> Path:
    """The project as it is in the repository, so with nothing compiled."""
    one = folder / "clone"
    shutil.copytree(ROOT / "src", one / "src", ignore=_NOT_IN_A_CLONE)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, one)
    return one


@pytest.fixture(scope="module")
def archive(folder: Path, clone: Path) -> Path:
    return folder / built("build_sdist", clone, folder)


@pytest.fixture(scope="module")
def wheel(folder: Path, archive: Path) -> Path:
    """Built from the source archive, as pip does it where no wheel is offered."""
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    source = folder / archive.name.removesuffix(".tar.gz")
    assert not list(source.rglob("*.mo"))
    return folder / built("build_wheel", source, folder)


@pytest.fixture(scope="module")
def python(folder: Path, wheel: Path) -> Path:
    """Of an environment with Tocsin installed from the wheel; what it needs lies where it lies here."""
    fresh = folder / "fresh"
    venv.create(fresh, symlinks=True)
    python = fresh / "bin" / "python"
    where = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    )
    # Of a folder named here, nothing that was installed for development is read.
    Path(where.strip(), "requirements.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", wheel], check=True)
    return python


def built(hook: str, source: Path, folder: Path) -> str:
    """Call a hook of the build backend as pip does; the name of the file it made."""
    code = f"import build_backend; print(build_backend.{hook}({str(folder)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=source,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_a_wheel_holds_every_file_and_each_language_compiled(clone: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    package = clone / "src" / "tocsin"
    sources = {str(path.relative_to(clone / "src")) for path in package.rglob("*") if path.is_file()}
    compiled = {f"tocsin/locale/{language}/LC_MESSAGES/django.mo" for language in LANGUAGES}
    assert {".py", ".html", ".css", ".js", ".svg", ".po"} <= {Path(name).suffix for name in sources}
    assert sources - names == set()
    assert compiled <= names
    assert {name for name in names - sources - compiled if ".dist-info/" not in name} == set()


def test_a_development_install_has_each_language_compiled(folder: Path, clone: Path) -> None:
    source = folder / "development"
    shutil.copytree(clone, source)
    built("build_editable", source, folder / "development")
    compiled = source.glob("src/tocsin/locale/*/LC_MESSAGES/django.mo")
    assert sorted(path.parts[-3] for path in compiled) == list(LANGUAGES)


def test_installed_from_the_wheel_a_greek_customer_is_answered_in_greek(
    python: Path, data_folder: Path, fresh_database: str, smtp_sink: SmtpSink
) -> None:
    one = Installation(data_folder, fresh_database, TOCSIN_SMTP_URL=smtp_sink.url)
    one.python = str(python)
    text = "Καλημέρα σας,\n\nαπό το πρωί δεν μπορώ να στείλω email. Τι συμβαίνει;\n\nΜαρία"
    mail = MIMEText(text, "plain", "utf-8")
    mail["From"], mail["To"] = "maria@customer.example", "support@localhost"
    mail["Subject"], mail["Message-ID"] = "Δεν στέλνει", "<1@customer.example>"
    try:
        worker = one.start_worker()
        wait_until(lambda: (data_folder / "run" / "mail.sock").exists() or not worker.running)
        taken = one.run("mail-in", input=mail.as_bytes())
        assert taken.returncode == 0, worker.output
        (answer,) = smtp_sink.wait_for(1)
    finally:
        one.end()
    assert "Λάβαμε" in answer.text
