"""Reports in a browser: on a phone and a desk screen, with what is drawn as high as the figures say."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser import hands
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
    yield
    running_shop.change("DELETE FROM sales_hours WHERE day < '2020-01-01'")


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


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_reports_keep_nobody_out(browser: Browser, running_shop: House, width, scheme):
    page = hands.signed_in(browser, running_shop, "manager")
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    for asked in (f"from={DAYS[0]}&to={DAYS[1]}", "from=2018-01-01&to=2018-01-02", "from=2019-03-05&to=2019-03-04"):
        page.goto(f"/manage/reports?{asked}")
        found = Axe().run(page).response["violations"]
        assert not found, (asked, [(each["id"], each["nodes"][0]["html"][:120]) for each in found])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
