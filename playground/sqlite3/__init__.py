"""Django's backend for SQLite, with the writers of this process in a queue."""
