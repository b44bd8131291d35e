"""The mailroom's work by the clock."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tocsin.mailroom.services import reports, watching


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="count_arrivals")
def count_arrivals(timestamp: int) -> None:
    """Count what came by the hour, every minute."""
    watching.count_arrivals()


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="raise_silence_alarms")
def raise_silence_alarms(timestamp: int) -> None:
    """Look every five minutes whether a mailbox has been silent for longer than usual."""
    watching.raise_silence_alarms()


@app.periodic(cron="41 3 * * *")
@app.task(queueing_lock="forget_old_hours")
def forget_old_hours(timestamp: int) -> None:
    """Once a night, remove hours from which nothing is learned any more."""
    watching.forget_old_hours()


@app.periodic(cron="47 3 * * *")
@app.task(queueing_lock="forget_old_reports")
def forget_old_reports(timestamp: int) -> None:
    """Once a night, remove providers' reports of long ago; what they made of deliveries stays."""
    reports.forget_old_reports()
