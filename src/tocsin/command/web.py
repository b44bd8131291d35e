"""`tocsin web`: the web processes (uvicorn)."""

from __future__ import annotations

import os
import socket
from argparse import ArgumentParser, Namespace

from tocsin.command.children import Child, Family, tocsin
from tocsin.command.faults import Fault
from tocsin.command.installation import add_data_option, data_folder, join_running

_GRACE_S = 3
"""How long a stopping process waits for open requests; live screens are open for ever and come back."""


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    add_address_options(parser)
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="how many processes")
    parser.add_argument("--fd", type=int, help="serve this listening socket instead (used between processes)")
    add_data_option(parser)


def add_address_options(parser: ArgumentParser) -> None:
    """`--host` and `--port`."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")


def run(args: Namespace) -> int:
    """Serve until told to stop."""
    join_running(data_folder(args))
    plug = socket.socket(fileno=args.fd) if args.fd is not None else listening_socket(args.host, args.port)
    if args.workers > 1:
        return _serve_with_many(plug, args)
    return _serve(plug)


def listening_socket(host: str, port: int) -> socket.socket:
    """The socket that web processes share: while one is started again, callers wait and are not refused."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        plug = socket.socket(family, kind)
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        plug.bind(address)
        plug.listen(2048)
    except OSError as error:
        raise Fault(
            f"Cannot listen on {host} port {port}: {error.strerror}. Choose another with --host and --port."
        ) from None
    return plug


def web_child(plug: socket.socket, name: str = "web") -> Child:
    """A web process on the shared socket."""
    return Child(name, tocsin("web", "--fd", str(plug.fileno())), files=(plug.fileno(),))


def _serve(plug: socket.socket) -> int:
    import uvicorn

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
    server = uvicorn.Server(config)
    server.run(sockets=[plug])
    return 0 if server.started else 1


def _serve_with_many(plug: socket.socket, args: Namespace) -> int:
    names = [f"web {number}" for number in range(1, args.workers + 1)]
    family = Family([web_child(plug, name) for name in names], say=lambda text: print(text, flush=True))
    family.listen()
    while not family.stopping:
        family.tend()
        family.rest(1.0)
    family.stop()
    return 0
