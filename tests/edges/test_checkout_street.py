"""A street that is changed at checkout: located anew, and nobody pays for what they were not told."""

import re

import pytest
from sqlalchemy import delete

from app.core.db import db, transaction
from app.core.errors import Conflict
from app.orders import cart
from app.orders import service as orders
from app.stores import service as stores
from app.stores.geo import Point
from app.stores.models import DeliveryZone, ZoneZip
from tests.edges.pages import HTMX, filled_in, press, with_cart
from tests.factories.hands import Hands
from tests.factories.maps import answering
from tests.factories.orders import ELM_STREET, HOME, MARGHERITA, MILWAUKEE_AVENUE, filled, place, placing
from tests.factories.stores import price_at, zone

NEAR, FAR, OTHER, AWAY = (
    Point(41.9033, -87.6300),
    Point(41.9300, -87.6300),
    Point(41.9200, -87.7300),
    Point(41.99, -87.8),
)


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def maps(shop, hands):
    """Elm Street delivers for 2.99 a mile around and for 4.99 up to three; Milwaukee Avenue three miles around."""
    with transaction():
        db.session.execute(delete(ZoneZip))
        db.session.execute(delete(DeliveryZone))
    zone(ELM_STREET, miles=1.0, fee=299)
    zone(ELM_STREET, miles=3.0, fee=499, drive=15)
    zone(MILWAUKEE_AVENUE, miles=3.0, fee=299)
    with answering(shop) as found:
        found.say(NEAR)
        stores.locate(HOME.address)
        hands.move(seconds=1)  # one question at a time
        yield found


@pytest.fixture
def ana(client, maps):
    return with_cart(client, filled((MARGHERITA, 2), place=HOME))


def at(ana, street, **typed):
    return filled_in(ana.get("/checkout"), street=street, note="Blue door", **{"pay_with": "cash", **typed})


def ordered(answer) -> orders.OrderView:
    assert answer.status_code == 303, answer.text
    db.session.rollback()
    return orders.order(orders.of_cart(1))


def test_a_street_with_the_same_promise_is_ordered_to_without_a_word(ana, maps):
    order = ordered(press(ana, at(ana, "90 Elm Street")))
    assert (order.street, order.store_id) == ("90 Elm Street", ELM_STREET)
    assert maps.asked == ["12 Elm Street, Chicago 60610, USA", "90 Elm Street, Chicago 60610, USA"]


def test_another_fee_is_told_before_anybody_pays_and_nothing_typed_is_lost(ana, maps):
    maps.say(FAR)
    answer = press(ana, at(ana, "400 Far Street"))
    assert answer.status_code == 409
    assert "Elm Street delivers here" in answer.text
    assert "$4.99" in answer.text
    assert "Blue door" in answer.text
    assert orders.of_cart(1) is None
    order = ordered(press(ana, filled_in(answer, pay_with="cash")))
    assert (order.street, order.store_id, order.quote.fee_cents) == ("400 Far Street", ELM_STREET, 499)


def test_with_scripts_the_sums_follow_the_street_as_soon_as_it_is_typed(ana, maps):
    maps.say(FAR)
    answer = press(ana, at(ana, "400 Far Street"), "/checkout/street", **HTMX)
    assert answer.status_code == 200
    assert "There is a problem" not in answer.text
    assert re.search(r'role="status"><p class="note">Elm Street delivers here.*\$4\.99', answer.text)
    assert "400 Far Street" in re.search(r'id="place-chip".*?</a>', answer.text, re.DOTALL)[0]
    assert f'data-amount="{cart.view(1).quote.total_cents}"' in answer.text
    assert cart.view(1).quote.fee_cents == 499


def test_another_store_is_a_question_that_lists_what_would_be_different(ana, maps):
    price_at(MILWAUKEE_AVENUE, MARGHERITA.product, 1999)
    maps.say(OTHER)
    asked = press(ana, at(ana, "7 Other Street"))
    assert asked.status_code == 409
    assert "Switch to Delivery from Milwaukee Avenue" in asked.text
    assert "$39.98" in asked.text
    assert cart.view(1).place.store_id == ELM_STREET
    assert press(ana, filled_in(asked, street="7 Other Street", pay_with="cash")).status_code == 409
    assert orders.of_cart(1) is None
    seen = re.search(r'name="seen" value="([^"]+)"', asked.text)[1]
    elsewhere = {"street": "7 Other Street", "seen": seen.replace(f"-{MILWAUKEE_AVENUE}", f"-{ELM_STREET}")}
    assert press(ana, filled_in(asked, **elsewhere), "/checkout/street").status_code == 409
    switched = press(ana, filled_in(asked, street="7 Other Street", seen=seen), "/checkout/street")
    assert switched.status_code == 200
    order = ordered(press(ana, filled_in(switched, pay_with="cash")))
    assert (order.street, order.store_id) == ("7 Other Street", MILWAUKEE_AVENUE)


def test_the_street_put_back_leaves_the_order_as_it_was(ana, maps):
    maps.say(AWAY)
    answer = press(ana, at(ana, "900 Away Street"))
    assert answer.status_code == 422
    assert "No store delivers to 900 Away Street." in answer.text
    assert "Blue door" in answer.text
    assert ordered(press(ana, at(ana, HOME.street))).street == HOME.street


def test_a_provider_that_is_silent_keeps_nobody_from_ordering(ana, maps):
    form = at(ana, "90 Elm Street")
    maps.hold.clear()
    answer = press(ana, form)
    maps.hold.set()
    if answer.status_code == 409:
        answer = press(ana, filled_in(answer, pay_with="cash"))
    assert ordered(answer).street == "90 Elm Street"


def test_the_order_itself_is_priced_for_the_door_that_it_names(maps):
    maps.say(FAR)
    stores.locate(stores.Address("400 Far Street", HOME.city, HOME.zip))
    told = placing(filled((MARGHERITA, 2), place=HOME), street="400 Far Street")
    with pytest.raises(Conflict, match="The price changed") as refused:
        place(told)
    assert refused.value.extra["quote"].total_cents > told.expected_total_cents
