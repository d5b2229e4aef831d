"""The page of rules: everything the rulebook knows, for whoever has signed in."""

from django.test import Client
from django.utils.html import escape

from conversations.models import Conversation
from playground.spec import rules_page
from playground.spec.rules.order import GROUPS, ORDER


def test_every_rule_is_on_the_page_with_its_source(annas: Client) -> None:
    shown = annas.get("/help/rules/").content.decode()
    for title in GROUPS:
        assert f">{title}</h2>" in shown
    for rule in ORDER:
        assert f'id="{rule.name}"' in shown
        assert escape(rule.claim) in shown
        assert escape(rule.source) in shown


def test_examples_say_what_the_api_says_and_what_helps(annas: Client) -> None:
    shown = annas.get("/help/rules/").content.decode()
    for example in rules_page.kept().values():
        problem = example["problem"]
        assert escape(example["excerpt"]) in shown
        assert escape(problem["api_message"]) in shown
        assert all(escape(label) in shown for _, label, _ in problem["fixes"])


def test_a_stranger_is_asked_to_sign_in(accounts: None, client: Client) -> None:
    assert client.get("/help/rules/").headers["Location"].startswith("/login/")


def test_the_editor_leads_to_the_rules(
    annas: Client, conversation: Conversation
) -> None:
    assert annas.get(f"/c/{conversation.pk}/").content.decode().count("/help/rules/")
