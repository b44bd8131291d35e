"""`tocsin api-key create NAME`: a token for the API, shown once."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tocsin.command.installation import add_data_option, data_folder, ready_django


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("action", choices=["create"])
    parser.add_argument("name", help="what the token is for, such as the program that uses it")
    parser.add_argument("--role", default="admin", help="what it may do (default: %(default)s)")
    parser.add_argument(
        "--department", action="append", default=[], help="whose tickets; may be repeated (default: all)"
    )
    add_data_option(parser)


def run(args: Namespace) -> int:
    """Print the token alone."""
    with ready_django(data_folder(args)):
        from tocsin.people import services

        _, token = services.create_api_token(args.name, role=args.role, departments=args.department)
        print(token)
    return 0
