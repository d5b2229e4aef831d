"""Reads the models that an endpoint lists, and lets the catalog learn from them."""

import logging
from datetime import date
from typing import Any

import anthropic
import httpx2

from playground.claude import errors
from playground.claude.client import client_for, key_of
from playground.claude.endpoints import Endpoint
from playground.claude.errors import Failure
from playground.spec import catalog, listed

log = logging.getLogger(__name__)

PATH = "/v1/models"
SECONDS = 15.0  # for one page of the list
PAGE, MOST_PAGES = 1000, 5


async def refresh(endpoint: Endpoint, today: date) -> int:
    """Read the list and learn it. Returns how many models it names. Raises Failure."""
    rows = [row for each in await read(endpoint) if (row := listed.model(each, today))]
    catalog.learn(rows)
    return len(rows)


async def refresh_quietly(endpoint: Endpoint, today: date) -> None:
    """The same at the start, where a failure is a line in the log."""
    try:
        count = await refresh(endpoint, today)
    except Failure as failure:
        log.warning("the models of %s could not be read: %s", endpoint.name, failure)
    else:
        log.info("%s models read from %s", count, endpoint.name)


async def read(endpoint: Endpoint) -> list[Any]:
    """The models as the endpoint describes them, page by page. Raises Failure."""
    found: list[Any] = []
    after = ""
    for _ in range(MOST_PAGES):
        page = await _page(endpoint, after)
        found += page["data"]
        after = page.get("last_id") or ""
        if not page.get("has_more") or not isinstance(after, str) or not after:
            break
    return found


async def _page(endpoint: Endpoint, after: str) -> dict[str, Any]:
    query = {"limit": PAGE} | ({"after_id": after} if after else {})
    try:
        response = await client_for(endpoint).get(
            PATH,
            cast_to=httpx2.Response,
            options={"params": query, "timeout": SECONDS, "max_retries": 0},
        )
        return _checked(response)
    except anthropic.APIStatusError as error:
        failure = errors.from_status(error)
    except (anthropic.APIConnectionError, httpx2.HTTPError) as error:
        failure = errors.from_connection(error)
    except Failure as other:
        failure = other
    raise failure.without(key_of(endpoint)) from None


def _checked(response: httpx2.Response) -> dict[str, Any]:
    try:
        page = response.json()
    except ValueError:
        page = None
    if not isinstance(page, dict) or not isinstance(page.get("data"), list):
        raise errors.from_other_answer(response, response.text, "a list of models")
    return page
