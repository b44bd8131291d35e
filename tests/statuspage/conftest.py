"""A small server that shows pages to browsers and programs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from tests.harness.processes import free_port
from tests.harness.waiting import wait_until


class Served:
    """An ASGI application on a port of the loopback, in a thread."""

    def __init__(self, app: Any) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        options = {"log_level": "warning", "lifespan": "off", "interface": "asgi3"}
        config = uvicorn.Config(app, host="127.0.0.1", port=self.port, **options)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        wait_until(lambda: self._server.started, "the server listens")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[[Any], Served]]:
    """`serve(app)` serves it until the test ends."""
    with contextlib.ExitStack() as stack:

        def start(app: Any) -> Served:
            one = Served(app)
            one.start()
            stack.callback(one.stop)
            return one

        yield start
