from tocsin.guestbook import services
from tocsin.guestbook.events import EntryWritten

from tocsin.kernel.events import Announced, subscribe


@subscribe(EntryWritten, name="guestbook.thank")
def thank(announced: Announced[EntryWritten]) -> None:
    """Whoever wrote is thanked."""
    services.thank(announced.event.entry_id)
