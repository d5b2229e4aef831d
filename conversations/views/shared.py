"""Opens a share for a visitor, as the installation's SHARING allows.

Unknown, revoked, expired and deleted links must look the same, and under
SHARING=team a stranger is asked to sign in before any of them is looked up.
"""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from conversations import access
from conversations.models import Share


def open_share(request: HttpRequest, token: str) -> Share | HttpResponse:
    """Return the share, or the way to the login page. Raises Http404."""
    refuse_if_off()
    if settings.SHARING == "team" and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return access.share(token)


def refuse_if_off() -> None:
    """With SHARING=off the pages of shares are not there. Raises Http404."""
    if settings.SHARING == "off":
        raise Http404
