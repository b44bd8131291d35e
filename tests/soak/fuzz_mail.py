"""Fuzzing the reader of mails: nothing but Unreadable comes out, always storable, always in time (A15)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from tests.soak import fuzzing

_ENVELOPE = {
    "received_at": "2026-11-20T10:00:00+00:00",
    "trusted_authserv_ids": ["mx.example.test"],
    "own_message_id_domains": ["tocsin.example.test"],
}


def target(read: Callable[..., Any], unreadable: type[Exception]) -> fuzzing.Target:
    """What must hold for any bytes."""

    def run(data: bytes) -> None:
        try:
            inbound = read(data, _ENVELOPE)
        except unreadable as error:
            if "could not be read" in str(error):  # the net that is there for what nobody thought of
                raise error.__cause__ or error from None
            return
        for text in _texts(dataclasses.astuple(inbound)):
            assert "\x00" not in text
            text.encode("utf-8")
        assert len(inbound.fingerprint) in (0, 64)

    return run


def seeds() -> list[bytes]:
    """The mails of the corpus that the tests read."""
    from tests.channels.corpus import bodies, charsets, headers, machines

    return [case.raw for module in (bodies, charsets, headers, machines) for case in module.CASES]


def _texts(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _texts(value)


def main() -> None:
    """The command."""
    wanted = fuzzing.arguments()
    fuzzing.set_up_django()
    with fuzzing.instrumented(wanted.engine):
        from tocsin.channels.base import Unreadable
        from tocsin.channels.email.read import read
    fuzzing.fuzz("mail", target(read, Unreadable), seeds(), wanted)


if __name__ == "__main__":
    main()
