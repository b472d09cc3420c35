"""What the cast does with a browser, in the words of the shop."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode, urljoin

from playwright.sync_api import Browser, Page, expect

from app.core import clock
from app.users import totp
from dev.simulate.browser import filled_in
from tests.house import House

GOOD_CARD = "4242 4242 4242 4242"
HALF_AND_HALF = (
    "/build?size=l&crust=classic&sauce=tomato&cheese=normal"
    "&t=pepperoni.l.x&t=mushroom.r.n&t=greenpepper.r.n&t=olive.w.l"
)
MUSHROOMS = "product=your-own&size=l&crust=classic&sauce=tomato&cheese=normal&t=mushroom.r.n&quantity=1"
COLA, ELM_STREET = "product=cola&quantity=1", "method=carryout&store=1"
HOME = "method=delivery&street=12+Elm+Street&city=Chicago&zip=60610"
IN_WORDS = ("pepperoni (extra)", "mushrooms, green pepper", "black olives (light)")
ELEVEN = (
    *("pepperoni", "sausage", "ham", "bacon", "chicken", "meatball", "salami", "mushroom", "olive", "corn", "garlic"),
)  # one topping more than fits
TRACKER = re.compile(r"/track/(\d+)-[a-z2-7]{26}$")


def go_to(page: Page, street: str, zip_code: str) -> None:
    """Have it delivered to an address, from the page that asks where."""
    page.get_by_label("Street and number").fill(street)
    page.get_by_label("ZIP code").fill(zip_code)
    page.get_by_role("button", name="Use this place and time").click()


def pick_up(page: Page) -> None:
    """Have it picked up at Elm Street, as soon as it is ready."""
    page.goto("/where?method=carryout&store=1")
    page.get_by_role("button", name="Use this place and time").click()
    expect(page).not_to_have_url(re.compile("/where"))


def add_to_order(page: Page) -> None:
    """Leave the builder with what it shows in the order."""
    page.get_by_role("button", name=re.compile("Add to order")).click()
    expect(page.locator("#flash")).to_contain_text("Added")


def introduce(page: Page, name: str = "Ana Lopez") -> None:
    """Say who orders."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Phone").fill("(312) 555-0142")
    page.get_by_label("Email").fill("ana@example.com")


def pay_by_card(page: Page, number: str = GOOD_CARD) -> None:
    """Fill the provider's field in and press Pay."""
    expect(page.locator("#pay-form")).to_have_attribute("data-card", "ready")
    field = page.frame_locator("iframe[title='Secure payment input frame']")
    field.get_by_label("Card number").fill(number)
    field.get_by_label("Expiration date").fill("12/40")
    field.get_by_label("Security code").fill("123")
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()


def order_number(page: Page) -> int:
    """The number of the order whose tracker is open."""
    expect(page).to_have_url(TRACKER)
    found = TRACKER.search(page.url)
    assert found
    return int(found[1])


def order_cola_in_cash(page: Page, shop: House, name: str = "Ana Lopez") -> int:
    """The shortest order there is: one cola to pick up at Elm Street, in cash. Gives its number."""
    return order_in_cash(page, shop, COLA, ELM_STREET, name)


def order_in_cash(page: Page, shop: House, line: str, place: str, name: str, *, time: str = "asap") -> int:
    """Order by the shop's forms alone, and open the tracker. Gives the order's number.

    Nothing is drawn on the way: for tests that begin where those of the menu and the checkout end.
    """
    send(page, f"{shop.url}/where", f"{place}&{urlencode({'time': time})}")
    send(page, f"{shop.url}/cart/lines", line)
    form = filled_in(page.request.get(f"{shop.url}/checkout").text())
    person = {"name": name, "phone": "(312) 555-0142", "email": "ana@example.com"}
    page.goto(send(page, f"{shop.url}/checkout", urlencode({**form, **person, "pay_with": "cash"})))
    return order_number(page)


def fill_cart(page: Page, line: str = COLA, place: str = ELM_STREET) -> None:
    """Put one thing into the cart, to be had at a place, by the shop's forms alone."""
    send(page, "/where", f"{place}&time=asap")
    send(page, "/cart/lines", line)


def send(page: Page, url: str, form: str) -> str:
    """Send a form with the page's cookies, and draw nothing; gives the URL that the answer leads to."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    answer = page.request.post(url, data=form, headers=headers, max_redirects=0)
    assert answer.status == 303, (url, answer.status, answer.text()[:500])
    return urljoin(url, answer.headers["location"])


def open_board(browser: Browser, shop: House, role: str = "kitchen", *, javascript: bool = True) -> Page:
    """Sign in and stand before the board of Elm Street, with the shift started."""
    board = signed_in(browser, shop, role, javascript=javascript)
    expect(board).to_have_url(re.compile("/staff"))
    if javascript:
        starts = board.locator("[data-start-shift]")
        starts.click()
        # on its next page the shift goes on, unless the browser wants a touch before it makes a sound again
        board.add_locator_handler(starts, lambda button: button.click())
    return board


def signed_in(browser: Browser, shop: House, role: str, *, javascript: bool = True) -> Page:
    """A browser in which a member of staff has just signed in, by the forms alone."""
    context = browser.new_context(
        base_url=shop.url,
        viewport={"width": 1366, "height": 768},
        java_script_enabled=javascript,
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    person = shop.sign_in(role)
    words = {"email": person["email"], "password": person["password"]}
    leads_to = send(page, f"{shop.url}/session", urlencode(words))
    if person["totp"]:
        unused(shop, person)
        leads_to = send(page, f"{shop.url}/session/second-step", urlencode({"code": app_shows(person)}))
    page.goto(leads_to)
    expect(page).not_to_have_url(re.compile("/sign-in"))
    return page


def unused(shop: House, person: Mapping[str, str]) -> None:
    """Let a person's code be good although it may have been used a moment ago, in another test."""
    shop.change("UPDATE users SET totp_step = 0 WHERE email = :email", email=person["email"])


def app_shows(person: Mapping[str, str]) -> str:
    """The code in a person's authenticator app."""
    return totp.code(person["totp"], totp.step_at(clock.now()))


def tap(board: Page, number: int, deed: str) -> None:
    """The kitchen's one tap."""
    board.locator(f"#go-{number}", has_text=deed).click()
