import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hands

pytestmark = pytest.mark.browser
MOST_ELEMENTS = {"/": 800, "/build": 1100, "/cart": 400}


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_the_filters_are_at_hand_on_every_width(page: Page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/")
    page.get_by_text("Vegetarian", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"\?only=vegetarian$"))
    expect(page.locator("#margherita")).to_be_visible()
    expect(page.locator("#pepperoni")).to_have_count(0)
    expect(page.locator("#only-1")).to_be_focused()


def test_the_sections_stay_at_the_top_of_a_phone(page: Page):
    page.goto("/")
    page.locator("#cola").scroll_into_view_if_needed()
    expect(page.get_by_role("link", name="Drinks")).to_be_in_viewport()


def test_the_chip_of_the_section_in_view_is_the_current_one(sized: Page):
    wrong: list[str] = []
    sized.on("pageerror", lambda error: wrong.append(str(error)))
    sized.goto("/")
    chips = sized.locator("#sections")
    expect(chips.get_by_role("link", name="Pizzas")).to_have_attribute("aria-current", "true")
    sized.locator("#cola").scroll_into_view_if_needed()
    sized.locator("#drinks").evaluate("section => section.scrollIntoView()")
    expect(chips.get_by_role("link", name="Drinks")).to_have_attribute("aria-current", "true")
    expect(chips.locator("[aria-current]")).to_have_count(1)
    assert wrong == []


def test_after_the_builder_the_next_step_is_in_view(sized: Page):
    sized.goto("/build?size=l")
    sized.get_by_role("button", name=re.compile("Add to order")).click()
    said = sized.locator("#flash")
    expect(said).to_contain_text("Added Large Custom pizza")
    expect(said.get_by_role("link", name="Check out")).to_be_in_viewport(ratio=1)
    said.get_by_role("link", name="Check out").click()
    expect(sized).to_have_url(re.compile(r"/where\?next=/checkout$"))


def test_no_tax_is_promised_before_anybody_knows_where(page: Page):
    page.goto("/build?size=l")
    hands.add_to_order(page)
    page.goto("/cart")
    expect(page.locator("#cart")).to_contain_text("Total before tax")
    expect(page.locator("#cart")).not_to_contain_text("$0.00")


@pytest.mark.parametrize("path", MOST_ELEMENTS)
def test_pages_stay_within_their_number_of_elements(page: Page, path):
    page.goto(path)
    assert page.evaluate("document.querySelectorAll('*').length") <= MOST_ELEMENTS[path]
