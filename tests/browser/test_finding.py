"""Finding things: on the menu by words, in the builder by name; and wings with a sauce."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hands

pytestmark = pytest.mark.browser


def test_a_search_follows_the_keys_and_keeps_the_focus(sized: Page):
    page = sized
    page.goto("/")
    page.get_by_label("Search the menu").press_sequentially("margarita", delay=20)
    expect(page).to_have_url(re.compile(r"\?q=margarita$"))
    expect(page.locator("#margherita")).to_be_visible()
    expect(page.locator("#pepperoni")).to_have_count(0)
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#found")).to_have_text("2 found")
    expect(page.locator("#sections a[href^='#']")).to_have_text(["Pizzas"])
    page.get_by_text("Vegan", exact=True).first.click()
    expect(page.locator("#menu-list")).to_contain_text("Nothing on this menu is called “margarita” and vegan.")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("#cola")).to_be_attached()
    page.go_back()
    expect(page.locator("#q")).to_have_value("margarita")


def test_what_was_found_is_added_like_anything_else(page: Page):
    page.goto("/?q=root+bear")
    page.get_by_role("button", name="Add Root beer").click()
    expect(page.locator("#cart-count")).to_contain_text("1")


def test_a_topping_is_found_by_its_name_and_stays_found_while_the_pizza_changes(page: Page):
    page.goto("/build")
    box = page.get_by_label("Find a topping")
    box.fill("chee")
    expect(page.locator("#row-bluecheese")).to_be_visible()
    expect(page.locator("#row-pepperoni")).to_be_hidden()
    page.locator("label:has(#t-bluecheese-whole)").click()
    expect(page).to_have_url(re.compile("t=bluecheese.w.n"))
    expect(page.locator("#row-pepperoni")).to_be_hidden()
    expect(box).to_have_value("chee")
    box.fill("gravel")
    expect(page.locator("#find-none")).to_have_text("No topping is called that.")
    box.press("Enter")
    expect(page).to_have_url(re.compile("/build"))
    box.fill("")
    expect(page.locator("#row-pepperoni")).to_be_visible()
    expect(page.locator("#t-bluecheese-whole")).to_be_checked()


def test_wings_change_their_price_with_sauce_and_dips(sized: Page):
    page = sized
    page.goto("/item/wings")
    button = page.get_by_role("button", name=re.compile("Add to order"))
    expect(button).to_contain_text("$9.50")
    page.locator("label:has(#o-wingsauce-mango)").click()
    expect(button).to_contain_text("$10.25")
    expect(page.locator("#o-wingsauce-mango")).to_be_focused()
    page.locator("label:has(#o-moredips-ranch)").click()
    expect(button).to_contain_text("$11.20")
    page.reload()
    expect(page.locator("#o-moredips-ranch")).to_be_checked()
    page.locator("label:has(#o-moredips-ranch)").click()
    expect(button).to_contain_text("$10.25")
    hands.add_to_order(page)
    page.goto("/cart")
    expect(page.locator("#cart")).to_contain_text("Mango habanero sauce, blue cheese dip")
    page.get_by_role("link", name=re.compile("^Edit")).click()
    expect(page.locator("#o-wingsauce-mango")).to_be_checked()


def test_the_last_size_is_offered_again(page: Page):
    page.goto("/build?size=l&crust=thin")
    page.get_by_role("button", name=re.compile("Add to order")).click()
    expect(page.locator("#margherita")).to_contain_text("large")
    page.locator("#margherita").get_by_role("button", name="Add").click()
    expect(page.locator("#flash")).to_contain_text("Added Large Margherita")
