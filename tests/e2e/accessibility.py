"""What keeps people from using a page, as axe finds it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# A dialog that still fades in has colours that nobody reads.
AT_REST = """() => Promise.allSettled(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime < Infinity)
    .map((each) => each.finished))"""


def hindrances(page: Page) -> list[str]:
    """What axe calls serious or critical, each as a line: the rule and the elements."""
    page.evaluate(AT_REST)
    return [
        f"{each['id']}: {[node['html'][:120] for node in each['nodes']]}"
        for each in Axe().run(page).response["violations"]
        if each["impact"] in ("serious", "critical")
    ]
