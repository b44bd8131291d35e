"""A mail server in a process of its own that takes everything, counts it, and keeps nothing."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from types import TracebackType

_END = b"\r\n.\r\n"
_ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 50000000\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class _Session(asyncio.Protocol):
    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = bytearray()
        self._in_data = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._take_data() if self._in_data else self._take_line():
            pass

    def _take_data(self) -> bool:
        end = self._buffer.find(_END)
        if end < 0:
            return False
        del self._buffer[: end + len(_END)]
        self._in_data = False
        _Session.taken += 1
        self._transport.write(b"250 taken\r\n")
        return True

    def _take_line(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return False
        verb = bytes(self._buffer[:4]).upper()
        del self._buffer[: end + 2]
        self._in_data = verb == b"DATA"
        if verb == b"XCOU":
            self._transport.write(b"250 %d\r\n" % _Session.taken)
        else:
            self._transport.write(_ANSWERS.get(verb, b"250 ok\r\n"))
        return True


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Sink:
    """The server, started for a while."""

    def __enter__(self) -> Sink:
        self._process = subprocess.Popen([sys.executable, "-m", "bench.sink"], stdout=subprocess.PIPE)
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())
        self._plug = socket.create_connection(("127.0.0.1", self.port))
        self._plug.recv(100)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._plug.close()
        self._process.kill()
        self._process.wait()

    @property
    def url(self) -> str:
        """For TOCSIN_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def count(self) -> int:
        """How many mails it has taken so far."""
        self._plug.sendall(b"XCOUNT\r\n")
        return int(self._plug.recv(100).split()[1])

    def wait_for(self, count: int, timeout_s: float) -> float:
        """Wait until it has taken so many; the moment (monotonic) when it was seen."""
        deadline = time.monotonic() + timeout_s
        while (taken := self.count()) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"the sink took {taken} of {count} mails in {timeout_s:g} s")
            time.sleep(0.01)
        return time.monotonic()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve())
