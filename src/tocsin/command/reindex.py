"""`tocsin reindex`: what everything is found by, made again."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace

from tocsin.command.faults import Fault
from tocsin.command.installation import SETTINGS


def arguments(parser: ArgumentParser) -> None:
    """What to index, and how much at once."""
    parser.add_argument("kind", nargs="*", help="such as ticket or customer; all kinds where none is named")
    parser.add_argument("--batch", type=int, default=500, help="things in one transaction (500)")
    parser.add_argument("--anew", action="store_true", help="from the beginning, not from where it was ended")


def run(args: Namespace) -> int:
    """Index kind by kind. It may be ended at any time, and goes on from there when called again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
    from tocsin.kernel.search import indexers
    from tocsin.kernel.search.reindexing import reindex

    unknown = set(args.kind) - set(indexers())
    if unknown:
        raise Fault(f"There is no “{min(unknown)}” to index; there are {', '.join(indexers())}.")
    for kind in args.kind or indexers():
        for count in reindex(kind, batch=max(1, args.batch), anew=args.anew):
            print(f"\r{kind}: {count}", end="", flush=True)
        print()
    return 0
