"""The page of rules is what the rules say now."""

from playground.spec.rules.order import PAGE as GROUPS
from playground.spec.rules_page import EXAMPLES
from tests.spec.write_rules_page import PAGE, kept, written

RULES = [rule for group in GROUPS.values() for rule in group]


def test_the_page_is_up_to_date():
    # If not: python -m tests.spec.write_rules_page
    assert PAGE.read_text(encoding="utf-8") == written()
    assert EXAMPLES.read_text(encoding="utf-8") == kept()


def test_every_rule_says_in_a_sentence_what_it_wants():
    assert [rule.name for rule in RULES if not rule.claim.endswith(".")] == []


def test_every_rule_and_every_group_is_on_the_page():
    text = written()
    for title in GROUPS:
        assert f"## {title}\n" in text
    for rule in RULES:
        assert f"### {rule.name}\n\n{rule.claim}\n" in text
        assert f"Source: {rule.source} (checked {rule.checked})" in text
