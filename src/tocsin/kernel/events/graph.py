"""Who announces what, and who listens: what `tocsin events` prints and the documentation shows."""

from __future__ import annotations

from tocsin.kernel.events.declared import Announcement, Signal
from tocsin.kernel.events.handlers import handlers_of


def graph() -> str:
    """One line for each event and signal, and below it one for each handler."""
    lines = []
    for name, kind in sorted(Announcement.registry.items()):
        lines.append(f"{name} (signal)" if issubclass(kind, Signal) else name)
        for handler in handlers_of(kind):
            when = "after commit" if handler.later else "in the transaction"
            lines.append(f"    → {handler.name} ({when})")
    return "\n".join(lines)
