"""`tocsin api-key create NAME`: a token for the API, shown once."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tocsin.command.installation import add_data_option, data_folder, ready_django


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("action", choices=["create"])
    parser.add_argument("name", help="what the token is for, such as the program that uses it")
    add_data_option(parser)


def run(args: Namespace) -> int:
    """Print the token alone."""
    with ready_django(data_folder(args)):
        from tocsin.people import services

        _, token = services.create_api_token(args.name)
        print(token)
    return 0
