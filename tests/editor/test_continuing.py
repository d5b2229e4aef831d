"""Going on with a reply where that could do harm: twice, or from a call in the middle."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests import factories

from .conftest import texts
from .replies import end, newest, text, under_way


@pytest.mark.parametrize("content", [[text("One")], []], ids=["words", "nothing"])
def test_a_page_that_is_behind_does_not_go_on_again(
    post: Callable, anna: User, content: Any
) -> None:
    talk = factories.create_conversation(owner=anna)
    run = factories.create_run(
        conversation=talk,
        status="stopped" if content else "done",
        stop_reason="" if content else "end_turn",
        message={"role": "assistant", "content": content},
        has_reply=bool(content),
    )
    post("continue/", to=talk, run=run.pk, base=1)
    end(newest(talk), text(" two"))
    before = texts(talk)
    assert post("continue/", to=talk, run=run.pk, base=1).status_code == 409
    assert texts(talk) == before
    assert under_way(talk) == []
