"""A figure, its floor, their ratio, and the bound it must keep."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured thing.

    `at_least` and `at_most` bound `value / floor`; a figure without them is only shown.
    """

    what: str
    value: float
    unit: str
    floor_name: str = ""
    floor: float = 0.0
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many floors it is; None without one."""
        return self.value / self.floor if self.floor else None

    @property
    def holds(self) -> bool:
        """Whether the ratio is within its bounds."""
        if self.ratio is None:
            return True
        return (self.at_least is None or self.ratio >= self.at_least) and (
            self.at_most is None or self.ratio <= self.at_most
        )

    @property
    def bound(self) -> str:
        """The bound in words; '' when there is none."""
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return f"at most {self.at_most:g}" if self.at_most is not None else ""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share (0–1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


_HEAD = ("Figure", "Value", "Floor", "", "Ratio", "Bound", "")


def table(figures: Sequence[Figure]) -> str:
    """All of them as a Markdown table, which is what docs/benchmarks.md shows."""
    rows = [_HEAD, *map(_cells, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "|".join(["", *("-" * (width + 2) for width in widths), ""]))
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (f" {cell:<{width}} " for cell, width in zip(cells, widths, strict=True))
    return "|".join(["", *padded, ""])


def _cells(one: Figure) -> tuple[str, ...]:
    return (
        one.what,
        f"{_number(one.value)} {one.unit}",
        one.floor_name,
        f"{_number(one.floor)} {one.unit}" if one.floor else "",
        f"{one.ratio:.3g}" if one.ratio is not None else "",
        one.bound,
        ("ok" if one.holds else "TOO SLOW") if one.bound else "",
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
