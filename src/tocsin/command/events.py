"""`tocsin events`: who publishes and who listens."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace

from tocsin.command.installation import SETTINGS


def arguments(parser: ArgumentParser) -> None:
    """No options: the picture is drawn from the code alone."""


def run(args: Namespace) -> int:
    """Print the graph."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
    from tocsin.kernel import events

    print(events.graph())
    return 0
