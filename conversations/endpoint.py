"""Names the endpoint that new conversations start with. The site says which one."""

from django.conf import settings
from django.utils.module_loading import import_string


def default() -> str:
    """Return the endpoint's name.

    `settings.DEFAULT_ENDPOINT` is the dotted name of a function that returns
    something with a `name`, because what is kept here must not know who is asked.
    """
    return str(import_string(settings.DEFAULT_ENDPOINT)().name)
