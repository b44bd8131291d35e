"""Codes of reasons stay for ever, are worded in every language, and nothing looks at their sentences."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from tests.harness import codes, messages

SOURCES = messages.SOURCES
KEPT = {"reason", "answer", "last_error", "tidy_error", "linked_reason", "bounce_reason", "defects"}
"""What holds a reason, by its name on the object that has it."""
_HOLE = re.compile(r"%\((\w+)\)s")
_SHOWN = re.compile(
    r"\{\{ ?[\w.]*\b"
    r"(?:reason|last_error|tidy_error|linked_reason|bounce_reason|delivery\.answer)\b([^}]*)\}\}"
)
_ASKING = {"startswith", "endswith", "find", "index", "count", "split", "partition", "removeprefix"}


def test_a_code_that_is_gone_or_has_other_values_is_found() -> None:
    page = [
        codes.Row("a.one", (), "One."),
        codes.Row("a.two", ("x",), "Two %(x)s."),
        codes.Row("b.three", (), ""),
    ]
    rooms = [
        codes.Row("a.two", ("y",), "Two %(y)s."),
        codes.Row("b.three", (), "Better."),
        codes.Row("a.new", (), ""),
    ]
    assert codes.problems(page, rooms) == [
        "a.one is gone",
        "a.two had the values ('x',) and has ('y',)",
    ]
    assert [one.code for one in codes.merged(page[1:], rooms)] == ["a.two", "a.new", "b.three"]
    assert codes.merged(page[2:], rooms)[0].text == "Better."


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_code_is_worded_with_its_values(language: str) -> None:
    catalog = messages.kept(language)
    for one in codes.in_the_rooms():
        message = catalog.get(one.text)
        assert message and message.string, one.code
        assert sorted(set(_HOLE.findall(str(message.string)))) == list(one.values), one.code


def test_codes_are_declared_in_one_place_of_each_room() -> None:
    """In `reasons.py`; a channel that is one file has its own."""
    for path in SOURCES.rglob("*.py"):
        if re.search(r"\bReason\(\s*[\"']", path.read_text()) and path.name != "reasons.py":
            assert path.parent.name == "channels", path


def test_pages_word_what_they_show() -> None:
    unworded = [
        f"{path.name}: {found[0]}"
        for path in SOURCES.rglob("*.html")
        for found in _SHOWN.finditer(path.read_text())
        if not found[1].startswith("|worded")
    ]
    assert unworded == []


def test_what_is_refused_is_a_code() -> None:
    """People read it in their language, programs by its code. A bare text is for programmers alone."""
    worded = re.compile(r"\b(?:Refused|Conflict|NotFound)\(\s*(?:_|gettext)\(")
    found = [path.name for path in SOURCES.rglob("*.py") if worded.search(path.read_text())]
    assert found == []


def test_no_logic_looks_at_a_sentence() -> None:
    """Neither compared with a text, nor searched for one: `Reason.is_in` and `Reason.mark` ask for codes."""
    found = [f"{path.name}:{line}" for path in SOURCES.rglob("*.py") for line in _looks(path)]
    assert found == []


def test_looking_at_a_sentence_is_found(tmp_path: Path) -> None:
    source = 'a.reason == "gone"\n"x" in b.answer\nc.last_error.startswith("x")\nre.search("x", d.reason)\n'
    (tmp_path / "room.py").write_text(f'{source}a.reason == ""\na.reason == b.reason\n')
    assert _looks(tmp_path / "room.py") == [1, 2, 3, 4]


def _looks(path: Path) -> list[int]:
    return sorted(
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Compare) and _compares(node))
        or (isinstance(node, ast.Call) and _searches(node))
    )


def _compares(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    has_text = any(
        isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value for one in sides
    )
    return has_text and any(map(_is_kept, sides))


def _searches(node: ast.Call) -> bool:
    if not isinstance(node.func, ast.Attribute):
        return False
    on_it = node.func.attr in _ASKING and _is_kept(node.func.value)
    return on_it or (node.func.attr in {"search", "match", "fullmatch"} and any(map(_is_kept, node.args)))


def _is_kept(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in KEPT
