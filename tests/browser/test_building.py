import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hands

pytestmark = pytest.mark.browser


def place(page: Page, topping: str, side: str) -> None:
    page.locator(f"label:has(#t-{topping}-{side})").click()
    expect(page.locator(f"#t-{topping}-{side}")).to_be_checked()


def test_picture_price_and_address_follow_each_change(sized: Page):
    page = sized
    page.goto("/build")
    page.locator("label:has(#size-l)").click()
    expect(page.locator(".addbar .btn")).to_contain_text("$16.00")
    place(page, "pepperoni", "left")
    expect(page.locator(".addbar .btn")).to_contain_text("$16.88")
    page.locator("label:has(#a-pepperoni-extra)").click()
    expect(page.locator(".addbar .btn")).to_contain_text("$17.31")
    expect(page).to_have_url(re.compile("t=pepperoni.l.x"))
    expect(page.locator("#preview svg")).to_have_attribute("aria-label", re.compile("Left half: pepperoni"))
    expect(page.locator("#halves")).to_contain_text("pepperoni (extra)")


def test_back_and_reload_keep_the_pizza(page: Page):
    page.goto("/build")
    place(page, "mushroom", "right")
    expect(page).to_have_url(re.compile("t=mushroom.r.n"))
    page.locator(".brand").first.click()
    expect(page).to_have_url(re.compile("/$"))
    page.go_back()
    expect(page.locator("#t-mushroom-right")).to_be_checked()
    page.reload()
    expect(page.locator("#t-mushroom-right")).to_be_checked()


def test_an_arrow_key_moves_a_topping_and_keeps_the_focus(page: Page):
    page.goto("/build")
    page.locator("#t-olive-none").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("t=olive.l.n"))
    expect(page.locator("#t-olive-left")).to_be_focused()


def test_ten_fast_changes_end_in_the_last_state(page: Page):
    page.goto("/build")
    for side in ("left", "whole", "right", "none", "left", "right", "whole", "none", "right", "left"):
        page.locator(f"label:has(#t-bacon-{side})").click(no_wait_after=True)
    expect(page).to_have_url(re.compile("t=bacon.l.n"))
    expect(page.locator("#t-bacon-left")).to_be_checked()
    expect(page.locator("#halves")).to_contain_text("crispy bacon")


def test_an_eleventh_topping_is_refused_beside_its_row(page: Page):
    ten = ["pepperoni", "sausage", "ham", "bacon", "chicken", "meatball", "salami", "mushroom", "olive", "corn"]
    page.goto("/build?size=m&crust=classic&sauce=tomato&cheese=normal&" + "&".join(f"t={key}.w.n" for key in ten))
    page.locator("label:has(#t-garlic-whole)").click()
    expect(page.locator("#row-garlic")).to_contain_text("At most 10 toppings")


def test_a_crust_that_is_not_made_in_a_size_is_exchanged_with_a_note(page: Page):
    page.goto("/build?size=l&crust=stuffed&sauce=tomato&cheese=normal")
    page.locator("label:has(#size-s)").click()
    expect(page.locator("#builder")).to_contain_text("Stuffed crust is not made in this size")
    expect(page.locator("#crust-classic")).to_be_checked()


def test_the_crust_that_is_selected_is_the_one_that_is_priced_and_added(page: Page):
    page.goto("/build/your-own")
    page.locator("label:has(#crust-stuffed)").click()
    expect(page).to_have_url(re.compile("crust=stuffed"))
    page.locator("label:has(#size-s)").click()
    expect(page.locator("#crust-classic")).to_be_checked()
    page.locator("label:has(#size-l)").click()
    expect(page).to_have_url(re.compile("size=l&crust=classic"))
    expect(page.locator("#crust-classic")).to_be_checked()
    page.get_by_role("button", name=re.compile("Add to order")).click()
    page.goto("/cart")
    expect(page.locator("#cart .line")).to_contain_text("Classic crust")


def test_a_topping_that_was_set_by_hand_follows_the_pizza_that_is_laid_over_it(page: Page):
    page.goto("/build/your-own")
    place(page, "pepperoni", "left")
    expect(page).to_have_url(re.compile("t=pepperoni.l.n"))
    page.locator("#two-pizzas summary").click()
    page.locator("#two-left").select_option("margherita")
    expect(page.locator("#halves")).not_to_contain_text("pepperoni")
    expect(page.locator("#t-pepperoni-none")).to_be_checked()


def test_enter_in_the_note_leaves_on_the_halves_what_was_put_there(page: Page):
    page.goto("/build/your-own")
    page.locator("#two-pizzas summary").click()
    page.locator("#two-left").select_option("garden")
    expect(page.locator("#t-mushroom-left")).to_be_checked()
    place(page, "mushroom", "none")
    place(page, "bacon", "left")
    expect(page.locator("#halves")).to_contain_text("crispy bacon")
    page.locator("#special summary").click()
    page.get_by_label("A word for the kitchen").fill("Ring twice")
    page.get_by_label("A word for the kitchen").press("Enter")
    expect(page).to_have_url(re.compile("note=Ring"))
    expect(page.locator("#halves")).to_contain_text("crispy bacon")
    expect(page.locator("#t-mushroom-none")).to_be_checked()


def test_adding_changing_removing_and_undoing_agree_everywhere(page: Page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/")
    page.locator("#add-cola-button").click()
    expect(page.locator("#cart-count")).to_contain_text("1")
    expect(page.locator("#add-cola-button")).to_be_focused()
    page.get_by_label("One more Cola").click()
    expect(page.locator("#cart-link")).to_contain_text("$4.50")
    page.get_by_role("button", name="Remove Cola").click()
    expect(page.locator("#cart")).to_contain_text("Nothing here yet")
    page.locator("#flash").get_by_role("button", name="Undo").click()
    expect(page.locator("#cart")).to_contain_text("Cola")
    expect(page.locator("#cart-link")).to_contain_text("$4.50")


def test_a_double_click_adds_one_and_a_second_press_adds_another(page: Page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/")
    page.locator("#add-root-beer-button").dblclick()
    expect(page.locator("#cart-link")).to_contain_text("$2.25")
    page.locator("#add-root-beer-button").click()
    expect(page.locator("#cart-link")).to_contain_text("$4.50")


@pytest.mark.parametrize("width", [320, 360, 390, 1280])
def test_no_page_scrolls_sideways(page: Page, width):
    page.set_viewport_size({"width": width, "height": 800})
    for path in (
        "/",
        "/build",
        "/cart",
        "/where",
        "/stores",
        "/stores/elm-street",
        "/item/wings",
        "/allergens",
        "/?q=zzz",
        "/nowhere",
    ):
        assert page.goto(path).ok or path == "/nowhere"
        widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert widths[0] <= widths[1], path


def test_back_at_the_builder_adding_the_same_pizza_adds_another(page: Page):
    page.goto("/build?size=m&crust=classic&sauce=tomato&cheese=normal")
    for total in ("$13.50", "$24.00"):
        page.get_by_role("button", name=re.compile("Add to order")).click()
        expect(page.locator("#cart-link")).to_contain_text(total)
        page.go_back()
        expect(page.locator("#builder")).to_be_visible()


KEPT_AS_IT_WAS = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


def test_back_at_a_page_that_the_browser_kept_the_cart_is_the_one_of_now(page: Page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/build")
    place(page, "mushroom", "right")
    expect(page).to_have_url(re.compile("t=mushroom.r.n"))
    title = page.title()
    hands.fill_cart(page)
    page.evaluate(KEPT_AS_IT_WAS)
    expect(page.locator("#cart-count")).to_contain_text("1 item")
    expect(page.locator("#place-chip")).to_contain_text("Elm Street")
    assert page.title() == title
    expect(page.locator("#t-mushroom-right")).to_be_checked()
    page.goto("/")
    hands.send(page, "/cart/lines", "product=root-beer&quantity=1")
    page.evaluate(KEPT_AS_IT_WAS)
    expect(page.locator("#cart")).to_contain_text("Root beer", ignore_case=True)
