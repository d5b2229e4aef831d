"""What people ran into once, walked through in a browser again."""

from playwright.sync_api import Page, expect

from .test_editor import begin


def save(page: Page, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Tab")


def test_a_setting_put_right_is_saved_again_and_again(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    for number, label, name, bad, good, better, kept in (
        (3, "Max tokens", "max_tokens", "abc", "200", "300", "300"),
        (5, "Other parameters", "other", "{", '{"a":1}', '{"a":2}', '{\n  "a": 2\n}'),
    ):
        field = page.get_by_label(label, exact=True)
        error = page.locator(f"#setting-{name} [role=alert]")
        save(page, label, bad)
        expect(error).to_be_visible()
        save(page, label, good)
        expect(error).to_have_count(0)
        save(page, label, better)
        expect(page.locator("#header-figures")).to_contain_text(f"revision {number}")
        expect(error).to_have_count(0)
        page.reload()
        expect(field).to_have_value(kept)
