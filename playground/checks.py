"""What the system check says about an installation that starts but is not right."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security)
def check_public_url(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """A server on every address knows none of its names without PUBLIC_URL."""
    if settings.HOST not in ("0.0.0.0", "::") or settings.PUBLIC_URL:
        return []
    return [
        Warning(
            f"HOST={settings.HOST} listens on every address, but only loopback names "
            "are answered, because PUBLIC_URL is not set.",
            hint="Set PUBLIC_URL to the address that people use, such as "
            "https://play.example.org.",
            id="playground.W001",
        )
    ]
