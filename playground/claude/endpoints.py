"""Where requests can go: the simulator always, Anthropic when there is a key."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

ANTHROPIC_URL = "https://api.anthropic.com"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A place that speaks the Messages API. Holds no secret."""

    name: str
    label: str
    base_url: str | None
    simulated: bool


SIMULATOR = Endpoint("simulator", "Simulator (invented answers)", None, True)


def available() -> list[Endpoint]:
    """What can be chosen, the default first."""
    if not settings.ANTHROPIC_API_KEY:
        return [SIMULATOR]
    return [_anthropic(), SIMULATOR]


def get(name: str) -> Endpoint | None:
    """The endpoint of this name, if it can be used now."""
    return next((each for each in available() if each.name == name), None)


def default() -> Endpoint:
    """Anthropic with a key, the simulator without."""
    return available()[0]


def _anthropic() -> Endpoint:
    base_url = settings.ANTHROPIC_BASE_URL or ANTHROPIC_URL
    # The host alone: an address may carry a password.
    host = urlsplit(base_url).hostname or base_url
    label = "Anthropic" if base_url == ANTHROPIC_URL else f"Anthropic API at {host}"
    return Endpoint("anthropic", label, base_url, False)
