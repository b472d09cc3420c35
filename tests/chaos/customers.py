"""Customers: they fill a cart, press the button (twice, or in two tabs), try their cards, and come back or not.

They speak HTTP as browsers do, and try again when nobody answers, as people do.
"""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urljoin

import requests
from requests import Response

from app.orders.status import DEAD
from blueprints.tracking.track_words import HEADLINES
from tests.chaos import plan
from tests.chaos.plan import Visit
from tests.chaos.shop import STORES, Shop
from tests.edges.pages import fields

ADDRESS = re.compile(r"/(?:track|pay|pay/return)/(\d+-[a-z2-7]{26})")
CALLED_OFF = tuple(f"<h1>{HEADLINES[status]}</h1>" for status in DEAD)
SECRET = re.compile(r'data-client-secret="([^"]+)"')
PATIENCE_SECONDS = 25.0
MOST_TRIES = 4
AHEAD = timedelta(hours=20)


class GaveUpError(Exception):
    """Nobody answered for longer than a customer waits, or the shop said no for good."""


@dataclass
class Diary:
    """What customers were told, for comparing it with what is there. Appending to a list needs no lock.

    `orders` were shown, `placed` are those whose tracker says that they come, `called_off` those whose tracker says
    that they do not: who changes an order and still confirms the card of the old one comes back to such a page.
    """

    orders: list[int] = field(default_factory=list)
    placed: list[int] = field(default_factory=list)
    called_off: list[int] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


class Browser:
    """One browser with its cookies."""

    def __init__(self, shop: Shop, diary: Diary, cookies: Any = None) -> None:
        self.shop, self.diary = shop, diary
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.cookies.update(cookies or {})
        self.session.headers.update({"Sec-Fetch-Site": "same-origin"})

    def twin(self) -> "Browser":
        """Another tab."""
        return Browser(self.shop, self.diary, self.session.cookies)

    def get(self, path: str) -> Response:
        """Open a page, however often it takes."""
        return insist(lambda: self._ask("GET", path))

    def post(self, path: str, form: dict[str, str], *, piece: bool = False) -> Response:
        """Send a form, and again when nobody answers."""
        headers = {"HX-Request": "true"} if piece else {}
        return insist(lambda: self._ask("POST", path, data=form, headers=headers))

    def _ask(self, method: str, path: str, **more: Any) -> Response:
        url = urljoin(self.shop.url, path)
        answer = self.session.request(method, url, timeout=20, allow_redirects=False, **more)
        if answer.status_code == 500:
            self.diary.broken.append(f"{method} {path.split('?', maxsplit=1)[0]}")
        return answer


def insist(ask: Callable[[], Response]) -> Response:
    """An answer below 500. Raises GaveUpError after as long as anybody would wait."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            answer = ask()
        except requests.RequestException:
            answer = None
        if answer is not None and answer.status_code < 500:
            return answer
        time.sleep(0.2)
    raise GaveUpError("nobody answered")


def come(shop: Shop, diary: Diary, visit: Visit) -> None:
    """One customer's visit, from an empty cart to wherever it ends."""
    try:
        _visit(shop, diary, visit)
    except GaveUpError as error:
        diary.left.append(str(error))


def _visit(shop: Shop, diary: Diary, visit: Visit) -> None:
    browser = Browser(shop, diary)
    browser.post("/cart/lines", {"product": visit.product, "quantity": str(visit.quantity)})
    browser.post("/where", {"method": "carryout", "store": str(STORES[visit.number % 2]), "time": _time(visit)})
    if visit.coupon:
        browser.post("/cart/coupon", {"code": shop.plan.coupon})
    answer = None
    for _ in range(MOST_TRIES):
        answer = _press(browser, visit, answer)
        if found := ADDRESS.search(_goes_to(answer) + answer.text):
            return _pay(browser, visit, found[1], answer)
        if _goes_to(answer).startswith(shop.provider):
            return _pay_there(browser, visit, _goes_to(answer))
    raise GaveUpError(f"the shop said no: {answer.status_code}")


def _time(visit: Visit) -> str:
    """As soon as possible, or the very quarter that many others want."""
    if not visit.slotted:
        return "asap"
    return (datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + AHEAD).isoformat()


def _press(browser: Browser, visit: Visit, earlier: Response | None) -> Response:
    """The button, pressed once, twice, or in two tabs at the same moment; gives the first answer that leads on.

    After a no it is the button of the page that says no: that one has the new price.
    """
    sheets = [_sheet(browser, visit, earlier)]
    if visit.second_tab:
        sheets.append(_sheet(browser, visit))
    if visit.twice:
        sheets.append(sheets[0])
    tabs = [browser, *(browser.twin() for _ in sheets[1:])]
    piece = visit.pay == "card"
    with ThreadPoolExecutor(len(sheets)) as hands:
        both = zip(tabs, sheets, strict=True)
        presses = [hands.submit(tab.post, "/checkout", sheet, piece=piece) for tab, sheet in both]
    answers = [press.result() for press in presses if press.exception() is None]
    for answer in answers:
        _note(browser, answer)
    if not answers:
        raise GaveUpError("nobody answered")
    return min(answers, key=lambda answer: answer.status_code)


def _sheet(browser: Browser, visit: Visit, earlier: Response | None = None) -> dict[str, str]:
    kept = fields(earlier) if earlier is not None else {}
    form = kept if "idem" in kept else fields(browser.get("/checkout"))
    return {**form, **visit.contact, "pay_with": visit.pay}


def _note(browser: Browser, answer: Response) -> None:
    if answer.status_code < 400 and (found := ADDRESS.search(_goes_to(answer) + answer.text)):
        browser.diary.orders.append(int(found[1].partition("-")[0]))


def _goes_to(answer: Response) -> str:
    return answer.headers.get("HX-Redirect") or answer.headers.get("Location") or ""


def _pay(browser: Browser, visit: Visit, address: str, answer: Response) -> None:
    if visit.regrets:
        browser.post(f"/pay/{address}/cart", {})
    found = SECRET.search(answer.text)
    if visit.pay == "card" and found is None:
        found = SECRET.search(browser.post(f"/pay/{address}", {"pay_with": "card"}, piece=True).text)
    if visit.pay == "card" and found is not None:
        _confirm(browser, visit, found[1])
    if visit.pay == "hosted":
        page = _goes_to(browser.post(f"/pay/{address}", {"pay_with": "hosted"}))
        if page.startswith(browser.shop.provider):
            _pay_there(browser, visit, page)
    elif visit.comes_back:
        _come_back(browser, address)


def _confirm(browser: Browser, visit: Visit, secret: str) -> None:
    """Try each card as the element does: the numbers go from the browser to the provider."""
    intent_id = secret.partition("_secret_")[0]
    confirm = f"{browser.shop.provider}/v1/payment_intents/{intent_id}/confirm"
    terms = {"key": browser.shop.publishable_key, "client_secret": secret, "use_stripe_sdk": "true"}
    for card in visit.cards:
        answer = insist(partial(requests.post, confirm, {**terms, **_typed(card)}, timeout=20)).json()
        if answer.get("status") == "requires_action" and visit.answers_bank:
            page = answer["next_action"]["use_stripe_sdk"]["stripe_js"]
            insist(partial(requests.post, f"{page}&origin=x", {"answer": "complete"}, timeout=20))


def _typed(card: str) -> dict[str, str]:
    numbers = {"number": plan.CARDS[card], "exp_month": "12", "exp_year": "40", "cvc": "123"}
    method = {f"payment_method_data[card][{name}]": value for name, value in numbers.items()}
    return {"payment_method_data[type]": "card", **method}


def _pay_there(browser: Browser, visit: Visit, page: str) -> None:
    """The provider's own page, without a script of ours."""
    answer = requests.Response()
    for card in visit.cards:
        form = {"number": plan.CARDS[card], "expiry": "12 / 40", "cvc": "123"}
        answer = insist(partial(requests.post, page, form, timeout=20, allow_redirects=False))
    if "/3ds/" in _goes_to(answer) and visit.answers_bank:
        bank = urljoin(page, _goes_to(answer))
        insist(partial(requests.post, bank, {"answer": "complete"}, timeout=20, allow_redirects=False))
        answer = insist(partial(requests.get, page, timeout=20, allow_redirects=False))
    if (found := ADDRESS.search(_goes_to(answer))) and visit.comes_back:
        _come_back(browser, found[1])


def _come_back(browser: Browser, address: str) -> None:
    """The page that asks until the payment is decided, and then the tracker. One that does not call the order off, in
    whatever words, has promised it."""
    for _ in range(MOST_TRIES):
        where = _goes_to(browser.get(f"/pay/return/{address}"))
        if where.startswith("/track/"):
            page = browser.get(where).text
            told = browser.diary.called_off if any(words in page for words in CALLED_OFF) else browser.diary.placed
            told.append(int(address.partition("-")[0]))
            return
