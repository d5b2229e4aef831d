"""The pages that say why there is no page, each with one sentence.

A fragment gets the sentence alone, aimed at the page's notice, so that whatever was
typed stays where it is.
"""

from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

SENTENCES = {
    400: "This request could not be understood.",
    403: "This is not yours to open or to change.",
    404: "There is nothing at this address, or nothing for you.",
    413: "This is too much at once.",
}
STALE_FORM = (
    "This form does not belong to your session any more. Copy what you typed, reload "
    "the page and try again."
)
NOTICE_HEADERS = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    too_much = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
    status = 413 if isinstance(exception, too_much) else 400
    return _page(request, status, SENTENCES[status])


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, SENTENCES[403])


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, SENTENCES[404])


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The token of a form is missing or old; the reason is in the log."""
    return _page(request, 403, STALE_FORM)


def _page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(
            sentence,
            status=status,
            headers=NOTICE_HEADERS,
            content_type="text/plain; charset=utf-8",
        )
    # Without the request, and so without a look at the user: Django makes these pages
    # in threads whose database connections nobody closes.
    page = render_to_string("error.html", {"status": status, "sentence": sentence})
    return HttpResponse(page, status=status)
