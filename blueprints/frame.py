"""What the frame of every customer page shows: place, cart, running order. Worked out only when a page asks for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from flask import Flask, request
from werkzeug.utils import cached_property  # that of functools has one lock for all requests, up to Python 3.11

from app.core import clock
from app.core.cache import Memory
from app.core.settings import settings
from app.menu import service as menu
from app.menu.service import Catalogue
from app.orders import cart, usual
from app.orders.advising import Advice, advise
from app.orders.usual import Offered
from app.orders.values import CartHead, CartView
from app.promotions import service as promotions
from app.promotions.service import Deal, NearMiss
from app.stores import service as stores
from app.stores.service import Method, StoreInfo
from app.tracking import service as tracking
from app.tracking.stages import LABELS
from app.users.service import Who
from blueprints import browser, order_links, who
from blueprints.slot_words import near_words

# A cart is drawn from here while nothing about it changed; its promise may be this old on a page, never at placing.
CartKey = tuple[int, int, tuple[int, int], int, int | None]
# What is said beside its price hangs on which deals hold, too, and they come and go by the hour.
AdviceKey = tuple[CartKey, tuple[Deal, ...], int]
views: Memory[CartKey, CartView] = Memory(most=5_000, age=timedelta(seconds=15))
advices: Memory[AdviceKey, Advice] = Memory(most=5_000, age=timedelta(minutes=5))

MIDNIGHT = "12:00 am"


@dataclass(frozen=True, slots=True)
class Chip:
    """The place in the header: how and when, and where."""

    headline: str
    detail: str


@dataclass(frozen=True, slots=True)
class FrameStore:
    """The store in the footer."""

    name: str
    phone_display: str
    phone_href: str
    hours_text: str


@dataclass(frozen=True, slots=True)
class RunningBar:
    """The thin bar under the header while an order is on its way."""

    number: int
    headline: str
    url: str


@dataclass(frozen=True, slots=True)
class BareFrame:
    """The frame of a page that may ask nobody, because the database is away."""

    running: None = None
    place: None = None
    store: None = None
    signed_in: None = None
    usual: None = None
    link: str = ""
    cart_token: str = ""
    cart_count: int = 0
    cart_total_cents: int = 0


class Frame:
    """The frame of one page."""

    @cached_property
    def head(self) -> CartHead | None:
        """This browser's open cart in short."""
        return browser.cart_head()

    @cached_property
    def running(self) -> RunningBar | None:
        """This browser's newest order that is still on its way."""
        mine = order_links.recent_orders()
        found = tracking.latest_running(mine) if mine else None
        if found is None:
            return None
        zone = stores.store(found.store_id).zone
        words = f"{LABELS[found.stage]}, {clock.coming_in_words(found.span.start, found.span.end, zone)}"
        return RunningBar(found.order_id, words, f"/track/{order_links.order_address(found.order_id)}")

    @cached_property
    def cart(self) -> CartView | None:
        """This browser's cart with its prices; None when there is none."""
        head, key = self.head, self.cart_key
        if head is None or key is None:
            return None
        return views.get(key, lambda: cart.view(head.id, identities=browser.identities()))

    @staticmethod
    def keep(head: CartHead, view: CartView) -> None:
        """A page has just worked out this browser's cart for itself: its frame shows the same."""
        views.put(cart_key(head, who.account()), view)

    @cached_property
    def cart_key(self) -> CartKey | None:
        """All that this browser's cart and its price hang on; None when there is none."""
        head = self.head
        return cart_key(head, self.account, self.menu) if head else None

    @cached_property
    def menu(self) -> Catalogue:
        """The menu of this browser's store."""
        head = self.head
        return menu.catalogue(cart.menu_store(head.store_id if head else None))

    @cached_property
    def advice(self) -> Advice:
        """What is worth saying beside the cart's price. It takes some thinking, so only a page that shows it asks."""
        key, view = self.cart_key, self.cart
        if key is None or view is None:
            return Advice()
        return advices.get((key, view.deals.weighed, view.quote.total_cents), lambda: advise(view))

    @property
    def near(self) -> tuple[tuple[str, NearMiss], ...]:
        """The deals that wait for little, each with what it waits for in words."""
        return tuple((near_words(miss, self.menu), miss) for miss in self.advice.near)

    @cached_property
    def usual(self) -> Offered | None:
        """What the signed-in customer usually has, as this store has it now."""
        found = browser.usual_order()
        return usual.offered(found, self.menu) if found else None

    @property
    def usual_address(self) -> str:
        """The address of the order that it was."""
        return order_links.order_address(self.usual.order_id) if self.usual else ""

    @property
    def links(self) -> tuple[str, ...]:
        """The codes of deals' links that wait for a cart."""
        return () if self.head else browser.links()

    @property
    def cart_count(self) -> int:
        """How many items are in the cart."""
        return self.head.count if self.head else 0

    @cached_property
    def person(self) -> Who | None:
        """The signed-in person."""
        return who.person()

    @property
    def account(self) -> int | None:
        """The signed-in customer."""
        return who.account_of(self.person)

    @cached_property
    def cart_token(self) -> str:
        """What a guest's forms keep of their cart; a customer's own is found again by signing in."""
        return browser.cart_token(self.head.id) if self.head and self.account is None else ""

    @property
    def cart_total_cents(self) -> int:
        """What the cart costs."""
        return self.cart.quote.total_cents if self.cart else 0

    @cached_property
    def place(self) -> Chip | None:
        """Where the food goes, in words."""
        view = self.cart
        if view is None or view.place is None:
            return None
        info = stores.store(view.place.store_id)
        delivery = view.place.method is Method.DELIVERY
        return Chip(headline(view, info), view.place.street if delivery else info.name)

    @cached_property
    def store(self) -> FrameStore | None:
        """The chosen store, for the footer."""
        head = self.head
        if head is None or head.store_id is None:
            return None
        info = stores.store(head.store_id)
        return FrameStore(info.name, info.phone_words, f"tel:{info.phone}", hours_now(info))

    @property
    def mark(self) -> tuple[object, ...]:
        """Everything that the frame depends on: two pages with the same mark have the same frame."""
        view, place = self.cart, self.place
        refused = view.refusal.message if view and view.refusal else None
        promise = (place.headline, view.promise, refused) if view and place else None
        return (self.cart_key, promise, self.store, self.signed_in, self.running, self.links)

    @property
    def signed_in(self) -> str | None:
        """The signed-in person's name."""
        return self.person.name if self.person else None


def cart_key(head: CartHead, account: int | None, offered: Catalogue | None = None) -> CartKey:
    """All that a cart and its price hang on, but the hour: two views with the same key are the same."""
    offered = offered or menu.catalogue(cart.menu_store(head.store_id))
    return head.id, head.version, offered.version, promotions.live().version, account


def headline(view: CartView, info: StoreInfo) -> str:
    """How and when a cart's food comes: `Delivery, 25–35 min`, `Carryout, ready at 6:30 pm`, `Opens 11:00 am`."""
    if view.promise is None:
        opening = stores.opening(info)
        if opening.opens_at:
            return f"Opens {at_store(opening.opens_at, info)}, order ahead"
        return "Please choose another time"
    word = "Delivery" if view.promise.method is Method.DELIVERY else "Carryout"
    lead = view.promise.ready_from - clock.now()
    if not view.promise.asap or lead > timedelta(hours=1.5):
        return f"{word}, {at_store(view.promise.ready_from, info)}"
    first = round(lead.total_seconds() / 300) * 5
    width = round((view.promise.ready_to - view.promise.ready_from).total_seconds() / 60)
    return f"{word}, {first}–{first + width} min"


def hours_now(info: StoreInfo) -> str:
    """A store's hours right now, in words: `open until 10:00 pm`, `closed, opens Friday 11:00 am`."""
    now = clock.now()
    span = info.hours.open_span(now)
    if span is None or not info.hours.takes_orders(now):
        word, opens = "last order taken" if span else "closed", info.hours.next_opening(now)
        return f"{word}, opens {at_store(opens, info)}" if opens else f"{word} right now"
    around_the_clock = info.hours.open_span(span[1]) is not None
    closes = clock.in_words(span[1], info.zone)
    return "open around the clock" if around_the_clock else f"open until {'midnight' if closes == MIDNIGHT else closes}"


def closed_words(info: StoreInfo) -> str | None:
    """Why a store takes no orders right now, and when it will; None while it does."""
    opening = stores.opening(info)
    if opening.paused_reason:
        return f"{info.name} takes a short break: {opening.paused_reason}"
    if opening.open:
        return None
    when = at_store(opening.opens_at, info) if opening.opens_at else "soon"
    return f"{info.name} opens {when}. Order now for later; everything works."


def at_store(moment: datetime, info: StoreInfo) -> str:
    """A moment on the store's wall clock: `7:22 pm`, with the weekday when it is not today there."""
    return _on_wall(moment.astimezone(UTC), info.zone, clock.now().astimezone(info.zone).date())


def times_at_store(moments: Iterable[datetime], info: StoreInfo) -> list[str]:
    """Each of many moments as `at_store` has it."""
    today = clock.now().astimezone(info.zone).date()
    return [_on_wall(moment.astimezone(UTC), info.zone, today) for moment in moments]


@lru_cache(4_096)  # a page that lists times lists those that the last one did
def _on_wall(moment: datetime, zone: tzinfo, today: date) -> str:
    local, words = moment.astimezone(zone), clock.in_words(moment, zone)
    return words if local.date() == today else f"{local:%A} {words}"


def socket_url(path: str) -> str:
    """Where the page opens its socket: the socket process's own port, or this very origin behind a proxy."""
    port = settings().sockets_port
    secure = "wss" if request.is_secure else "ws"
    host = f"{request.host.rsplit(':', 1)[0]}:{port}" if port else request.host
    return f"{secure}://{host}{path}"


def init_app(app: Flask) -> None:
    """Give every template its frame."""
    app.context_processor(lambda: {"frame": Frame()})
    app.jinja_env.globals["socket_url"] = socket_url
    app.jinja_env.filters["at_store"] = at_store
