from pathlib import Path

import pytest
from environs import EnvError

from playground import environment
from playground.environment import Environment


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment.read(Path("/base")).names:
        monkeypatch.delenv(name, raising=False)


def read_with(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Environment:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return environment.read(Path("/base"))


def test_everything_has_a_default_for_a_laptop() -> None:
    read = environment.read(Path("/base"))
    assert (read.host, read.port, read.access) == ("127.0.0.1", 8000, "local")
    assert read.data_dir == Path("/base/data")
    assert read.database["NAME"] == Path("/base/data/db.sqlite3")
    assert read.anthropic_api_key == read.anthropic_base_url == read.public_url == ""
    assert (read.sharing, read.simulator_speed) == ("public", 60.0)


def test_an_empty_variable_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_with(monkeypatch, PORT="", ANTHROPIC_API_KEY=" ", ACCESS="")
    assert (read.port, read.anthropic_api_key, read.access) == (8000, "", "local")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "abc", "a whole number from 1 to 65535"),
        ("PORT", "0", "a whole number from 1 to 65535"),
        ("PORT", "65536", "a whole number from 1 to 65535"),
        ("PORT", "8000.5", "a whole number from 1 to 65535"),
        ("PORT", "٨٠", "a whole number from 1 to 65535"),
        ("HOST", "no host", "an IP address or host name"),
        ("HOST", "1.2.3.4.5", "an IP address or host name"),
        ("PUBLIC_URL", "play.example.org", "an address without a path"),
        ("PUBLIC_URL", "https://play.example.org/x", "an address without a path"),
        ("PUBLIC_URL", "https://play.example.org:port", "an address without a path"),
        ("DATA_DIR", __file__, "a folder"),
        ("ANTHROPIC_BASE_URL", "ftp://x", "an address such as https://"),
        ("ANTHROPIC_BASE_URL", "https://", "an address such as https://"),
        ("ACCESS", "open", "local or accounts"),
        ("SHARING", "yes", "public, team or off"),
        ("SIMULATOR_SPEED", "fast", "tokens a second"),
        ("SIMULATOR_SPEED", "-1", "tokens a second"),
        ("SIMULATOR_SPEED", "nan", "tokens a second"),
        ("SIMULATOR_SPEED", "inf", "tokens a second"),
    ],
)
def test_nonsense_is_refused_in_one_line(
    name: str, value: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EnvError) as refusal:
        read_with(monkeypatch, **{name: value})
    sentence = str(refusal.value)
    assert sentence.startswith(f"{name} cannot be {value!r}: expected ")
    assert expected in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANTHROPIC_API_KEY", "sk-secret with a space"),
        ("ANTHROPIC_API_KEY", "sk-secret\nX-Other: 1"),
        ("DATABASE_URL", "mysql://me:sk-secret@db/name"),
        ("DATABASE_URL", "postgres://me:sk-secret@db:port/name"),
        ("DATABASE_URL", "postgres://me:sk-secret@db"),
    ],
)
def test_a_secret_is_refused_without_being_shown(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EnvError, match=f"^{name} cannot be its value") as refusal:
        read_with(monkeypatch, **{name: value})
    assert "sk-secret" not in str(refusal.value)


def test_a_key_may_end_in_the_newline_of_its_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (
        read_with(monkeypatch, ANTHROPIC_API_KEY="sk-1\n").anthropic_api_key == "sk-1"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "play.example.org"])
def test_local_access_is_for_this_machine_only(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EnvError, match="^HOST cannot be .* with ACCESS=local"):
        read_with(monkeypatch, HOST=host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]"]
)
def test_local_access_takes_any_loopback_address(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_with(monkeypatch, HOST=host).host == host.strip("[]")


def test_local_access_and_a_public_address_exclude_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(EnvError, match="^PUBLIC_URL cannot be .* with ACCESS=local"):
        read_with(monkeypatch, PUBLIC_URL="https://play.example.org")
    assert (
        read_with(monkeypatch, ACCESS="accounts").public_url
        == "https://play.example.org"
    )


def test_postgres_may_live_behind_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgres://me@%2Frun%2Fpg/play"
    database = read_with(monkeypatch, DATABASE_URL=url).database
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["NAME"]) == ("/run/pg", "play")


def test_sqlite_by_url_gets_the_same_options(monkeypatch: pytest.MonkeyPatch) -> None:
    database = read_with(monkeypatch, DATABASE_URL="sqlite:////tmp/x.sqlite3").database
    assert database["NAME"] == "/tmp/x.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
