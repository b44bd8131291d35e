"""`tocsin demo`: everything that `tocsin up` runs, on a demo company; `--outage` plays an outage on it."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from tocsin.command.demo import company
from tocsin.command.demo.place import check_is_demo, remember
from tocsin.command.demo.sink import FOLDER, MailSink
from tocsin.command.folders import make_data_folder
from tocsin.command.up import say, serve
from tocsin.command.web import add_address_options, listening_sockets

PREPARE = "tocsin.command.demo.prepare"


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    default = os.environ.get("TOCSIN_DATA", "data") + "/demo"
    parser.add_argument(
        "--data", type=Path, default=Path(default), help="a folder of its own (default: %(default)s)"
    )
    add_address_options(parser)
    parser.add_argument(
        "--outage", action="store_true", help="play an outage, on the demo that runs if one does"
    )
    parser.add_argument("--fast", action="store_true", help="with --outage: shorter pauses")


def run(args: Namespace) -> int:
    """Run the demo, or play the outage on it."""
    data: Path = args.data.absolute()
    if args.outage:
        from tocsin.command.demo.outage import play_on

        return play_on(data, args.host, args.port, fast=args.fast)
    make_data_folder(data)
    check_is_demo(data)
    sink = MailSink(data / FOLDER, *listening_sockets("127.0.0.1", 0, 1))
    url = f"http://{args.host}:{args.port}"
    _set_scene(url, sink.url)
    return serve(
        data,
        args.host,
        args.port,
        prepare=PREPARE,
        beside={"mail sink": sink.run},
        when_ours=lambda: remember(data, url),
        when_ready=lambda: _welcome(data, url),
    )


def _set_scene(url: str, smtp_url: str) -> None:
    """The company's settings, whatever the shell's environment says of another installation."""
    for name in ("TOCSIN_IMAP_URL", "TOCSIN_SMTP_LISTEN"):
        os.environ.pop(name, None)
    os.environ["TOCSIN_URL"] = url
    os.environ["TOCSIN_SMTP_URL"] = smtp_url
    os.environ["TOCSIN_MAIL_FROM"] = company.MAIL_FROM
    os.environ["TOCSIN_COMPANY"] = company.NAME
    os.environ["TOCSIN_TIME_ZONE"] = company.TIME_ZONE


def _own_name() -> str:
    """How this command was called, so that the printed line can be typed."""
    called = Path(sys.argv[0])
    if called.name != "tocsin":
        return "tocsin"
    here = Path.cwd()
    return str(called.relative_to(here) if called.is_relative_to(here) else called)


def _welcome(data: Path, url: str) -> None:
    width = max(len(person.name) for person in company.STAFF)
    wide = max(len(person.address) for person in company.STAFF)
    logins = [
        f"  {person.name:<{width}}  {person.title:<16}  {person.address:<{wide}}  {person.password}"
        for person in company.STAFF
    ]
    again = "" if data == Path("data/demo").absolute() else f" --data {data}"
    say(
        "\n".join(
            [
                "",
                f"This is {company.NAME}, a company that does not exist, with two months of tickets.",
                f"  Console    {url}/",
                f"  News page  {url}/status/",
                "",
                "Logins (name, work, address, password):",
                *logins,
                "",
                "Try this:",
                f"  1. Sign in as {company.TECHNICIAN.name} and answer a new ticket.",
                f"  2. In a second terminal: {_own_name()} demo --outage{again}",
                "  3. Watch the inbox, the Red Alert room and the news page while it plays.",
                "",
                f"No mail leaves this machine. What is sent lies in {data / FOLDER}.",
                "Ctrl-C stops everything.",
            ]
        )
    )
