import threading

import pytest
from django.db import connection, transaction


@pytest.mark.django_db(transaction=True)
def test_writers_of_one_process_wait_for_each_other() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows, not the database")
    order: list[str] = []
    comes = threading.Event()

    def second() -> None:
        with connection.cursor() as cursor:
            # SQLite itself would not wait.
            cursor.execute("PRAGMA busy_timeout = 0")
        comes.set()
        with transaction.atomic():
            order.append("second")
        connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        thread.start()
        comes.wait(30)
        order.append("first")
    thread.join(30)
    assert order == ["first", "second"]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_lets_the_next_writer_in() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _ = 1 / 0
    done = threading.Event()

    def second() -> None:
        with transaction.atomic():
            done.set()
        connection.close()

    threading.Thread(target=second).start()
    assert done.wait(10)
