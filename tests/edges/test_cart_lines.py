"""Lines of a cart through a browser: what is refused leaves nothing behind, and what is typed by hand is understood."""

import pytest
from sqlalchemy.exc import OperationalError

from app.core.db import db, transaction
from app.menu import service as menu
from app.orders import cart
from tests.edges.pages import HTMX, refused, with_cart
from tests.factories.orders import COLA, COUNTER, ELM_STREET, filled

pytestmark = pytest.mark.one_database

TOO_LARGE = 10**23


def kept(client):
    with client.session_transaction() as session:
        return session.get("cart")


@pytest.fixture
def ana(client):
    return with_cart(client, filled((COLA, 2)))


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "piece"])
def test_a_first_item_that_is_refused_leaves_no_cart_behind(client, headers):
    with transaction():
        menu.sell_out(ELM_STREET, "product", "cola")
    answer = refused(client, {"product": "cola"}, headers)
    assert answer.status_code == 422
    assert "sold out" in answer.text.lower()
    assert kept(client) is None


def test_a_cart_that_was_rolled_back_is_not_taken_for_the_next_visitors(client, shop):
    client.post("/cart/lines", data={"product": "cola", "quantity": "0"})
    carlos = filled((COLA, 2))
    client.post("/cart/lines", data={"product": "cola"})
    assert kept(client) not in {None, carlos}
    assert cart.view(carlos).count == 2


def test_the_first_item_opens_a_cart_that_the_browser_keeps(client):
    client.post("/cart/lines", data={"product": "cola"})
    mine = kept(client)
    client.post("/cart/lines", data={"product": "cola"})
    assert kept(client) == mine
    assert cart.view(mine).count == 2


def test_the_same_form_twice_adds_once(ana):
    for _ in range(2):
        assert ana.post("/cart/lines", data={"product": "cola", "idem": "a-key_1"}).status_code == 303
    assert cart.view(kept(ana)).count == 3


@pytest.mark.parametrize("idem", ["\0", "x" * 41, "ü"])
def test_a_key_that_no_form_of_ours_has_is_ignored(ana, idem):
    for _ in range(2):
        assert ana.post("/cart/lines", data={"product": "cola", "idem": idem}).status_code == 303
    assert cart.view(kept(ana)).count == 4


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/cart/lines/{TOO_LARGE}"),
        ("POST", f"/cart/lines/{TOO_LARGE}/pizza"),
        ("POST", f"/cart/lines/{TOO_LARGE}/restoration"),
        ("GET", f"/build/line/{TOO_LARGE}"),
        ("GET", f"/staff/orders/{TOO_LARGE}"),
    ],
)
def test_a_number_that_no_row_can_have_is_not_found(ana, method, path):
    assert ana.open(path, method=method, data={"quantity": "1"}).status_code == 404


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-10:00", "2026-11-23T18:00:00", "tonight"]
)
@pytest.mark.parametrize("path", ["/where", "/checkout/time"])
def test_a_time_that_no_list_offers_is_refused(ana, path, time):
    answer = ana.post(path, data={"method": "carryout", "store": ELM_STREET, "time": time})
    assert answer.status_code == 422
    assert "choose a time from the list" in answer.text
    assert cart.view(kept(ana)).place == COUNTER


def test_a_page_about_a_failure_needs_no_database(ana, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("SELECT 1", {}, Exception("away"))

    for ask in ("execute", "scalar", "scalars", "get"):
        monkeypatch.setattr(db.session, ask, away)
    answer = ana.get("/cart")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert ana.get("/nowhere").status_code == 404
