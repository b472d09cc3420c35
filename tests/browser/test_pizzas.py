"""Any pizza, with JavaScript and without: half and half told alike everywhere, kept by Back, right after fast fingers,
and what ran out meanwhile said in time.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import hands
from tests.house import House

pytestmark = pytest.mark.browser

LEFT_AND_RIGHT = {"pepperoni": "left", "mushroom": "right", "greenpepper": "right", "olive": "whole"}


@pytest.fixture(params=[True, False], ids=["script", "plain"])
def either(browser: Browser, base_url: str, request) -> Iterator[Page]:
    """A phone with JavaScript, and one without."""
    context = browser.new_context(
        base_url=base_url,
        java_script_enabled=request.param,
        viewport={"width": 390, "height": 844},
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.script = request.param
    yield page
    context.close()


@pytest.fixture
def kitchen(running_shop: House) -> Iterator[House]:
    """The shop, with everything in stock again afterwards."""
    yield running_shop
    running_shop.restock()


def choose(page: Page, control: str) -> None:
    page.locator(f"label:has(#{control})").click()
    expect(page.locator(f"#{control}")).to_be_checked()


def look(page: Page) -> None:
    """Without script, the page is asked to draw what was chosen."""
    if not page.script:
        page.get_by_role("button", name="Update the picture and price").click()


def xs(page: Page, key: str, side: str) -> list[float]:
    """Where the pieces of a topping lie from left to right, in the picture itself; the middle is at 200."""
    drawn = page.locator(f"#b-{key}-{side}").inner_html()
    return [float(x) for x in re.findall(r"translate\(([\d.]+) ", drawn)]


def test_half_and_half_is_told_alike_from_the_builder_to_the_ticket(
    either: Page, browser: Browser, running_shop: House
):
    page = either
    page.goto("/build")
    choose(page, "size-l")
    for key, side in LEFT_AND_RIGHT.items():
        choose(page, f"t-{key}-{side}")
        if page.script:
            expect(page).to_have_url(re.compile(f"t={key}"))
    look(page)
    choose(page, "a-pepperoni-extra")
    choose(page, "a-olive-light")
    look(page)
    for words in hands.IN_WORDS:
        expect(page.locator("#builder")).to_contain_text(words)
    assert max(xs(page, "pepperoni", "left")) < 200 < min(xs(page, "mushroom", "right"))
    assert min(xs(page, "olive", "whole")) < 200 < max(xs(page, "olive", "whole"))
    hands.add_to_order(page)
    page.goto("/cart")
    tell(page, "#cart")
    hands.send(page, "/where", f"{hands.ELM_STREET}&time=asap")
    page.goto("/checkout")
    tell(page, "#checkout-receipt")
    hands.introduce(page)
    choose(page, "pay-in-cash")
    page.locator(".pay-button").first.click()
    number = hands.order_number(page)
    tell(page, "#track")
    running_shop.until(lambda: bool(running_shop.rows("SELECT 1 FROM tickets WHERE order_id = :n", n=number)))
    board = hands.open_board(browser, running_shop, javascript=page.script)
    tell(board, f"article:has(#go-{number})")
    board.goto(f"/staff/orders/{number}/ticket")
    tell(board, "main.papers")
    picture = running_shop.rows("SELECT picture FROM order_units WHERE order_id = :n", n=number)[0][0]
    assert picture in (board.locator("img.drawn").get_attribute("src") or "")
    board.context.close()


def tell(page: Page, where: str) -> None:
    for words in hands.IN_WORDS:
        expect(page.locator(where).first).to_contain_text(words)


CHANGES = ("size-xl", "crust-thin", "sauce-bbq", "t-corn-right", "t-basil-whole")


def test_back_reload_and_another_browser_keep_the_pizza(either: Page, browser: Browser, base_url: str):
    page = either
    page.goto("/build/garden")
    for control in CHANGES:
        choose(page, control)
    if page.script:
        expect(page).to_have_url(re.compile("size=xl.*crust=thin.*sauce=bbq.*t=basil.w.n.*t=corn.r.n"))
    else:
        look(page)
    price = page.locator(".addbar .btn").inner_text()
    page.goto("/stores")
    page.go_back()
    kept(page, price)
    page.reload()
    kept(page, price)
    other = browser.new_context(base_url=base_url, java_script_enabled=page.script)
    elsewhere = other.new_page()
    elsewhere.goto(page.url)
    kept(elsewhere, price)
    other.close()


def kept(page: Page, price: str) -> None:
    for control in CHANGES:
        expect(page.locator(f"#{control}")).to_be_checked()
    expect(page.locator(".addbar .btn")).to_have_text(re.compile(re.escape(price.rsplit(maxsplit=1)[-1])))
    expect(page.locator("#changed")).to_contain_text("BBQ sauce, plus fresh basil, plus sweet corn on the right")


FAST = (
    *("t-bacon-left", "t-corn-whole", "size-l", "t-bacon-right", "crust-thin", "t-feta-left", "t-corn-none"),
    *("size-xl", "t-bacon-whole", "t-feta-right"),
)


def test_ten_changes_in_two_seconds_on_a_slow_line_end_in_the_last_state(page: Page):
    page.goto("/build")
    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", slow)
    for control in FAST:
        page.locator(f"label:has(#{control})").click(no_wait_after=True)
    expect(page).to_have_url(re.compile("size=xl&crust=thin.*t=bacon.w.n&t=feta.r.n$"))
    expect(page.locator("#t-feta-right")).to_be_focused()
    expect(page.locator("#halves")).to_have_text(re.compile("Left.*crispy bacon.*Right.*feta, crispy bacon", re.DOTALL))
    expect(page.locator("#b-feta-right")).to_be_attached()
    expect(page.locator("#b-corn-whole")).to_have_count(0)
    price = page.locator(".addbar .btn .num").inner_text()
    line.send("Network.emulateNetworkConditions", {**slow, "latency": 0})
    page.reload()
    expect(page.locator(".addbar .btn .num")).to_have_text(price)
    for control in ("size-xl", "crust-thin", "t-bacon-whole", "t-feta-right", "t-corn-none"):
        expect(page.locator(f"#{control}")).to_be_checked()


def test_what_ran_out_meanwhile_is_said_in_builder_cart_and_at_the_till(
    either: Page, browser: Browser, base_url: str, kitchen: House
):
    page = either
    hands.fill_cart(page, hands.MUSHROOMS)
    page.goto("/checkout")
    hands.introduce(page)
    choose(page, "pay-in-cash")
    at_till = page.context.new_page()
    at_till.script = page.script
    at_till.goto("/build?size=l&crust=classic&sauce=tomato&cheese=normal&t=mushroom.w.n")
    before = kitchen.rows("SELECT count(*) FROM orders")[0][0]
    kitchen.sell_out("topping", "mushroom")
    page.locator(".pay-button").first.click()
    expect(page.locator("[data-error-summary]")).to_contain_text("This store is sold out of mushrooms today")
    assert kitchen.rows("SELECT count(*) FROM orders")[0][0] == before
    page.goto("/cart")
    expect(page.locator("#cart .why")).to_contain_text("sold out")
    expect(page.get_by_role("link", name="Check out")).to_have_count(0)
    choose(at_till, "t-olive-whole")
    look(at_till)
    expect(at_till.locator("#row-mushroom")).to_contain_text("Sold out today")
    expect(at_till.locator("#row-mushroom .error")).to_contain_text("sold out")
    at_till.close()
    expect(page.locator("#cart .gone img")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Edit")).click()
    expect(page.locator("#builder-problem")).to_be_in_viewport()
    expect(page.locator("#builder-problem")).to_contain_text("sold out of mushrooms today")
    page.get_by_role("link", name="Take off mushrooms").click()
    expect(page.locator("#row-mushroom")).to_be_in_viewport()
    expect(page.locator("#t-mushroom-left")).to_be_disabled()
    page.get_by_role("button", name=re.compile("Save changes")).click()
    expect(page.get_by_role("link", name="Check out").first).to_be_visible()


def test_each_half_a_different_pizza(either: Page):
    page = either
    page.goto("/build?size=l")
    page.get_by_text("Make each half a different pizza").click()
    page.get_by_label("Pizza on the left").focus()
    page.get_by_label("Pizza on the left").select_option("Garden")
    if page.script:
        expect(page).to_have_url(re.compile("t=mushroom.l.n"))
        expect(page.get_by_label("Pizza on the left")).to_be_focused()
    page.get_by_label("Pizza on the right").select_option("Diavola")
    if not page.script:
        page.get_by_role("button", name="Lay them on the halves").click()
    expect(page.locator("#t-salami-right")).to_be_checked()
    expect(page.locator("#t-mushroom-left")).to_be_checked()
    expect(page.locator("#t-redonion-whole")).to_be_checked()
    expect(page.get_by_label("Pizza on the left")).to_have_value("garden")
    choose(page, "t-corn-left")
    look(page)
    expect(page.locator("#halves")).to_contain_text("sweet corn")
    expect(page.locator("#t-salami-right")).to_be_checked()


def test_instructions_and_a_note_reach_the_kitchen(either: Page, browser: Browser, running_shop: House):
    page = either
    page.goto("/build/margherita?o-bake=well")
    choose(page, "o-cut-squares")
    page.get_by_text("Special notes").click()
    page.get_by_label("A word for the kitchen").fill("Birthday, please write 40")
    hands.add_to_order(page)
    page.goto("/cart")
    expect(page.locator("#cart")).to_contain_text("well done, cut in squares")
    expect(page.locator("#cart")).to_contain_text("Birthday, please write 40")
    page.get_by_role("link", name=re.compile("^Edit")).click()
    expect(page.locator("#note")).to_have_value("Birthday, please write 40")
    expect(page.locator("#o-cut-squares")).to_be_checked()
    hands.send(page, "/where", f"{hands.ELM_STREET}&time=asap")
    page.goto("/checkout")
    hands.introduce(page)
    choose(page, "pay-in-cash")
    page.locator(".pay-button").first.click()
    number = hands.order_number(page)
    running_shop.until(lambda: bool(running_shop.rows("SELECT 1 FROM tickets WHERE order_id = :n", n=number)))
    board = hands.open_board(browser, running_shop)
    ticket = board.locator(f"article:has(#go-{number})")
    expect(ticket).to_contain_text("well done, cut in squares")
    expect(ticket).to_contain_text("Birthday, please write 40")
    board.context.close()
