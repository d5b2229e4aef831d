"""What went over the wire beside the bodies, fit to be kept: no secret is in it."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

SECRET = frozenset(
    {"x-api-key", "authorization", "proxy-authorization", "cookie", "set-cookie"}
)
LEFT_OUT = "(left out)"
"""What stands in place of a secret."""
AS_CAME = "headers_as_came"
"""Where an answer whose headers are written into keeps them as they came."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The headers of a request and of its answer, and the answer's status."""

    status: int
    sent: dict[str, str]
    came: dict[str, str]

    @classmethod
    def of(cls, response: httpx2.Response, secret: str) -> "Exchange":
        came = response.extensions.get(AS_CAME) or response.headers
        return cls(
            response.status_code,
            _shown(response.request.headers, secret),
            _shown(came, secret),
        )


def _shown(headers: Mapping[str, str], secret: str) -> dict[str, str]:
    return {
        name: LEFT_OUT
        if name.lower() in SECRET
        else (value.replace(secret, "…") if secret else value)
        for name, value in headers.items()
    }
