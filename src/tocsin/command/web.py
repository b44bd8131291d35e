"""`tocsin web`: the web processes (uvicorn)."""

from __future__ import annotations

import asyncio
import os
import socket
from argparse import ArgumentParser, Namespace
from functools import partial
from typing import TYPE_CHECKING, Any

from tocsin.command.children import Child, Family, share_memory
from tocsin.command.faults import Fault
from tocsin.command.installation import add_data_option, data_folder, join_running

if TYPE_CHECKING:
    import uvicorn

_LOOK_FOR_STOP_S = 0.5
_GRACE_S = 3
"""How long a stopping process waits for open requests; live screens are open for ever and come back."""


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    add_address_options(parser)
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="how many processes")
    add_data_option(parser)


def add_address_options(parser: ArgumentParser) -> None:
    """`--host` and `--port`."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")


def run(args: Namespace) -> int:
    """Serve until told to stop."""
    join_running(data_folder(args))
    plugs = listening_sockets(args.host, args.port, max(1, args.workers))
    return _serve_with_many(plugs) if len(plugs) > 1 else serve(plugs[0])


def listening_sockets(host: str, port: int, count: int) -> list[socket.socket]:
    """A socket for each of so many processes on one address, among which Linux shares what comes in.

    Who holds them for the processes sees to it that callers wait, and are not refused, while one is started
    again. Raises Fault where somebody else listens there.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        first = _bound(family, kind, address, shared=False)
        if count == 1:
            return [_listening(first)]
        address = first.getsockname()
        first.close()  # nobody else is there: it would have been refused
        return [_listening(_bound(family, kind, address, shared=True)) for _ in range(count)]
    except OSError as error:
        raise Fault(
            f"Cannot listen on {host} port {port}: {error.strerror}. Choose another with --host and --port."
        ) from None


def _bound(family: int, kind: int, address: Any, *, shared: bool) -> socket.socket:
    plug = socket.socket(family, kind)
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    plug.bind(address)
    return plug


def _listening(plug: socket.socket) -> socket.socket:
    plug.listen(2048)
    return plug


def load() -> None:
    """Load all that a web process is made of, so that processes forked from this one share it."""
    from tocsin.project import asgi

    assert asgi.application


def serve(plug: socket.socket) -> int:
    """Answer what comes in on this socket until told to stop; the exit code."""
    import uvicorn

    from tocsin.project.django_app import keep_connections

    keep_connections()
    config = uvicorn.Config(
        "tocsin.project.asgi:application",
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"),
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _quiet_server(config)
    server.run(sockets=[plug])
    return 0 if server.started else 1


def _quiet_server(config: uvicorn.Config) -> uvicorn.Server:
    import uvicorn

    class QuietServer(uvicorn.Server):
        """Looks twice a second whether it is to stop, and not ten times."""

        async def main_loop(self) -> None:
            """As the library's, in larger steps: every tenth of its ticks does something."""
            tick = 0
            while not await self.on_tick(tick):
                tick = (tick + 10) % 864_000
                await asyncio.sleep(_LOOK_FOR_STOP_S)

    return QuietServer(config)


def _serve_with_many(plugs: list[socket.socket]) -> int:
    load()
    share_memory()
    webs = [Child(f"web {number}", partial(serve, plug)) for number, plug in enumerate(plugs, 1)]
    family = Family(webs, say=partial(print, flush=True))
    family.listen()
    while not family.stopping:
        family.tend()
        family.rest(1.0)
    family.stop()
    return 0
