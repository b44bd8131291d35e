"""`tocsin staff create EMAIL`: a member of staff with a generated password, shown once."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser, Namespace

from tocsin.command.faults import Fault
from tocsin.command.installation import add_data_option, data_folder, ready_django


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("action", choices=["create"])
    parser.add_argument("email")
    parser.add_argument("--name", default="", help="as colleagues see it (default: the part before the @)")
    parser.add_argument("--role", default="agent", help="such as agent or admin (default: %(default)s)")
    add_data_option(parser)


def run(args: Namespace) -> int:
    """Print the password alone."""
    if "@" not in args.email:
        raise Fault(f'"{args.email}" is not a mail address.')
    with ready_django(data_folder(args)):
        print(create(args.email, args.name or args.email.partition("@")[0], args.role))
    return 0


def create(email: str, name: str, role: str) -> str:
    """Add the member of staff and return the password; `Fault` for an unknown role or a known address."""
    from django.db import IntegrityError

    from tocsin.kernel.errors import Refused
    from tocsin.people import services

    password = secrets.token_urlsafe(12)
    try:
        services.create_staff(email=email, name=name, role=role, password=password)
    except IntegrityError:
        raise Fault(f"There is a member of staff with the address {email} already.") from None
    except (Refused, ValueError) as error:
        raise Fault(str(error)) from None
    return password
