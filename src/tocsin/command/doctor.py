"""`tocsin doctor`: what is missing, and how to mend it. Changes nothing."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.conf import settings

from tocsin.command import checkups
from tocsin.command.installation import add_data_option, data_folder
from tocsin.kernel.checkups import Finding


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    add_data_option(parser)


def run(args: Namespace) -> int:
    """Print one line per thing looked at; 1 when something has to be mended."""
    # The rooms' words want settings, and those of the installation may be what is wrong.
    settings.configure(USE_I18N=False)
    findings = examine(data_folder(args))
    for finding in findings:
        print(_line(finding))
    wrong = sum(not finding.good for finding in findings)
    print()
    print("All is well." if not wrong else f"{wrong} thing(s) to mend.")
    return 1 if wrong else 0


def examine(data: Path) -> list[Finding]:
    """Everything worth looking at, the ground first."""
    url = checkups.database_url(data)
    return [
        checkups.python_version(),
        checkups.postgres_programs(),
        checkups.data_folder_rights(data),
        checkups.disk_space(data),
        checkups.secret(data),
        checkups.public_address(os.environ.get("TOCSIN_URL", "")),
        *checkups.database(url),
        checkups.mail_socket(data),
        *checkups.of_channels(os.environ),
    ]


def _line(finding: Finding) -> str:
    if finding.good:
        return f"  ok    {finding.what}"
    return f"  mend  {finding.what}\n        {finding.remedy}"
