"""Customers: each fills a cart, says where to, and pays in cash, as fast as a person who knows what they want."""

import http.client
import re

from dev.simulate.browser import Browser, filled_in
from dev.simulate.diary import Day
from dev.simulate.stream import Wish

TRACKER = re.compile(r"/track/(\d+)-")
WORDS = re.compile(r"data-error-summary.*?<li>(.*?)</li>", re.DOTALL)
TAGS = re.compile(r"<[^>]+>")
NAMES = ("Ana Lopez", "Ben Ortiz", "Cleo Park", "Dan Weiss", "Eve Moss", "Finn Hale", "Gia Conti", "Hal Reed")
LIMITED = "the shop limits orders; open it with RATE_LIMITS=off"


def order(url: str, day: Day, wish: Wish, store_id: int, *, delivered: bool) -> None:
    """One visit, from the menu to the tracker; what became of it stands in the day's diary."""
    browser = Browser.at(url)
    try:
        _fill(browser, wish)
        if not _go_to(browser, store_id, delivered=delivered):
            return day.refuse("not at this place and time")
        page = browser.get("/checkout")
        form = {**filled_in(page.text), **_person(wish), "pay_with": "cash"}
        answer = browser.post("/checkout", form)
    except (OSError, http.client.HTTPException):
        return day.note("errors")
    if TRACKER.search(answer.location):
        return day.note("placed")
    return day.refuse(LIMITED if answer.status == 429 else _why(answer.text, answer.status))


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
