"""`tocsin filters`: what can be filtered, and how."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace

from tocsin.command.installation import SETTINGS


def arguments(parser: ArgumentParser) -> None:
    """No options: the rooms declare it all."""


def run(args: Namespace) -> int:
    """Print the fields and comparisons."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
    from tocsin.kernel.filters.reference import reference

    print(reference())
    return 0
