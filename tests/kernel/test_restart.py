"""A loop that fails starts again, and ends when it is asked to."""

import threading

from tocsin.kernel.restart import patiently


def test_a_loop_that_fails_starts_again() -> None:
    stop, begun = threading.Event(), []

    def loop(stop: threading.Event) -> None:
        begun.append(len(begun))
        if len(begun) < 2:
            raise OSError("the database went away")
        stop.set()

    patiently(loop, stop)
    assert begun == [0, 1]


def test_it_does_not_begin_when_it_is_asked_to_stop() -> None:
    stop = threading.Event()
    stop.set()
    patiently(lambda stop: 1 / 0, stop)
