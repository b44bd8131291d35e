"""The mailroom's work by the clock."""

from __future__ import annotations

from tocsin.kernel.jobs import by_the_clock
from tocsin.kernel.sweeps import sweep
from tocsin.mailroom import direct, services
from tocsin.mailroom.services import reports, staff, watching


@sweep("mailroom.queue-what-is-due")
def queue_what_is_due() -> None:
    """Let what was deferred until now go out."""
    services.queue_what_is_due()


@sweep("mailroom.settle-for-the-dead")
def settle_for_the_dead() -> None:
    """Settle what a process that ended has left."""
    if services.is_something_in_flight():
        with direct.connect() as db:
            services.settle_for_the_dead(db)


@by_the_clock("* * * * *", name="mailroom.count-arrivals")
def count_arrivals() -> None:
    """Count what came by the hour, every minute."""
    watching.count_arrivals()


@by_the_clock("*/5 * * * *", name="mailroom.raise-silence-alarms")
def raise_silence_alarms() -> None:
    """Look every five minutes whether an account has been silent for longer than usual."""
    watching.raise_silence_alarms()


@by_the_clock("* * * * *", name="mailroom.follow-up-late-staff-notices")
def follow_up_late_staff_notices() -> None:
    """Every minute: what nobody took in time goes to staff's next address."""
    staff.follow_up_late()


@by_the_clock("41 3 * * *", name="mailroom.forget-old-hours")
def forget_old_hours() -> None:
    """Once a night, remove hours from which nothing is learned any more."""
    watching.forget_old_hours()


@by_the_clock("47 3 * * *", name="mailroom.forget-old-reports")
def forget_old_reports() -> None:
    """Once a night, remove providers' reports of long ago; what they made of deliveries stays."""
    reports.forget_old_reports()
