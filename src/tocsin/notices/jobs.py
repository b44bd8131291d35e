"""The notices' work by the clock."""

from __future__ import annotations

from tocsin.kernel.jobs import by_the_clock
from tocsin.notices import services


@by_the_clock("* * * * *", name="notices.follow-up-late")
def follow_up_late() -> None:
    """Every minute: what nobody took in time goes to its reader's next address."""
    while services.follow_up_late():
        pass
