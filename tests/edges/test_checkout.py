import dataclasses
import re
from datetime import timedelta

import pytest
import time_machine

from app.core.db import transaction
from app.menu import service as menu
from app.orders import cart
from app.orders import service as orders
from app.payments import service as payments
from app.payments.service import PaymentStatus
from app.stores import service as stores
from app.stores.service import Method
from tests.conftest import browser
from tests.edges.pages import HTMX, fields, filled_in, press, with_cart
from tests.factories.deals import QUARTER_OFF, deal
from tests.factories.orders import COLA, COUNTER, HOME, filled
from tests.queries import counted

S = PaymentStatus
PAGE_ASKS, PLACING_ASKS, SETTLING_ASKS = 8, 18, 12  # statements


@pytest.fixture
def ana(client, provider):
    return with_cart(client, filled((COLA, 2)))


def order_in(response) -> int:
    return int(response.headers["Location"].split("/")[2].split("-")[0])


def test_cash_goes_straight_to_the_tracker(ana):
    answer = press(ana, filled_in(ana.get("/checkout"), pay_with="cash"))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/track/")
    order_id = order_in(answer)
    assert orders.status_of(order_id) is orders.OrderStatus.PLACED
    assert payments.state(order_id).status is S.AUTHORISED
    kept = orders.order(order_id).contact
    assert (kept.name, kept.phone, kept.email) == ("Ana Lopez", "+13125550142", "ana@example.com")


def test_without_script_a_card_is_taken_on_the_providers_page(ana, provider):
    answer = press(ana, filled_in(ana.get("/checkout")))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(provider.till.url + "/c/pay/cs_test_")
    session_id = answer.headers["Location"].rpartition("/")[2]
    order_id = orders.of_cart(1)
    assert provider.pay_on_page(session_id) == 303
    address = ana.get("/checkout").headers["Location"].removeprefix("/pay/")
    back = ana.get(f"/pay/return/{address}")
    assert back.headers["Location"] == f"/track/{address}"
    assert payments.state(order_id).status is S.AUTHORISED


def test_with_script_the_answer_carries_the_secret_that_the_card_field_confirms(ana, provider):
    answer = press(ana, filled_in(ana.get("/checkout"), pay_with="card"), **HTMX)
    assert answer.status_code == 200
    assert answer.headers["HX-Retarget"] == "#pay-state"
    intent = provider.books()[0]
    assert f'data-client-secret="{intent["client_secret"]}"' in answer.text
    assert provider.pay(intent["id"]) == "requires_capture"
    address = ana.get("/checkout").headers["Location"].removeprefix("/pay/")
    assert ana.get(f"/pay/return/{address}").headers["Location"] == f"/track/{address}"


def test_a_second_click_gets_the_same_order(ana):
    form = filled_in(ana.get("/checkout"), pay_with="cash")
    first, second = press(ana, form), press(ana, form)
    assert first.headers["Location"] == second.headers["Location"]


def test_a_second_tab_gets_the_same_order(ana):
    one, other = filled_in(ana.get("/checkout"), pay_with="cash"), filled_in(ana.get("/checkout"), pay_with="cash")
    assert one["idem"] != other["idem"]
    assert press(ana, one).headers["Location"] == press(ana, other).headers["Location"]


def test_back_after_paying_says_that_it_is_ordered(ana):
    track = press(ana, filled_in(ana.get("/checkout"), pay_with="cash")).headers["Location"]
    page = ana.get("/checkout")
    assert page.status_code == 200
    assert "You have ordered this" in page.text
    assert track in page.text


def test_a_changed_cart_redraws_with_everything_kept_and_the_next_press_works(ana):
    form = filled_in(ana.get("/checkout"), pay_with="cash", note="Blue door")
    with transaction():
        cart.change(1, 1, 3)
    answer = press(ana, form)
    assert answer.status_code == 409
    assert "changed in another window" in answer.text
    assert 'value="Blue door"' in answer.text
    assert press(ana, filled_in(answer, pay_with="cash")).headers["Location"].startswith("/track/")


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_sold_out_at_pay_leaves_no_button_that_names_a_sum(ana, headers):
    form = filled_in(ana.get("/checkout"), pay_with="cash")
    with transaction():
        menu.sell_out(1, "product", "cola")
    answer = press(ana, form, **headers)
    assert answer.status_code == 409
    for page in (answer.text, ana.get("/checkout").text):
        assert "in cash</span>" not in page
        assert 'href="/cart">Change your order' in page
    with transaction():
        menu.bring_back(1, "product", "cola")
    assert press(ana, filled_in(ana.get("/checkout"), pay_with="cash")).headers["Location"].startswith("/track/")


def test_a_price_that_changed_names_both_and_charges_nothing(ana):
    form = filled_in(ana.get("/checkout"), pay_with="cash")
    form["total"] = str(int(form["total"]) - 50)
    answer = press(ana, form)
    assert answer.status_code == 409
    assert "The price changed from $4.48 to $4.98" in answer.text
    assert orders.of_cart(1) is None


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Enter your name."),
        ("name", "x" * 81, "between 1 and 80"),
        ("name", "Ana\x00", "plain text"),
        ("phone", "12", "area code"),
        ("phone", "９" * 10, "area code"),
        ("email", "ana at example", "email address like"),
        ("tip", "-5", "Enter a tip"),
        ("tip", "99999999", "Enter a tip"),
        ("tip", "4٢", "Enter a tip"),
        ("note", "n" * 201, "longer than"),
        ("pay_with", "gold", "Choose how to pay"),
        ("version", "1e9", "press the button again"),
        ("total", "", "press the button again"),
        ("idem", "x", "press the button again"),
        ("time", "tomorrow-ish", "choose a time"),
    ],
)
def test_hostile_values_are_refused_with_the_form_kept(ana, field, typed, said):
    answer = press(ana, filled_in(ana.get("/checkout"), email="kept@example.com", pay_with="cash") | {field: typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "kept@example.com" in answer.text or field == "email"
    assert "<title>Error: " in answer.text
    assert orders.of_cart(1) is None


@pytest.mark.parametrize("phone", ["312-555-0142", "+1 312 555 0142", "(312) 555.0142", "1 312 5550142"])
def test_a_phone_is_understood_in_any_way_of_writing(ana, phone):
    answer = press(ana, filled_in(ana.get("/checkout"), phone=phone, pay_with="cash"))
    assert orders.order(order_in(answer)).contact.phone == "+13125550142"


def test_a_card_number_in_the_note_is_never_stored(ana):
    answer = press(ana, filled_in(ana.get("/checkout"), note="use 4242 4242 4242 4242 ok", pay_with="cash"))
    assert "4242" not in orders.order(order_in(answer)).note


def test_a_tip_is_added_to_what_the_page_showed(ana):
    form = filled_in(ana.get("/checkout"), pay_with="cash", tip="other", tip_other="$2.50")
    order = orders.order(order_in(press(ana, form)))
    assert order.quote.tip_cents == 250
    assert order.quote.total_cents == int(form["total"]) + 250


def test_a_change_of_tip_changes_the_sums_beside_it(ana):
    form = fields(ana.get("/checkout"))
    page = press(ana, form | {"tip": "other", "tip_other": "3"}, "/x/checkout/total", **HTMX)
    assert 'hx-swap-oob="outerMorph"' in page.text
    assert 'data-amount="798"' in page.text
    assert press(ana, form, "/x/checkout/total").status_code == 404


def test_a_tip_stays_when_what_is_offered_changes_with_the_food(ana):
    page = ana.get("/checkout")
    offered = re.search(r'name="tip" value="(\d+)" id="tip-2"', page.text)[1]
    with transaction():
        cart.add(1, COLA, 2)  # in another window
    changed = press(ana, filled_in(page, pay_with="cash", tip=offered))
    assert changed.status_code == 409
    form = filled_in(changed, pay_with="cash")
    assert (form["tip"], form["tip_other"]) == ("other", f"$0.{offered}")
    order = orders.order(order_in(press(ana, form)))
    assert order.quote.tip_cents == int(offered) > 0


def test_a_tip_tells_the_total_of_whoever_the_form_says(ana):
    """They had this deal before, as only the form's address tells; a tip does not bring it back."""
    deal(QUARTER_OFF, limit_per_customer=1)
    assert press(ana, filled_in(ana.get("/checkout"), pay_with="cash")).status_code == 303
    again = with_cart(browser(ana.application), filled((COLA, 2)))
    page = again.get("/checkout")
    told = press(again, filled_in(page, phone="12"))
    assert int(fields(told)["total"]) > int(fields(page)["total"])
    tipped = press(again, fields(told) | {"tip": "other", "tip_other": "1"}, "/x/checkout/total", **HTMX)
    assert fields(tipped)["total"] == fields(told)["total"]


@pytest.mark.parametrize(("minutes", "good"), [(11, True), (21, False)])
def test_the_price_of_a_page_is_good_for_ten_minutes_after_its_deal_whatever_is_pressed_there(ana, minutes, good):
    deal(QUARTER_OFF, window={"opens": 660, "closes": 750})  # 11:00 to 12:30; it is 12:05, the food is ready at 12:20
    with time_machine.travel("2026-07-03T17:05:00+00:00", tick=False) as moment:
        form = filled_in(ana.get("/checkout"), phone="12", pay_with="cash")
        moment.shift(timedelta(minutes=minutes))
        for path in ("/x/checkout/total", "/checkout", "/checkout/time"):
            answer = press(ana, form, path, **HTMX)
            assert (fields(answer)["total"] == form["total"]) is good
        answer = press(ana, fields(answer) | {"phone": "(312) 555-0142", "pay_with": "cash"})
        assert answer.status_code == 303
        assert (orders.order(order_in(answer)).quote.total_cents == int(form["total"])) is good


def test_pieces_of_a_checkout_whose_order_is_placed_lead_to_its_page(ana):
    form = filled_in(ana.get("/checkout"), pay_with="cash")
    press(ana, form)
    for path in ("/x/checkout/total", "/checkout/time", "/checkout/street"):
        answer = press(ana, form, path, **HTMX)
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/checkout")


def test_a_time_that_is_set_without_script_keeps_what_was_typed(ana):
    later = stores.later_times(stores.Ask(1, Method.CARRYOUT))[5][0].isoformat()
    form = filled_in(ana.get("/checkout"), time=later, note="Ring twice", tip="other", tip_other="3")
    page = press(ana, form, "/checkout/time")
    kept = fields(page)
    for name in ("name", "phone", "email", "note", "tip", "tip_other", "time"):
        assert kept[name] == form[name]


def test_a_store_that_paused_meanwhile_says_so_and_keeps_the_cart(ana):
    form = filled_in(ana.get("/checkout"), pay_with="cash")
    with transaction():
        stores.pause(1, stores.accepts(stores.Ask(1, Method.CARRYOUT)).ready_to, "The oven is being mended.")
    answer = press(ana, form)
    assert answer.status_code == 409
    assert "The oven is being mended." in answer.text
    assert cart.head(1).count == 2
    later = re.search(r'<option value="(2026-[^"]+)"', answer.text)[1]
    chosen = press(ana, filled_in(answer, time=later), "/checkout/time")
    assert press(ana, filled_in(chosen, pay_with="cash")).headers["Location"].startswith("/track/")


def test_too_much_for_cash_is_said_at_the_choice(client, provider):
    ana = with_cart(client, filled((COLA, 48)))
    answer = press(ana, filled_in(ana.get("/checkout"), pay_with="cash"))
    assert answer.status_code == 422
    assert "in cash. Please pay by card" in answer.text
    assert orders.of_cart(1) is None


def off(cents: int) -> None:
    """A deal that takes so much off any order; two colas cost $4.50 before tax."""
    deal({"name": "On us", "kind": "amount_order", "off_cents": cents})


@pytest.mark.parametrize(("pay_with", "headers"), [("hosted", {}), ("card", HTMX), ("kept:7", {}), ("cash", {})])
def test_an_order_that_comes_to_nothing_is_placed_without_a_card(ana, provider, pay_with, headers):
    off(600)
    page = ana.get("/checkout")
    assert "Order now, nothing to pay" in page.text
    assert "$0.00 in cash" not in page.text
    answer = press(ana, filled_in(page, pay_with=pay_with), **headers)
    to = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    assert to.startswith("/track/")
    order_id = orders.of_cart(1)
    assert orders.status_of(order_id) is orders.OrderStatus.PLACED
    assert (payments.state(order_id).status, payments.state(order_id).amount_cents) == (S.AUTHORISED, 0)
    assert provider.books() == []
    assert "Nothing to pay" in ana.get(to).text
    assert "Nothing to pay" in ana.get(to.replace("/track/", "/receipt/")).text


def test_below_what_a_card_takes_cash_is_asked_for_at_the_choice_and_nothing_is_taken(ana, provider):
    off(406)
    answer = press(ana, filled_in(ana.get("/checkout")))
    assert answer.status_code == 422
    assert "Cards start at $0.50. Please pay in cash." in answer.text
    assert 'href="#pay_with"' in answer.text
    assert (orders.of_cart(1), provider.books()) == (None, [])
    assert press(ana, filled_in(answer, pay_with="cash")).headers["Location"].startswith("/track/")


def test_fifty_cents_are_enough_for_a_card(ana, provider):
    off(405)
    answer = press(ana, filled_in(ana.get("/checkout")))
    assert answer.headers["Location"].startswith(provider.till.url + "/c/pay/cs_test_")


def test_where_no_cash_is_taken_either_more_is_asked_for(ana, provider, monkeypatch):
    off(406)
    store = stores.store
    monkeypatch.setattr(stores, "store", lambda number: dataclasses.replace(store(number), cash_limit_cents=0))
    answer = press(ana, filled_in(ana.get("/checkout")))
    assert answer.status_code == 422
    assert "Cards start at $0.50. Please add something to your order." in answer.text


def test_below_the_delivery_minimum_the_missing_sum_is_named(client, provider):
    ana = with_cart(client, filled((COLA, 1), place=HOME))
    answer = press(ana, filled_in(ana.get("/checkout"), pay_with="cash"))
    assert answer.status_code == 422
    assert "are missing" in answer.text
    with transaction():
        menu.sell_out(1, "product", "cola")
    assert "more to go" not in ana.get("/checkout").text  # first what cannot be made is changed


def test_the_street_typed_here_is_where_it_goes(client, provider):
    ana = with_cart(client, filled((COLA, 12), place=HOME))
    answer = press(ana, filled_in(ana.get("/checkout"), street="14 Elm Street", unit="2 B", door="y", pay_with="cash"))
    order = orders.order(order_in(answer))
    assert (order.street, order.unit, order.note) == ("14 Elm Street", "2 B", "Leave it at the door.")


def test_another_time_is_set_first_and_shown(ana):
    page = ana.get("/checkout")
    later = stores.later_times(stores.Ask(1, Method.CARRYOUT))[5][0].isoformat()
    answer = press(ana, filled_in(page, time=later, pay_with="cash"))
    assert answer.status_code == 409
    assert "We changed the time" in answer.text
    placed = press(ana, filled_in(answer, pay_with="cash"))
    assert orders.order(order_in(placed)).promised_from.isoformat() == later


def test_choosing_a_time_with_script_redraws_the_promise(ana):
    later = stores.later_times(stores.Ask(1, Method.CARRYOUT))[5][0].isoformat()
    answer = press(ana, filled_in(ana.get("/checkout"), time=later), "/checkout/time", **HTMX)
    assert answer.status_code == 200
    assert 'id="checkout-fields"' in answer.text
    assert cart.head(1).wanted_at.isoformat() == later


def test_no_cart_and_no_place_lead_back(client, provider):
    assert client.get("/checkout").headers["Location"] == "/cart"
    with transaction():
        empty = cart.create()
    assert with_cart(client, empty).get("/checkout").headers["Location"] == "/cart"


def test_a_silent_provider_keeps_the_order_and_the_next_try_pays_for_the_same(ana, provider):
    form = filled_in(ana.get("/checkout"), pay_with="card")
    provider.break_line(payment_intents__create=["drop_before"] * 4)
    answer = press(ana, form, **HTMX)
    assert answer.status_code == 503
    assert "Your order is kept" in answer.text
    provider.break_line()
    again = press(ana, form, **HTMX)
    assert "data-client-secret" in again.text
    assert len(provider.books()) == 1


def test_the_policy_lets_the_providers_script_and_page_in_here_only(ana, provider):
    policy = ana.get("/checkout").headers["Content-Security-Policy"]
    assert f"script-src 'self' {provider.till.url};" in policy
    assert f"form-action 'self' https://checkout.stripe.com https://hooks.stripe.com {provider.till.url};" in policy
    assert provider.till.url not in ana.get("/cart").headers["Content-Security-Policy"]


def test_a_time_days_away_stays_chosen_at_the_checkout(shop, client):
    later = stores.accepts(stores.Ask(1, Method.CARRYOUT)).ready_from + timedelta(days=4)
    at = next(at for at, _ in stores.later_times(stores.Ask(1, Method.CARRYOUT), later.date()) if at > later)
    with_cart(client, filled(COLA, place=dataclasses.replace(COUNTER, wanted_at=at)))
    assert fields(client.get("/checkout"))["time"] == at.isoformat()


def test_how_many_questions_a_checkout_takes(ana, provider):
    ana.get("/checkout")
    with counted() as sent:
        page = ana.get("/checkout")
    assert len(sent) <= PAGE_ASKS, sent
    with counted() as sent:
        placed = press(ana, filled_in(page, pay_with="card"), **HTMX)
    assert len(sent) <= PLACING_ASKS, sent
    provider.pay(provider.books()[0]["id"])
    back = re.search(r'data-return-url="([^"]+)"', placed.text)[1]
    with counted() as sent:
        assert ana.get(back).headers["Location"].startswith("/track/")
    assert len(sent) <= SETTLING_ASKS, sent
