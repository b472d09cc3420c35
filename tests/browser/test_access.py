"""Everybody can use every page: what axe, a checker of web pages, has to say of them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe, hands

pytestmark = pytest.mark.browser


def test_axe_sees_which_text_is_too_pale_among_others_of_its_colour(page: Page):
    for colour, pale_on in (("oklch(0.75 0.02 60)", "white"), ("rgb(120 120 120)", "grey"), ("#fff8", "#777")):
        for ground, expected in (("black", []), (pale_on, [("color-contrast", f'<b style="color: {colour}">hot</b>')])):
            middle = f"<p style='background: {ground}'><b style='color: {colour}'>hot</b>"
            around = f"<p style='background: black; color: {colour}'>hot"
            page.set_content(
                f"<!doctype html><html lang=en><title>Hot</title><main><h1>Hot</h1>{around}{middle}{around}"
            )
            assert axe.faults(page) == expected


def test_no_page_keeps_anybody_out(page: Page, running_shop):
    hands.order_cola_in_cash(page, running_shop)
    tracker = page.url
    page.goto(hands.HALF_AND_HALF)
    page.get_by_role("button", name=re.compile("Add to order")).click()
    expect(page.locator("#cart-count")).to_contain_text("1")
    paths = (
        "/",
        hands.HALF_AND_HALF,
        "/cart",
        "/where",
        "/stores",
        "/item/hot-wings",
        "/checkout",
        "/track",
        "/stores/elm-street/promises",
        "/sign-in",
    )
    for path in (*paths, tracker, "/nowhere"):
        page.goto(path)
        for width in axe.phone_and_desk(page):
            found = axe.faults(page)
            assert not found, (path, width, found)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


STATES = (
    "/?q=margarita",
    "/?q=sushi&only=vegan",
    "/allergens?without=milk",
    "/item/wings?o-moredips=ranch&o-moredips=garlic",
    "/item/wings?o-wingsauce=none",
    "/item/bakers-guest",
    "/build/garden?sauce=bbq&cheese=extra&base=plantcheese&t=olive.l.x&t=hothoney.w.n&o-bake=well&note=Hello",
    "/build/your-own?left=garden&right=bianca&fill=1",
    "/build?size=xl&crust=stuffed",
    "/build?sauce=tomato&cheese=normal&" + "&".join(f"t={key}.w.n" for key in hands.ELEVEN),
    f"/build?note={'x' * 81}",
)


def test_no_state_of_menu_and_builder_keeps_anybody_out(page: Page, running_shop):
    gone = (("topping", "olive"), ("size", "s"), ("crust", "pan"), ("option", "bake.light"), ("product", "cola"))
    for state in STATES:
        clean(page, state)
    try:
        for kind, key in gone:
            running_shop.sell_out(kind, key)
        running_shop.until(lambda: page.goto("/?q=cola") is not None and page.locator(".card.out").count() > 0)
        for state in ("/build", "/build/garden", "/build?size=s&crust=pan", "/item/cola", "/?q=cola"):
            clean(page, state)
    finally:
        running_shop.restock()


def clean(page: Page, path: str) -> None:
    page.goto(path)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    for width in axe.phone_and_desk(page, ("light", "dark")):
        found = axe.faults(page)
        assert not found, (path, width, found)


def test_the_board_keeps_nobody_out(browser, running_shop, page: Page):
    hands.order_cola_in_cash(page, running_shop)
    board = hands.open_board(browser, running_shop)
    found = axe.faults(board)
    assert not found, found
    board.context.close()
