"""SQLite lets one write at a time; who comes meanwhile sleeps and looks again, longer
each time. With a crowd of threads the unlucky one sleeps for seconds, and it may be the
engine's. Here those of one process wait for each other, and are woken.

Other processes are waited for as before.
"""

import threading
from typing import Any

from django.db.backends.sqlite3 import base

PATIENCE = 20.0  # seconds, as SQLite's own; then it decides

_writing = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the lock from the beginning of a transaction to its end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._writes = False

    def _start_transaction_under_autocommit(self) -> None:
        self._writes = self._writes or _writing.acquire(timeout=PATIENCE)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._let_go()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._let_go()  # when it failed, a rollback follows

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._let_go()

    def close(self) -> None:
        try:
            super().close()
        finally:
            if self.connection is None or self.closed_in_transaction:
                self._let_go()

    def _let_go(self) -> None:
        if self._writes:
            self._writes = False
            _writing.release()
