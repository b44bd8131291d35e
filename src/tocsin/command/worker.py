"""`tocsin worker`: jobs, pollers, listeners and the outbox, until told to stop."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tocsin.command.installation import add_data_option, data_folder, join_running


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    add_data_option(parser)


def run(args: Namespace) -> int:
    """Run one worker; any number may run, on any number of machines."""
    join_running(data_folder(args))
    return work()


def load() -> None:
    """Load all that a worker is made of, so that processes forked from this one share it."""
    from tocsin.project import worker

    worker.load()


def work() -> int:
    """Work until told to stop; the exit code."""
    from tocsin.project import worker

    worker.run()
    return 0
