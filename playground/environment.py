"""The environment variables, read once into typed values.

Every variable of the README's table is read here and nowhere else. Nonsense raises
`EnvError` with one sentence that names the variable, its value (unless it is a
secret) and what is expected. Knows nothing of Django.
"""

import ipaddress
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

import dj_database_url
from environs import Env, EnvError

Value = TypeVar("Value")
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Environment:
    """What the variables say. URLs are without a trailing slash, "" means none."""

    host: str
    port: int
    public_url: str
    data_dir: Path
    database: dict[str, Any]  # as in Django's DATABASES
    anthropic_api_key: str
    anthropic_base_url: str
    access: str
    sharing: str
    simulator_speed: float  # tokens a second, 0 = without delay
    names: tuple[str, ...]  # the variables that were looked for


def read(base: Path) -> Environment:
    """Read and check them all; `base` is what relative defaults start from."""
    env = Env()
    data_dir = _get(env, "DATA_DIR", base / "data", _folder)
    environment = Environment(
        host=_get(env, "HOST", "127.0.0.1", _host),
        port=_get(env, "PORT", 8000, _port),
        public_url=_get(env, "PUBLIC_URL", "", _public_url),
        data_dir=data_dir,
        database=_get(
            env, "DATABASE_URL", _sqlite(data_dir / "db.sqlite3"), _database, True
        ),
        anthropic_api_key=_get(env, "ANTHROPIC_API_KEY", "", _key, True),
        anthropic_base_url=_get(env, "ANTHROPIC_BASE_URL", "", _base_url),
        access=_get(env, "ACCESS", "local", _one_of("local", "accounts")),
        sharing=_get(env, "SHARING", "public", _one_of("public", "team", "off")),
        simulator_speed=_get(env, "SIMULATOR_SPEED", 60.0, _speed),
        names=tuple(env.dump()),
    )
    _check_local(environment)
    return environment


def is_loopback(host: str) -> bool:
    """Whether a server on this host can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _get(
    env: Env,
    name: str,
    default: Value,
    parse: Callable[[str], Value],
    secret: bool = False,
) -> Value:
    """An empty variable counts as absent: container files pass those on."""
    text = env.str(name, "")
    if not text.strip():
        return default
    try:
        return parse(text)
    except ValueError as error:
        shown = "its value (not shown)" if secret else repr(text)
        raise EnvError(f"{name} cannot be {shown}: {error}.") from None


def _check_local(environment: Environment) -> None:
    """One person is signed in without a password, so nobody else may come in."""
    if environment.access != "local":
        return
    instead = "set ACCESS=accounts, so that people sign in"
    if not is_loopback(environment.host):
        raise EnvError(
            f"HOST cannot be {environment.host!r} with ACCESS=local: expected an "
            f"address of this machine only, such as 127.0.0.1; or {instead}."
        )
    if environment.public_url:
        raise EnvError(
            f"PUBLIC_URL cannot be {environment.public_url!r} with ACCESS=local: "
            f"expected none; or {instead}."
        )


def _host(text: str) -> str:
    host = text.strip().removeprefix("[").removesuffix("]")
    name = re.fullmatch(r"(?=.*[a-z])[a-z0-9]([a-z0-9.-]*[a-z0-9])?", host.lower())
    if not name:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            raise ValueError(
                "expected an IP address or host name to listen on, such as 127.0.0.1"
            ) from None
    return host


def _port(text: str) -> int:
    expected = "expected a whole number from 1 to 65535"
    if not re.fullmatch(r"\s*[0-9]{1,5}\s*", text, re.ASCII):
        raise ValueError(expected)
    port = int(text)
    if not 1 <= port <= 65535:
        raise ValueError(expected)
    return port


def _folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError("expected a folder")
    return path


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.strip() not in choices:
            *most, last = choices
            raise ValueError(f"expected {', '.join(most)} or {last}")
        return text.strip()

    return parse


def _speed(text: str) -> float:
    expected = "expected tokens a second, such as 60, or 0 for no delay"
    try:
        speed = float(text)
    except ValueError:
        raise ValueError(expected) from None
    if not math.isfinite(speed) or speed < 0:
        raise ValueError(expected)
    return speed


def _key(text: str) -> str:
    # Files often end in a newline, which would break the header it is sent in.
    key = text.strip()
    if not re.fullmatch(r"[!-~]+", key):
        raise ValueError("expected a key without spaces or line breaks")
    return key


def _split(text: str, expected: str) -> SplitResult:
    try:
        url = urlsplit(text.strip())
        port_is_valid = url.port is None or url.port > 0
    except ValueError:
        raise ValueError(expected) from None
    plain = not (url.query or url.fragment or url.username or url.password)
    if not (
        url.scheme in ("http", "https") and url.hostname and plain and port_is_valid
    ):
        raise ValueError(expected)
    if re.search(r"[^!-~]", text.strip()):
        raise ValueError(expected)
    return url


def _base_url(text: str) -> str:
    _split(text, "expected an address such as https://api.example.org")
    return text.strip().rstrip("/")


def _public_url(text: str) -> str:
    expected = "expected an address without a path, such as https://play.example.org"
    url = _split(text, expected)
    if url.path not in ("", "/"):
        raise ValueError(expected)
    return f"{url.scheme}://{url.netloc}".lower()


def _sqlite(path: Path | str) -> dict[str, Any]:
    return {
        "ENGINE": "playground.sqlite3",
        "NAME": path,
        "OPTIONS": {
            # A transaction that reads first and writes later would fail at once
            # under contention; taking the write lock at its start makes it wait.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def _database(text: str) -> dict[str, Any]:
    expected = (
        "expected postgres://user:password@host:5432/name or sqlite:////path/to/file"
    )
    if urlsplit(text).scheme not in ("postgres", "postgresql", "sqlite"):
        raise ValueError(expected)
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(text.strip()))
    except (ValueError, dj_database_url.UnknownSchemeError):
        raise ValueError(expected) from None
    if not database["NAME"]:
        raise ValueError(expected)
    if database["ENGINE"] == "django.db.backends.sqlite3":
        return _sqlite(database["NAME"])
    return database


def host_and_scheme(public_url: str) -> Mapping[str, str]:
    """{"host": …, "scheme": …} of a checked PUBLIC_URL."""
    url = urlsplit(public_url)
    host = url.hostname or ""
    return {"host": f"[{host}]" if ":" in host else host, "scheme": url.scheme}
