"""The example in examples/ does what it says, against the shop as it is."""

from itertools import islice
from pathlib import Path

import pytest

from examples import order_a_pizza
from examples.order_a_pizza import ProblemError, Shop
from tests.api.fuzzing import open_to_all
from tests.factories.deals import deal

FILE = Path(order_a_pizza.__file__)


@pytest.fixture
def url(shop, provider):
    deal(by_code=True, code="WELCOME5")
    with open_to_all(shop) as address:
        yield address


def test_it_orders_and_pays_and_tells_each_step(url, capsys):
    order_a_pizza.main(url)
    near, paid, event = capsys.readouterr().out.splitlines()
    assert near.startswith("Elm Street, 0.0 miles")
    assert ": authorised, " in paid
    assert event.endswith(": received")


def test_it_follows_the_order_live(url, sockets):
    shop = Shop(url)
    shop.come_in()
    order = shop.order("margherita", code="WELCOME5", tip_cents=0)
    shop.pay(order["id"])
    told = list(islice(shop.follow(f"ws://127.0.0.1:{sockets.port}", order["id"]), 2))
    assert [(one["seq"], one["status"]) for one in told] == [(1, "pending_payment"), (2, "received")]


def test_it_hears_a_no_in_words(url):
    with pytest.raises(ProblemError) as said:
        Shop(url).call("GET", "/cart")
    assert said.value.code == "sign_in"


def test_it_stays_small():
    assert len(FILE.read_text().splitlines()) < 100
