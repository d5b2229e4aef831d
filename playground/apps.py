"""The Django application of the site itself. It has no models."""

from django.apps import AppConfig


class PlaygroundConfig(AppConfig):
    name = "playground"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers them
