"""Every benchmark runs to its end, on little. Its figures are read by hand; it must not rot in between."""

from __future__ import annotations

from importlib import import_module

import pytest
from bench.__main__ import NAMES

pytestmark = pytest.mark.long

_LITTLE: dict[str, dict[str, object]] = {
    "intake": {"MAILS": 40, "WARM": 4},
    "pipe": {"MAILS": 4, "_TRIES": 3},
    "imap": {"MAILS": 40},
    "growth": {"SIZES": (0,)},
    "memory": {"SIZE": 2_000_000, "IN_A_ROW": 2},
    "pages": {"SMALL": 200, "LARGE": 600, "REQUESTS": 6, "_WARM": 2},
    "news": {"ROUNDS": 1, "ROUND_S": 0.2},
    "notice": {"CUSTOMERS": 60},
}


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_to_its_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    benchmark = import_module(f"bench.{name}")
    for constant, value in _LITTLE[name].items():
        monkeypatch.setattr(benchmark, constant, value)
    figures = benchmark.measure()
    assert figures
    assert all(figure.value >= 0 for figure in figures)
