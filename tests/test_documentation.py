"""The reference pages are true: every setting, command and event is there, and every link leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.harness import codes
from tests.harness.waiting import PATIENCE_S

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")]


def test_every_setting_is_documented() -> None:
    source = (ROOT / "src/tocsin/project/settings.py").read_text()
    page = (DOCS / "reference/settings.md").read_text()
    names = set(re.findall(r'environ\.get\(\s*"([A-Z_]+)"', source))
    assert names
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_every_setting_of_the_console_is_documented() -> None:
    from tocsin.command.demo import loader
    from tocsin.kernel import settings

    page = (DOCS / "reference/settings.md").read_text()
    keys = {setting.key for setting in settings.declared()}
    assert loader.LOADED_AT.key in keys
    assert {key for key in keys if f"| `{key}` |" not in page} == set()
    listed = set(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", page, re.MULTILINE))
    assert listed - keys == set(), "no longer declared"


def test_every_command_is_documented() -> None:
    from tocsin.command import COMMANDS

    page = (DOCS / "reference/commands.md").read_text()
    assert {name for name in COMMANDS if f"`tocsin {name}" not in page} == set()


def test_the_events_page_is_what_the_command_prints() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "tocsin.command", "events"],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    ).stdout
    page = (DOCS / "reference/events.md").read_text()
    assert page.split("```")[1].strip() == printed.strip(), (
        "run: tocsin events, and put it into docs/reference/events.md"
    )


def test_the_filters_page_is_what_the_command_prints() -> None:
    from tocsin.kernel.filters.reference import reference

    page = (DOCS / "reference/filters.md").read_text()
    assert page.partition("\n## ")[2].strip() == reference().removeprefix("## "), (
        "run: tocsin filters, and put it into docs/reference/filters.md"
    )


def test_every_code_ever_used_is_still_there_and_means_the_same() -> None:
    page, rooms = codes.on_the_page(), codes.in_the_rooms()
    assert len(page) > 100
    assert codes.problems(page, rooms) == []
    assert codes.written(codes.merged(page, rooms)) == codes.PAGE.read_text(), "run `make codes`"


def test_every_floor_of_the_house_is_on_the_map() -> None:
    rooms = [path.parent.name for path in (ROOT / "src/tocsin").glob("*/__init__.py")]
    page = (DOCS / "architecture.md").read_text()
    assert {room for room in rooms if f"`{room}`" not in page} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_requirements_name_files_that_are_there() -> None:
    page = (DOCS / "requirements.md").read_text()
    rows = re.findall(r"^\| [A-G]\d\d \| (?:whole|part) \|[^|]*\|([^|]*)\|([^|]*)\|$", page, re.MULTILINE)
    assert rows
    missing = []
    for where, tests in rows:
        missing += [name for name in re.findall(r"`([^`]+)`", tests) if not _is_there(ROOT / "tests", name)]
        rooms = re.findall(r"`([^`]+/[^`]*)`", where)
        missing += [name for name in rooms if not _is_there(ROOT / "src/tocsin", name)]
    assert missing == []


def _is_there(base: Path, name: str) -> bool:
    return name == "bench" or any(base.glob(name.rstrip("/")))
