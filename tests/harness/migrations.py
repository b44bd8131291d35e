"""Whether every model has its migration, asked on a real database: `python -m tests.harness.migrations`."""

import os
import subprocess
import sys

from tests.harness import database


def main() -> int:
    """Django's own check, with the database there so that it can look at the history, too."""
    run = database.TestRun()
    try:
        run.begin()
        print(database.migration_problem(), end="")
        url = os.environ[database.SERVER].replace("/postgres?", f"/{database.TEMPLATE}?")
        command = [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"]
        env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tocsin.project.settings"}
        return subprocess.run(command, env=env, check=False).returncode
    finally:
        run.end()


if __name__ == "__main__":
    sys.exit(main())
