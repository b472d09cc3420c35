"""Customers: each fills a cart, says where to, and pays by card or in cash, as fast as people who know their wish."""

import http.client
import ipaddress
import re
from urllib.parse import urlsplit

from dev.simulate.browser import Answer, Browser, filled_in
from dev.simulate.diary import Day
from dev.simulate.stream import Wish

TRACKER = re.compile(r"/track/(\d+)-")
WORDS = re.compile(r"data-error-summary.*?<li>(.*?)</li>", re.DOTALL)
TAGS = re.compile(r"<[^>]+>")
NAMES = ("Ana Lopez", "Ben Ortiz", "Cleo Park", "Dan Weiss", "Eve Moss", "Finn Hale", "Gia Conti", "Hal Reed")
CARD = {"number": "4242 4242 4242 4242", "expiry": "12/40", "cvc": "123"}
EMPTY_CARD = "4000 0000 0000 9995"
EMPTY_EVERY = 10  # one in ten finds their first card empty
LIMITED = "the shop limits orders; open it with RATE_LIMITS=off"
NOT_HERE = "cards are only paid at the stand-in of make run"


def order(url: str, day: Day, wish: Wish, store_id: int, *, delivered: bool, by_card: bool = False) -> None:
    """One visit, from the menu to the tracker; what became of it stands in the day's diary."""
    browser = Browser.at(url)
    try:
        _fill(browser, wish)
        if not _go_to(browser, store_id, delivered=delivered):
            return day.refuse("not at this place and time")
        page = browser.get("/checkout")
        form = {**filled_in(page.text), **_person(wish), "pay_with": "hosted" if by_card else "cash"}
        answer = browser.post("/checkout", form)
        if by_card and answer.location:
            answer = _pay(browser, answer.location, day, wish)
    except (OSError, http.client.HTTPException):
        return day.note("errors")
    if tracker := TRACKER.search(answer.location):
        return day.place(int(tracker[1]))
    if answer.status == 0:
        return day.refuse(NOT_HERE)
    return day.refuse(LIMITED if answer.status == 429 else _why(answer.text, answer.status))


def _pay(browser: Browser, page: str, day: Day, wish: Wish) -> Answer:
    """Type a test card on the provider's page, and come back; only where a stand-in on this machine plays it."""
    if not _is_here(page):
        return Answer(0, "", "")
    till, tries = Browser.at(page), 10
    if wish.number % EMPTY_EVERY == 0:
        day.note("declined")
        till.post(urlsplit(page).path, {**CARD, "number": EMPTY_CARD})
    back = till.post(urlsplit(page).path, CARD).location
    day.note("by card")
    answer = browser.get(urlsplit(back).path)
    while not answer.location and not day.over.wait(1) and (tries := tries - 1):  # the provider is not done yet
        answer = browser.get(urlsplit(back).path)
    return answer


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _fill(browser: Browser, wish: Wish) -> None:
    for product, size, many in wish.lines:
        browser.post("/cart/lines", {"product": product, "size": size, "quantity": str(min(many, 10))})


def _go_to(browser: Browser, store_id: int, *, delivered: bool) -> bool:
    place = {"method": "carryout", "store": str(store_id), "time": "asap"}
    if delivered:
        place = {"method": "delivery", "street": "12 Elm Street", "city": "Chicago", "zip": "60610", "time": "asap"}
    return browser.post("/where", place).status < 400


def _person(wish: Wish) -> dict[str, str]:
    name = NAMES[wish.number % len(NAMES)]
    mail = f"{name.split()[0].lower()}.{wish.number}@example.com"
    return {"name": name, "phone": f"312555{wish.number % 10000:04d}", "email": mail}


def _why(page: str, status: int) -> str:
    found = WORDS.search(page)
    return " ".join(TAGS.sub(" ", found[1]).split())[:90] if found else f"answered {status}"
