"""The fuzzers, each for SOAK_FUZZ_SECONDS (300) in a process of its own: no crash, no hang, little memory."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = int(os.environ.get("SOAK_FUZZ_SECONDS", "300"))


def run(name: str, seconds: int, keep: Path, *options: str) -> dict[str, object]:
    """The figures of a run; AssertionError with what it said when it found something."""
    command = [
        sys.executable,
        "-m",
        f"tests.soak.fuzz_{name}",
        "--seconds",
        str(seconds),
        "--keep",
        str(keep),
    ]
    env = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, timeout=seconds * 3 + 120, env=env, check=False
    )
    assert done.returncode == 0, f"kept in {keep}\n{(done.stdout + done.stderr)[-8_000:]}"
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"fuzzer"')]
    found: dict[str, object] = json.loads(lines[0])
    return found


@pytest.mark.soak
@pytest.mark.parametrize("name", ["mail", "quotes"])
def test_soak_fuzz(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = run(name, SECONDS, tmp_path)
    with capsys.disabled():
        print(f"\n{json.dumps(figures)}", flush=True)


@pytest.mark.parametrize("name", ["mail", "quotes"])
@pytest.mark.parametrize("engine", ["atheris", "hypothesis"])
def test_the_fuzzers_run(name: str, engine: str, tmp_path: Path) -> None:
    """Briefly, so that they work when they are needed."""
    if engine == "atheris" and not importlib.util.find_spec("atheris"):
        pytest.skip("atheris is not made for this Python or machine")
    figures = run(name, 2, tmp_path, "--engine", engine)
    assert int(str(figures["runs"])) > 10
