"""What axe, a checker of web pages, has to say of a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CHECKER = Axe().axe_script
# Only what is wrong is told, and where it is first: with all that is right, an answer has fifty thousand letters.
ASK = """() => axe.run({ resultTypes: ["violations"] }).then(
  (found) => found.violations.map((each) => [each.id, each.nodes[0].html.slice(0, 160)]),
)"""


def faults(page: Page) -> list[tuple[str, str]]:
    """What keeps somebody out of a page as it is: each rule that is broken, and the first place where it is."""
    page.evaluate(CHECKER)
    return [(rule, place) for rule, place in page.evaluate(ASK)]
