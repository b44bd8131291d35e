"""What a test may rest on: never on how busy the machine is, nor on what day it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# Long runs measure, and the harness waits.
_APART = {"harness", "soak"}
_CLOCKS = {"time.perf_counter", "time.monotonic", "time.time"}
_LEAST_PATIENCE_S = 60


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(TESTS.rglob("*.py")):
        if not _APART.intersection(path.relative_to(TESTS).parts):
            yield path.relative_to(TESTS), ast.parse(path.read_text(encoding="utf-8"))


def test_no_test_asserts_elapsed_time() -> None:
    """CPU time with a wide bound (`harness.cpu`), a count or an order instead."""
    found = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "perf_counter":
                found.append(f"{path}:{node.lineno}")
            if isinstance(node, ast.Assert):
                found += [f"{path}:{node.lineno}" for part in ast.walk(node) if is_elapsed(part)]
    assert found == []


def is_elapsed(node: ast.AST) -> bool:
    """`time.monotonic() - began` and the like."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and reads_a_clock(node.left)


def reads_a_clock(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in _CLOCKS


def test_no_wait_gives_up_early() -> None:
    """A limit that a busy machine may reach is a test that fails now and then."""
    found = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) == "wait_until":
                found += [
                    f"{path}:{node.lineno}"
                    for keyword in node.keywords
                    if keyword.arg == "patience_s"
                    and isinstance(keyword.value, ast.Constant)
                    and float(str(keyword.value.value)) < _LEAST_PATIENCE_S
                ]
    assert found == []


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("assert time.monotonic() - began < 5", True),
        ("assert 3 > time.time() - began", True),
        ("assert time.monotonic() < deadline", False),
        ("assert clock.now() - began < x", False),
    ],
)
def test_elapsed_time_is_known_when_seen(source: str, wrong: bool) -> None:
    assert any(map(is_elapsed, ast.walk(ast.parse(source)))) is wrong
