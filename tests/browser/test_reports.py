"""Reports in a browser: on a phone and a desk screen, with what is drawn as high as the figures say."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe, hands
from tests.house import House

pytestmark = pytest.mark.browser
DAYS = ("2019-03-04", "2019-03-05")  # long ago, so that nobody else sells on them
TAKEN = {DAYS[0]: 20_000, DAYS[1]: 50_000}


@pytest.fixture(autouse=True)
def two_days_of_long_ago(running_shop: House) -> Iterator[None]:
    """Figures that are known, of the first store."""
    for day, cents in TAKEN.items():
        running_shop.change(
            "INSERT INTO sales_hours (store_id, day, hour, orders, items_cents, discount_cents, fee_cents, tax_cents,"
            " tip_cents, taken_cents, back_cents, disputed_cents)"
            " VALUES (1, :day, 18, 4, :cents, 0, 0, 0, 0, :cents, 0, 0)",
            day=day,
            cents=cents,
        )
    for measure, minutes, count in (("prep", 10, 5), ("prep", 20, 4), ("prep", 40, 1), ("late", -5, 3), ("late", 7, 1)):
        running_shop.change(
            "INSERT INTO speeds (store_id, day, measure, hour, minutes, count)"
            " VALUES (1, :day, :measure, 18, :minutes, :count)",
            day=DAYS[0],
            measure=measure,
            minutes=minutes,
            count=count,
        )
    yield
    running_shop.change("DELETE FROM sales_hours WHERE day < '2020-01-01'")
    running_shop.change("DELETE FROM speeds WHERE day < '2020-01-01'")


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def mina(request, browser: Browser, running_shop: House) -> Iterator[Page]:
    page = hands.signed_in(browser, running_shop, "manager", javascript=request.param)
    yield page
    page.context.close()


def test_columns_are_as_high_as_the_figures_and_the_table_says_the_same(mina: Page):
    mina.goto("/manage/reports")
    mina.get_by_label("From").fill(DAYS[0])
    mina.get_by_label("To", exact=True).fill(DAYS[1])
    mina.get_by_role("button", name="Show").click()
    expect(mina).to_have_url(re.compile("from=2019-03-04"))
    columns = mina.locator("section:has(#days-head) svg.columns rect.now")
    expect(columns).to_have_count(2)
    low, high = (columns.nth(n).bounding_box() for n in range(2))
    assert low is not None
    assert high is not None
    assert low["height"] / high["height"] == pytest.approx(0.4, abs=0.01)
    folded = mina.locator("section:has(#days-head) details")
    folded.locator("summary").click()
    rows = folded.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("$500.00")
    expect(mina.locator(".tiles")).to_contain_text("$700.00")


def test_dots_stand_as_high_as_the_minutes_and_the_table_says_the_same(mina: Page):
    mina.goto("/manage/reports")
    mina.get_by_role("navigation", name="Reports").get_by_role("link", name="Kitchen and road").click()
    expect(mina).to_have_url(re.compile("/manage/reports/speeds"))
    mina.goto(f"/manage/reports/speeds?from={DAYS[0]}&to={DAYS[1]}")
    dots = [mina.locator(f"section:has(#prep-head) .curve-{n} path").get_attribute("d") or "" for n in (1, 2)]
    heights = [100 - float(dot.removesuffix("h0").split()[1]) for dot in dots]
    assert heights == [50, 100]  # 10 and 20 minutes
    folded = mina.locator("section:has(#prep-head) details")
    folded.locator("summary").click()
    expect(folded.locator("tbody tr")).to_contain_text("10 min")
    expect(folded.locator("tbody tr")).to_contain_text("20 min")
    expect(mina.locator(".tiles")).to_contain_text("75 of 100")


def test_other_days_change_the_report_in_place_and_going_back_changes_it_again(browser: Browser, running_shop: House):
    page = hands.signed_in(browser, running_shop, "manager")
    page.goto(f"/manage/reports?from={DAYS[0]}&to={DAYS[1]}")
    page.evaluate("document.body.dataset.same = 'yes'")
    page.get_by_label("To", exact=True).fill(DAYS[0])
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".tiles")).to_contain_text("$200.00")
    expect(page).to_have_url(re.compile(f"to={DAYS[0]}"))
    assert page.evaluate("document.body.dataset.same") == "yes"
    page.go_back()
    expect(page.locator(".tiles")).to_contain_text("$700.00")
    page.context.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_every_door_of_the_desk_is_two_presses_away(browser: Browser, running_shop: House, javascript):
    page = hands.signed_in(browser, running_shop, "admin", javascript=javascript)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/manage/reports")
    bar = page.get_by_role("navigation", name="Desk")
    assert (bar.bounding_box() or {"height": 99})["height"] < 60  # one row
    bar.locator("summary", has_text="People").focus()
    page.keyboard.press("Enter")
    bar.get_by_role("link", name="Who did what").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Who did what")
    page.set_viewport_size({"width": 390, "height": 800})
    bar.locator("summary", has_text="Kitchen").click()
    expect(bar.get_by_role("link", name="Sold out")).to_be_in_viewport()
    bar.locator("summary", has_text="Menu").click()
    expect(bar.get_by_role("link", name="Sold out")).to_be_hidden()
    page.context.close()


def test_a_group_of_doors_closes_by_escape_and_by_a_click_elsewhere(browser: Browser, running_shop: House):
    page = hands.signed_in(browser, running_shop, "admin")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/manage/reports")
    kitchen = page.get_by_role("navigation", name="Desk").locator("details", has_text="Kitchen")
    kitchen.locator("summary").click()
    kitchen.get_by_role("link", name="Sold out").focus()
    page.keyboard.press("Escape")
    expect(kitchen.get_by_role("link", name="Sold out")).to_be_hidden()
    expect(kitchen.locator("summary")).to_be_focused()
    kitchen.locator("summary").click()
    page.mouse.click(1_200, 700)  # beside all that opened
    expect(kitchen.get_by_role("link", name="Sold out")).to_be_hidden()
    page.context.close()


def test_reports_keep_nobody_out(browser: Browser, running_shop: House):
    page = hands.signed_in(browser, running_shop, "manager")
    wanted = f"from={DAYS[0]}&to={DAYS[1]}"
    for asked in (
        *(f"?{wanted}", "?from=2018-01-01&to=2018-01-02", "?from=2019-03-05&to=2019-03-04"),
        *(f"/speeds?{wanted}", "/speeds?from=2018-01-01&to=2018-01-02", "/staff?days=28"),
    ):
        page.goto(f"/manage/reports{asked}")
        for width in axe.phone_and_desk(page):
            found = axe.faults(page)
            assert not found, (asked, width, found)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, asked
    page.context.close()
