"""`tocsin mail-in`: hand one mail from standard input to the running product, over LMTP on its socket.

A mail server starts this once per mail, so it loads nothing but sockets. It streams: the mail is never
whole in memory. Exit 0 means "committed"; 75 (EX_TEMPFAIL) tells the mail server to keep the mail and try
again, and is the answer to everything else.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

DEFAULT_MAILBOX = "mailbox+default@tocsin.invalid"
"""The recipient that the product's LMTP listener takes for "the default mailbox"."""

UNKNOWN_SENDER = "sender+unknown@tocsin.invalid"
"""The envelope sender that it takes for "nobody said". An empty one is a machine's, which nobody answers."""

EX_TEMPFAIL = 75
_TIMEOUT_S = 60.0
_PIECE = 65536
_LONGEST_SOCKET_PATH = 100
_LONGEST_REPLY = 4096


class NotTaken(Exception):
    """The product did not take the mail."""


def main(words: list[str]) -> int:
    """Deliver standard input, print the inbound id. Whatever else happens, the mail server keeps the mail."""
    try:
        args = _options(words)
        print(deliver(sys.stdin.buffer, args.socket, args.mailbox, args.sender), flush=True)
    except SystemExit as asked:  # argparse: help, or a mistake in the options
        return EX_TEMPFAIL if asked.code else 0
    except BaseException as error:
        print(f"tocsin mail-in: not stored, please try again later: {error}", file=sys.stderr)
        return EX_TEMPFAIL
    return 0


def _options(words: list[str]) -> Namespace:
    from argparse import ArgumentParser

    parser = ArgumentParser(prog="tocsin mail-in", description="Hand in one mail from standard input.")
    parser.add_argument(
        "--mailbox", default=DEFAULT_MAILBOX, metavar="ADDRESS", help="which mailbox it is for"
    )
    parser.add_argument(
        "--sender",
        default=os.environ.get("SENDER", UNKNOWN_SENDER),
        help="envelope sender (default: $SENDER, else unknown)",
    )
    parser.add_argument("--socket", default=_default_socket(), help="the product's mail socket")
    return parser.parse_args(words)


def deliver(mail: BinaryIO, path: str, mailbox: str, sender: str = UNKNOWN_SENDER) -> str:
    """Hand in one mail and return its inbound id once the product has committed it.

    Raises NotTaken or OSError when it has not.
    """
    first = mail.readline(_PIECE)
    if not first:
        raise NotTaken("standard input is empty")
    with connected(path) as plug:
        stream = cast("BinaryIO", plug.makefile("rwb", buffering=_PIECE))
        inbound_id = _converse(stream, first, mail, mailbox, sender)
        _say_goodbye(plug)
        return inbound_id


def _converse(stream: BinaryIO, first: bytes, mail: BinaryIO, mailbox: str, sender: str) -> str:
    with stream as wire:
        _expect(wire, "220")
        _ask(wire, "LHLO localhost", "250")
        _ask(wire, f"MAIL FROM:<{_address(sender)}>", "250")
        _ask(wire, f"RCPT TO:<{_address(mailbox) or DEFAULT_MAILBOX}>", "250")
        _ask(wire, "DATA", "354")
        for piece in lmtp_lines(first, mail):
            wire.write(piece)
        taken = _ask(wire, ".", "250")
    return taken.rpartition("inbound ")[2].split()[0] if "inbound " in taken else ""


def _say_goodbye(plug: socket.socket) -> None:
    """The mail is committed, whoever hangs up first."""
    try:
        plug.sendall(b"QUIT\r\n")
    except OSError:
        return


def lmtp_lines(first: bytes, rest: BinaryIO) -> Iterator[bytes]:
    """The mail as LMTP carries it: lines end in CRLF, a leading dot is doubled, all other bytes are kept.

    Lines longer than a piece come in parts, so a mail of one endless line needs no more memory.
    """
    at_start, before, piece = True, b"", first
    while piece:
        if at_start and piece.startswith(b"."):
            yield b"."
        at_start = piece.endswith(b"\n")
        yield _with_crlf(piece, before) if at_start else piece
        before, piece = piece, rest.readline(_PIECE)
    if not at_start:
        yield b"\n" if before.endswith(b"\r") else b"\r\n"


def _with_crlf(piece: bytes, before: bytes) -> bytes:
    """`piece` ends in LF; the CR may have been the last byte of the piece before."""
    has_cr = piece.endswith(b"\r\n") or (piece == b"\n" and before.endswith(b"\r"))
    return piece if has_cr else piece[:-1] + b"\r\n"


def _default_socket() -> str:
    return os.path.join(os.environ.get("TOCSIN_DATA", "data"), "run", "mail.sock")  # noqa: PTH118 - pathlib costs 8 ms per mail


def connected(path: str) -> socket.socket:
    """The product's mail socket, open. Raises NotTaken when nobody answers there."""
    plug = socket.socket(socket.AF_UNIX)
    plug.settimeout(_TIMEOUT_S)
    try:
        if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
            plug.connect(path)
        else:
            _connect_by_folder(plug, path)
    except OSError as error:
        plug.close()
        raise NotTaken(f"Tocsin does not answer at {path} ({error.strerror}); is it running?") from None
    return plug


def _connect_by_folder(plug: socket.socket, path: str) -> None:
    """A path that is too long for the kernel is reached through its opened folder."""
    folder, name = os.path.split(path)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        plug.connect(f"/proc/self/fd/{descriptor}/{name}")
    finally:
        os.close(descriptor)


def _address(text: str) -> str:
    """As an envelope address; what could not be one becomes empty."""
    bare = text.strip().strip("<>")
    return bare if bare.isascii() and bare.isprintable() and " " not in bare else ""


def _ask(wire: BinaryIO, command: str, wanted: str) -> str:
    wire.write(f"{command}\r\n".encode("ascii"))
    return _expect(wire, wanted)


def _expect(wire: BinaryIO, wanted: str) -> str:
    """The last line of the answer, which must begin with `wanted`."""
    wire.flush()
    while True:
        line = wire.readline(_LONGEST_REPLY).decode("utf-8", "replace")
        if line[3:4] != "-":
            break
    if not line.startswith(wanted):
        raise NotTaken(f"the answer was: {line.strip() or 'none, the connection ended'}")
    return line.strip()
