"""What the middlewares make of a request, for typing."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request that passed the login and htmx middlewares."""

    user: User
    htmx: HtmxDetails
