"""What axe, a checker of web pages, has to say of a page."""

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# A page has a dozen colours. Axe reads each anew for every text and all behind it: on the menu a third of its time.
CHECKER = f"""{Axe().axe_script}
(() => {{
  const {{ Color }} = axe.commons.color, read = Color.prototype.parseString, known = new Map();
  Color.prototype.parseString = function (written) {{
    if (!known.has(written)) {{
      const {{ r, g, b, alpha }} = read.call(this, written);
      known.set(written, {{ r, g, b, alpha }});
    }}
    return Object.assign(this, known.get(written));
  }};
}})();"""
# Only what is wrong is told, and where it is first: with all that is right, an answer has fifty thousand letters.
# Colours on their way from light to dark are no colours of ours.
ASK = """() => {
  const passing = (each) => each.effect.getComputedTiming().endTime < Infinity;
  document.getAnimations().filter(passing).forEach((each) => each.finish());
  return axe.run({ resultTypes: ["violations"] }).then(
    (found) => found.violations.map((each) => [each.id, each.nodes[0].html.slice(0, 160)]),
  );
}"""


def faults(page: Page) -> list[tuple[str, str]]:
    """What keeps somebody out of a page as it is: each rule that is broken, and the first place where it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(CHECKER)
    return [(rule, place) for rule, place in page.evaluate(ASK)]


def phone_and_desk(page: Page, schemes: tuple[str, str] = ("dark", "light"), narrow: int = 360) -> Iterator[int]:
    """A page that is open as it looks on a phone, and then on a desk: its width in pixels each time."""
    for width, scheme in zip((narrow, 1280), schemes, strict=True):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        yield width
