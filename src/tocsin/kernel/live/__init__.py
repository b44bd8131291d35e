"""Live screens: Server-Sent Events from a small ASGI endpoint beside Django (design §2).

Every event and signal that has topics leaves a row of `LiveUpdate`. That table is the truth; NOTIFY only
wakes us. An event's id on the wire *is* a `pg_snapshot`: a browser that comes back gets exactly the rows
that its snapshot could not see, also those that commit late.

A screen hears of its topics in three ways: as the event happens (`ticket:T-1` for who has that ticket
open), as a digest at most once a second (`digests`: what changed in a list, and the numbers beside it), and
who else is at the same place (`presence`, which is stored nowhere).
"""

from tocsin.kernel.live.app import LiveApp
from tocsin.kernel.live.digests import Digest, Reader, Told, register
from tocsin.kernel.live.replay import current_snapshot
from tocsin.kernel.live.tokens import Pass, make_token, read_token

__all__ = [
    "Digest",
    "LiveApp",
    "Pass",
    "Reader",
    "Told",
    "current_snapshot",
    "make_token",
    "read_token",
    "register",
]
