import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.usefixtures("accounts")


def test_people_sign_in_and_come_to_the_page_they_wanted(
    live_url: str, page: Page
) -> None:
    User.objects.create_user("alice", password="correct horse")
    page.goto(f"{live_url}/login/?next=/healthz")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Please enter a correct username")).to_be_visible()
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{live_url}/healthz")
