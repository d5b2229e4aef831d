"""Django's command line for this site."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        # SQLite and PostgreSQL say in their own ways that there is no connection.
        cause = error.__cause__
        cannot_open = getattr(cause, "sqlite_errorname", "") == "SQLITE_CANTOPEN"
        cannot_connect = getattr(cause, "sqlstate", "") is None
        if not (cannot_open or cannot_connect):
            raise
        reason = str(error).partition("\n")[0]
        sys.exit(f"The database of DATABASE_URL cannot be opened: {reason}")


if __name__ == "__main__":
    main()
