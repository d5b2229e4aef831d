"""Keys for the simulator over HTTP: made from what a person already has, never stored.

A person's key holds as long as the password: changing it revokes the key.
"""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.utils.crypto import constant_time_compare, salted_hmac

PERSON = "sim"
SERVER = "sim-server"
_SALT = "playground.simulator.keys"


def person_key(user: AbstractBaseUser) -> str:
    """The key of this person: "sim-<pk>-<hex>"."""
    return f"{PERSON}-{user.pk}-{_mac(f'person:{user.pk}:{user.password}')}"


def server_key() -> str:
    """The key with which the playground calls its own simulator."""
    return f"{SERVER}-{_mac('server')}"


def verify(key: str) -> bool:
    """Whether this is the server's key or that of an active person. Asks the database.

    Any text may be given.
    """
    if constant_time_compare(key, server_key()):
        return True
    prefix, _, rest = key.partition("-")
    pk, _, _ = rest.partition("-")
    if prefix != PERSON or not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return False
    person = get_user_model()._default_manager.filter(pk=pk, is_active=True).first()
    return person is not None and constant_time_compare(key, person_key(person))


def _mac(value: str) -> str:
    return salted_hmac(_SALT, value, algorithm="sha256").hexdigest()
