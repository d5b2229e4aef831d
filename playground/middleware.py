"""What happens around every request: its id and log line, headers, who it is from.

Knows no page. Django's own middleware sends each hook through a thread when it is
awaited; those that only look at headers are run on the event loop instead.
"""

import copy
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction, sync_to_async
from csp import middleware as csp
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth import middleware as auth
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.middleware import clickjacking, common, csrf, security
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin
from django_htmx.http import HttpResponseClientRedirect

from . import logs
from .environment import LOOPBACK_NAMES, is_loopback

Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]
AnyHandler = Handler | AsyncHandler

access_log = logging.getLogger("playground.access")

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


# The log


@sync_and_async_middleware
def request_log(get_response: AnyHandler) -> AnyHandler:
    """Give each request an id and one line in the log, without its query string."""
    if iscoroutinefunction(get_response):

        async def amiddleware(request: HttpRequest) -> HttpResponseBase:
            with logs.request() as name:
                started = time.perf_counter()
                response = await get_response(request)
                return _logged(request, response, name, started)

        return amiddleware

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with logs.request() as name:
            started = time.perf_counter()
            response = cast(Handler, get_response)(request)
            return _logged(request, response, name, started)

    return middleware


def _logged(
    request: HttpRequest, response: HttpResponseBase, name: str, started: float
) -> HttpResponseBase:
    response["X-Request-ID"] = name
    response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
    access_log.info(
        "%s %s %s %.0f ms",
        request.method,
        request.path,
        response.status_code,
        (time.perf_counter() - started) * 1000,
    )
    return response


# Django's own, without the thread hops


class OnTheLoop(MiddlewareMixin):
    """Runs hooks that neither wait nor touch the database where the request is."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        before = getattr(self, "process_request", None)
        after = getattr(self, "process_response", None)
        response = before(request) if before else None
        if response is None:
            response = await cast(AsyncHandler, self.get_response)(request)
        return after(request, response) if after else response


class SecurityMiddleware(OnTheLoop, security.SecurityMiddleware):
    pass


class CSPMiddleware(OnTheLoop, csp.CSPMiddleware):
    pass


class XFrameOptionsMiddleware(OnTheLoop, clickjacking.XFrameOptionsMiddleware):
    pass


class CommonMiddleware(OnTheLoop, common.CommonMiddleware):
    pass


class CsrfViewMiddleware(OnTheLoop, csrf.CsrfViewMiddleware):
    pass


class AuthenticationMiddleware(OnTheLoop, auth.AuthenticationMiddleware):
    pass


class SessionMiddleware(sessions.SessionMiddleware):
    """Goes to a thread only when there is something to save."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        self.process_request(request)
        # The annotation in the library is narrower than what it is given.
        response = cast(
            HttpResponse, await cast(AsyncHandler, self.get_response)(request)
        )
        if request.session.modified:
            return await sync_to_async(self.process_response)(request, response)
        return self.process_response(request, response)


class StartsFirst(OnTheLoop):
    """Has runs begun before the answers to their sends are drawn: drawing takes the
    interpreter from the requests that go out meanwhile."""

    async def process_template_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        visit = getattr(request, "scope", {}).get("turnstile")
        if visit is not None and getattr(response, "is_drawn_later", False):
            await visit.step_back()
        return response


# Who it is from


class LocalUser:
    """The one person of ACCESS=local: an ordinary row that no password opens."""

    def __init__(self) -> None:
        self._row: User | None = None

    def get(self) -> User:
        """A copy for one request to do with as it likes; made on first demand.

        Two processes may ask at once: the unique username decides who makes it.
        """
        if self._row is None:
            self._row, _ = get_user_model().objects.get_or_create(
                username=settings.LOCAL_USERNAME,
                defaults={"password": make_password(None)},
            )
        return copy.copy(self._row)

    async def aget(self) -> User:
        if self._row is None:
            return await sync_to_async(self.get)()
        return self.get()

    def forget(self) -> None:
        """Look again next time: the row may have been changed or deleted."""
        self._row = None


local_user = LocalUser()


@sync_and_async_middleware
def local_access(get_response: AnyHandler) -> AnyHandler:
    """ACCESS=local: sign in the local user, on this machine's own names only."""
    if iscoroutinefunction(get_response):

        async def amiddleware(request: HttpRequest) -> HttpResponseBase:
            if settings.ACCESS == "local":
                if refusal := _local_refusal(request):
                    return refusal
                _sign_in(request, await local_user.aget())
            return await get_response(request)

        return amiddleware

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.ACCESS == "local":
            if refusal := _local_refusal(request):
                return refusal
            _sign_in(request, local_user.get())
        return cast(Handler, get_response)(request)

    return middleware


def _sign_in(request: HttpRequest, user: User) -> None:
    async def auser() -> User:
        return user

    request.user = user
    request.auser = auser


def _local_refusal(request: HttpRequest) -> HttpResponse | None:
    """A page elsewhere may make a name of its own point here; a proxy may let in
    anybody. Both would be signed in without a password."""
    host, _ = split_domain_port(request.get_host())
    if not is_loopback(host):
        names = ", ".join(LOOPBACK_NAMES)
        sentence = f"With ACCESS=local the playground answers only at {names}."
    elif _is_forwarded(request):
        sentence = (
            "This request came through a proxy, and with ACCESS=local the playground "
            "answers its own machine only. Set ACCESS=accounts to serve others."
        )
    else:
        return None
    return HttpResponseForbidden(sentence, content_type="text/plain; charset=utf-8")


def _is_forwarded(request: HttpRequest) -> bool:
    return any(
        name == "HTTP_FORWARDED" or name.startswith("HTTP_X_FORWARDED_")
        for name in request.META
    )


def _path_of(url: str) -> str:
    """The address within this site; empty for what is no address."""
    try:
        page = urlsplit(url)
    except ValueError:
        return ""
    return page._replace(scheme="", netloc="", fragment="").geturl()


class LoginRequiredMiddleware(auth.LoginRequiredMiddleware):
    """Sends people to the login page, and never the login page into a fragment."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        return await cast(AsyncHandler, self.get_response)(request)

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> Any:
        if request.headers.get("Accept", "").startswith("text/event-stream"):
            return HttpResponseForbidden(
                "Please sign in.", content_type="text/plain; charset=utf-8"
            )
        if request.headers.get("HX-Request") != "true":
            return super().handle_no_permission(request, view_func)
        # The page that the fragment is part of is where the person wants to return.
        address = _path_of(request.headers.get("HX-Current-URL", ""))
        login = redirect_to_login(
            address or "/",
            self.get_login_url(view_func),
            self.get_redirect_field_name(view_func),
        )
        return HttpResponseClientRedirect(login.url)
