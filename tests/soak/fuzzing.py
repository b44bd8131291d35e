"""What the fuzzers share: atheris where it is installed, else hypothesis with the same target and seeds.

Run by hand, each in a process of its own because libFuzzer ends the process it runs in:

    .venv/bin/python -m tests.soak.fuzz_mail --seconds 300
    .venv/bin/python -m tests.soak.fuzz_quotes --seconds 300 --engine hypothesis

What breaks the target is kept in `--keep` (a temporary folder by default) and named in the output.
"""

from __future__ import annotations

import argparse
import atexit
import importlib.util
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SEEDS = Path(__file__).parent / "seeds"
LONGEST_INPUT = 16 * 1024
SLOWEST_S = 10
MEMORY_MB = 700

Target = Callable[[bytes], None]


@dataclass
class Tally:
    """How often the target ran, how long it took at most, and on what."""

    runs: int = 0
    slowest_s: float = 0.0
    slowest: bytes = b""
    began: float = field(default_factory=time.monotonic)
    tell: Callable[[], None] = lambda: None
    tell_after_s: float = float("inf")

    def watched(self, target: Target) -> Target:
        """The target, counted and timed."""

        def run(data: bytes) -> None:
            start = time.perf_counter()
            target(data)
            took = time.perf_counter() - start
            self.runs += 1
            if took > self.slowest_s:
                self.slowest_s, self.slowest = took, data
            if time.monotonic() - self.began > self.tell_after_s:
                self.tell_after_s = float("inf")
                self.tell()

        return run

    def figures(self, engine: str) -> dict[str, Any]:
        """For docs/benchmarks.md."""
        seconds = time.monotonic() - self.began
        return {
            "engine": engine,
            "seconds": round(seconds),
            "runs": self.runs,
            "per_s": round(self.runs / max(seconds, 0.001)),
            "slowest_ms": round(self.slowest_s * 1000, 1),
            "slowest_bytes": len(self.slowest),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }


def arguments() -> argparse.Namespace:
    """The command line of both fuzzers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--memory", type=int, default=MEMORY_MB, help="MB that the process may take")
    parser.add_argument("--engine", choices=["atheris", "hypothesis"], default=_best_engine())
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "tocsin-fuzz")
    return parser.parse_args()


def instrumented(engine: str) -> Any:
    """Around the imports of what is fuzzed, so that atheris sees which lines an input reaches."""
    if engine != "atheris":
        return nullcontext()
    import atheris

    return atheris.instrument_imports(include=["tocsin.channels.email", "tocsin.kernel.text"])


def set_up_django() -> None:
    """Only settings; neither a database nor the rooms are needed to read."""
    import django
    from django.conf import settings

    settings.configure(SECRET_KEY="only-for-tests", USE_TZ=True)
    django.setup()  # what cannot be read says why in words, which asks for translations


def fuzz(name: str, target: Target, seeds: Iterable[bytes], wanted: argparse.Namespace) -> None:
    """Run until the time is over; raises, and keeps the input, at the first that breaks the target."""
    wanted.keep.mkdir(parents=True, exist_ok=True)
    tally = Tally()

    def tell() -> None:
        print(json.dumps({"fuzzer": name, **tally.figures(wanted.engine)}), flush=True)

    # libFuzzer leaves without a goodbye when its time is over, so the figures are told just before.
    tally.tell, tally.tell_after_s = tell, wanted.seconds - 1
    atexit.register(tell)
    run = _run_atheris if wanted.engine == "atheris" else _run_hypothesis
    run(name, tally.watched(target), [*seeds, *_seed_files(name)], wanted)


def _best_engine() -> str:
    return "atheris" if importlib.util.find_spec("atheris") else "hypothesis"


def _seed_files(name: str) -> Iterator[bytes]:
    for path in sorted((SEEDS / name).iterdir()):
        yield path.read_bytes()


def _run_atheris(name: str, target: Target, seeds: list[bytes], wanted: argparse.Namespace) -> None:
    import atheris

    corpus = Path(tempfile.mkdtemp(prefix=f"tocsin-fuzz-{name}-"))
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number:04}").write_bytes(seed)
    options = [
        f"-max_total_time={wanted.seconds}",
        f"-rss_limit_mb={wanted.memory}",
        f"-timeout={SLOWEST_S}",
        f"-max_len={LONGEST_INPUT}",
        f"-dict={SEEDS / name}.dict",
        f"-artifact_prefix={wanted.keep}/{name}-",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    atheris.Setup([sys.argv[0], str(corpus), *options], target)
    atheris.Fuzz()


def _run_hypothesis(name: str, target: Target, seeds: list[bytes], wanted: argparse.Namespace) -> None:
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    resource.setrlimit(resource.RLIMIT_AS, (wanted.memory * 4 * 2**20, resource.RLIM_INFINITY))
    pieces = _dictionary(SEEDS / f"{name}.dict")

    @settings(max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def mutate(data: st.DataObject) -> None:
        raw = bytearray(data.draw(st.sampled_from(seeds)))
        for _ in range(data.draw(st.integers(1, 12))):
            at, length = data.draw(st.integers(0, len(raw))), data.draw(st.integers(0, 30))
            raw[at : at + length] = data.draw(st.sampled_from(pieces) | st.binary(max_size=16))
        with _kept(bytes(raw), wanted.keep / f"{name}-last"):
            target(bytes(raw[:LONGEST_INPUT]))

    until = time.monotonic() + wanted.seconds
    while time.monotonic() < until:
        mutate()


def _dictionary(path: Path) -> list[bytes]:
    """The words of a libFuzzer dictionary."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    quoted = [
        line.partition('"')[2].rpartition('"')[0] for line in lines if line and not line.startswith("#")
    ]
    return [word.encode("latin-1").decode("unicode_escape").encode("latin-1") for word in quoted]


@contextmanager
def _kept(data: bytes, path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.write_bytes(data)
        print(f"kept: {path}", flush=True)
        raise
