"""The headings of every page are an outline: none skips a level on the way down."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import factories

PATHS = ["", "compare/", "compare/g1/", "difference/?group=g1", "history/", "run"]


@pytest.mark.parametrize("path", PATHS)
def test_no_heading_skips_a_level(annas: Client, anna: User, path: str) -> None:
    talk = factories.create_conversation(owner=anna)
    for position, said in enumerate(("One.", "Two."), 1):
        run = factories.create_run(
            conversation=talk,
            status="done",
            stop_reason="max_tokens",
            message={"content": [{"type": "text", "text": said}]},
            has_reply=True,
            group="g1",
            position=position,
        )
    own = run.get_absolute_url() if path == "run" else f"/c/{talk.pk}/{path}"
    shown = annas.get(own).content.decode()
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", shown)]
    assert levels[0] == 1
    steps = zip(levels, levels[1:], strict=False)
    assert [(one, then) for one, then in steps if then > one + 1] == []
