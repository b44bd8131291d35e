from dataclasses import dataclass

from tocsin.kernel.events import Event


@dataclass(frozen=True)
class EntryWritten(Event, name="guestbook.entry-written"):
    """A guest wrote."""

    entry_id: int

    def subjects(self) -> list[str]:
        """The entry."""
        return [f"entry:{self.entry_id}"]
