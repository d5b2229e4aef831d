"""Whatever is done in whatever order: the head is right, and nothing is lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import create_user

from .mirror import STEP, begin

pytestmark = pytest.mark.django_db

# The rows of earlier examples stay until the test ends; none of them is looked at.
MANY_STEPS = settings(
    max_examples=10,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@MANY_STEPS
@given(steps=st.lists(STEP, min_size=40, max_size=50))
def test_after_each_of_fifty_steps_the_head_equals_a_plain_list(steps: list) -> None:
    mirror = begin(create_user())
    for step in steps:
        mirror.do(*step)
        mirror.check()


@MANY_STEPS
@given(steps=st.lists(STEP, min_size=50, max_size=50))
def test_undo_returns_to_every_earlier_state_and_redo_comes_back(steps: list) -> None:
    mirror = begin(create_user())
    for step in steps:
        mirror.do(*step)
    depth = 0
    while mirror.state.parent is not None:
        mirror.do("undo")
        mirror.check()
        depth += 1
    assert mirror.head.number == 1
    for _ in range(depth):
        mirror.do("redo")
        mirror.check()
