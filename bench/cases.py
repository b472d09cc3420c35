"""What is measured: requests as the shop's own pages send them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bench import wire
from bench.client import Order
from bench.servers import Server
from bench.visitor import HTMX, Visitor, address, with_three_lines

PIZZA = (
    "size=l&crust=thin&sauce=tomato&cheese=normal&t-pepperoni=left&a-pepperoni=extra&t-mushroom=right"
    "&t-greenpepper=right&a-mushroom=normal&t-olive=whole&quantity=1"
)
BUILDER = f"/x/build/your-own?{PIZZA}"
BARE_PAGE = "bare Flask and Jinja, of the builder's size"
LINES_OF_A_VISIT = 8
CHAIN = "SQLite, 7,000 stores"


@dataclass(frozen=True, slots=True)
class Case:
    """One request, and how it must be answered. An `unchanged` one carries the tag of what is there when it is run."""

    name: str
    server: Server
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    cookie: str = ""
    visit: int = 0
    unchanged: bool = False

    @property
    def key(self) -> str:
        """Its name in the figures."""
        return self.name if self.server.name == "hello" else f"{self.name} ({self.server.name})"

    def order(self, seconds: float, connections: int) -> Order:
        """What the client is told."""
        headers = dict(self.headers)
        if self.unchanged:
            headers["If-None-Match"] = Visitor(self.server.host, self.cookie).tag(self.path)
        head, body = wire.request(self.path, self.server.host, self.method, headers, self.body)
        status = 304 if self.unchanged else 200
        words = (head.decode(), body.decode(), self.cookie, self.visit, status)
        return Order(self.server.port, *words, seconds, connections)


def hello(server: Server) -> list[Case]:
    """The yardstick, and its own noise: the same once more."""
    return [Case("hello", server, "/"), Case("hello again", server, "/")]


def of_chain(server: Server) -> list[Case]:
    """What must not cost more where there are many stores and products: the menu of one store."""
    cart = with_three_lines(server.host, delivered=False).cookie
    return [
        Case("menu, first visit", server, "/"),
        Case("menu with a cart of three lines", server, "/", cookie=cart),
    ]


def bare_page(server: Server, shop: Server) -> Case:
    """A page of the builder piece's size, as Flask and Jinja alone draw it."""
    _, piece = Visitor(shop.host).get(BUILDER, HTMX)
    return Case(BARE_PAGE, server, f"/page?bytes={len(piece.encode())}")


def of_shop(server: Server) -> list[Case]:
    """Every case of the shop on one database."""
    _, page = Visitor(server.host).get("/")
    cart, placed = (with_three_lines(server.host, delivered=delivered).cookie for delivered in (False, True))
    return [
        Case("menu, first visit", server, "/"),
        Case("menu with a cart of three lines", server, "/", cookie=cart),
        Case("menu with a cart and an address", server, "/", cookie=placed),
        Case("menu unchanged, 304", server, "/", unchanged=True),
        Case("menu with a cart unchanged, 304", server, "/", cookie=cart, unchanged=True),
        Case("builder piece", server, BUILDER, headers=HTMX, cookie=cart),
        Case("add to cart", server, "/cart/lines", "POST", HTMX, "product=pepperoni&idem=k", visit=LINES_OF_A_VISIT),
        Case("picture", server, address(page, '/pic/[^"]+')),
        Case("style sheet unchanged, 304", server, address(page, '/static/b/[^"]+css'), unchanged=True),
    ]
