"""The `tocsin` command: finds the subcommand and hands over to its module.

Each subcommand is one module with `arguments(parser)` and `run(args) -> exit code`, imported only when it
is called for: `tocsin mail-in` runs once per mail and loads no framework.
"""

import sys

# subcommand: (module in this package, what it does)
COMMANDS = {
    "up": ("up", "run everything on this machine: database, web, worker"),
    "demo": ("demo", "the same, with a demo company; --outage plays an outage"),
    "web": ("web", "run the web processes"),
    "worker": ("worker", "run a background worker"),
    "mail-in": ("mail_in", "hand in one mail from standard input"),
    "migrate": ("migrate", "bring the database to the newest state"),
    "doctor": ("doctor", "say what is missing and how to mend it"),
    "backup": ("backup", "save everything into one file"),
    "restore": ("restore", "bring a backup back"),
    "events": ("events", "show which events there are and who listens"),
    "filters": ("filters", "show what can be filtered, and how"),
    "reindex": ("reindex", "make again what everything is found by"),
    "api-key": ("api_key", "make a token for the API"),
    "staff": ("staff", "add a member of staff"),
}


def main(argv: list[str] | None = None) -> int:
    """Run `tocsin ARGUMENTS` and return its exit code."""
    words = sys.argv[1:] if argv is None else argv
    if not words or words[0] in ("-h", "--help", "help"):
        print(_overview())
        return 0
    if words[0] == "--version":
        return _print_version()
    if words[0] not in COMMANDS:
        print(f'There is no "tocsin {words[0]}".\n\n{_overview()}', file=sys.stderr)
        return 2
    if words[0] == "mail-in":
        from tocsin.command import mail_in

        return mail_in.main(words[1:])
    return _run(words[0], words[1:])


def _run(name: str, words: list[str]) -> int:
    import argparse
    from importlib import import_module

    module_name, what = COMMANDS[name]
    module = import_module(f"tocsin.command.{module_name}")
    parser = argparse.ArgumentParser(prog=f"tocsin {name}", description=what[0].upper() + what[1:] + ".")
    module.arguments(parser)
    from tocsin.command.faults import Fault

    try:
        return int(module.run(parser.parse_args(words)))
    except Fault as fault:
        print(f"tocsin {name}: {fault}", file=sys.stderr)
        return fault.exit_code
    except KeyboardInterrupt:
        return 130


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = (f"  {name:<{width}}  {what}" for name, (_, what) in COMMANDS.items())
    return "\n".join(["usage: tocsin COMMAND …", "", *lines, "", "tocsin COMMAND --help says more."])


def _print_version() -> int:
    from importlib.metadata import version

    print(version("tocsin"))
    return 0
