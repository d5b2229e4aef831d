"""What several replies go on with, shown before each of them."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Run
from playground.editor import leads
from tests import factories

from .test_groups import member, page

pytestmark = pytest.mark.usefixtures("no_driver")


def test_a_reply_stands_behind_the_end_of_the_prefill_that_it_continues(
    anna: User, annas: Client
) -> None:
    typed = f"{'word ' * 200}Red are"
    turns = [("user", "Which?"), ("assistant", typed)]
    asked = factories.create_conversation(owner=anna, turns=turns)
    member(asked, 1, " **wood** ants", slot="slot2", continues=True)
    live = {"status": Run.Status.STREAMING, "message": None, "has_reply": False}
    run = member(asked, 2, slot="slot2", continues=True, **live)
    shown = page(annas, f"/c/{asked.pk}/compare/g1/")
    done, coming = shown.all("article.column .content")
    assert done.words.endswith("word word Red are **wood** ants")
    assert coming.one(f'.text[data-goes-on="{run.pk}"]').words.endswith("Red are")
    for column in (done, coming):
        assert column.one(".prefilled").words.startswith("… word")
        assert len(column.one(".prefilled").words) <= leads.LONGEST + 2
        column.one(".seam")
