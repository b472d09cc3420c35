"""Codes at the edge of the cart: each no beside its field, nothing lost, and nobody gets to guess."""

import re
from datetime import timedelta

import pytest
import time_machine

from app.core.db import transaction
from app.orders import cart
from app.promotions import service as promotions
from tests.conftest import browser
from tests.edges.pages import HTMX, filled_in, press, with_cart
from tests.factories.deals import OFF_ONE, QUARTER_OFF, deal, uses_of
from tests.factories.orders import COLA, HOME, MARGHERITA, filled, placing
from tests.factories.orders import place as order


def use(client, code, **headers):
    return client.post("/cart/coupon", data={"code": code}, headers=headers)


@pytest.fixture
def ana(shop, client):
    return with_cart(client, filled(MARGHERITA, COLA))


def test_a_code_changes_the_cart_in_place_and_without_script_leads_back_to_it(ana):
    deal(by_code=True, code="ONEOFF")
    piece = use(ana, "one off", **HTMX)
    assert piece.status_code == 200
    for part in ('id="cart"', 'id="cart-link"', 'id="bar-total"', 'id="flash"'):
        assert piece.text.count(part) == 1, part
    assert "A dollar off any pizza" in piece.text
    assert "−$1.00" in piece.text
    answer = use(ana, "ONEOFF")
    assert (answer.status_code, answer.location) == (303, "/cart")
    assert "ONEOFF takes $1.00 off." in ana.get("/cart").text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "piece"])
def test_a_wrong_code_is_told_at_its_field_and_kept_as_it_was_typed(ana, headers):
    deal(by_code=True, code="PIZZA20")
    answer = use(ana, "piza 20", **headers)
    assert answer.status_code == 422
    assert "We don&#39;t know PIZA20. Did you mean PIZZA20?" in answer.text
    field = re.search(r"<input[^>]*id=\"code\"[^>]*>", answer.text)[0]
    for said in ('value="piza 20"', 'aria-invalid="true"', 'aria-describedby="code-error"', "data-error-summary"):
        assert said in field, said
    assert '<details class="fold" id="coupon" open>' in answer.text
    assert "Margherita" in answer.text
    assert ("<title>Error: " in answer.text) is not bool(headers)


NOES = [
    ({"window": {"last": "2026-01-01"}}, "ended on January 1"),
    ({"window": {"first": "2036-08-01"}}, "starts on August 1"),
    ({"stores": [2]}, "does not hold at Elm Street"),
    ({"methods": ["delivery"]}, "is for delivery only"),
    ({"min_spend_cents": 2000}, "Add $3.25 more"),
    ({"limit": 0}, "is used up"),
]


@pytest.mark.parametrize(("terms", "words"), NOES, ids=[words for _, words in NOES])
def test_each_no_is_said_in_its_own_words(ana, terms, words):
    deal({**OFF_ONE, **terms}, by_code=True, code="CODE1")
    answer = use(ana, "CODE1", **HTMX)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Margherita" in answer.text


def test_whoever_ordered_with_a_code_before_is_told(shop, ana):
    deal(by_code=True, code="ONCE", limit_per_customer=1)
    use(ana, "ONCE")
    answer = press(ana, filled_in(ana.get("/checkout"), pay_with="cash"))
    assert answer.status_code == 303
    ana.post("/cart/lines", data={"product": "margherita"})
    assert "You have used ONCE already." in use(ana, "ONCE", **HTMX).text


@pytest.mark.parametrize("typed", ["", "   "])
def test_nothing_typed_is_asked_for(ana, typed):
    answer = use(ana, typed, **HTMX)
    assert (answer.status_code, "Enter the code that you have." in answer.text) == (422, True)


def test_a_wrong_code_makes_no_cart(client):
    assert use(client, "NOSUCH").status_code == 422
    with client.session_transaction() as session:
        assert "cart" not in session


def test_a_code_can_be_given_before_there_is_anything_in_the_cart(client):
    deal(by_code=True, code="ONEOFF")
    use(client, "ONEOFF")
    assert "<b>ONEOFF waits</b> for your first item." in client.get("/cart").text
    client.post("/cart/lines", data={"product": "margherita"})
    assert "−$1.00" in client.get("/cart").text


def test_a_worse_code_is_explained_with_both_amounts_and_may_be_pinned(ana):
    deal(name="Mix & Match", off_cents=650)
    deal(by_code=True, code="FOUROFF", off_cents=400)
    page = use(ana, "FOUROFF", **HTMX).text
    assert "<b>Mix &amp; Match.</b> You save $6.50." in page
    words = "<b>FOUROFF</b> takes $4.00 off. With it you would pay $2.77 more, so the better deal stays."
    assert words in page, "2.50 and their tax"
    assert "Your code is not used up." in page
    pinned = ana.post("/cart/coupon/pin?code=FOUROFF", headers=HTMX).text
    assert "−$4.00" in pinned
    assert "because you chose it" in pinned
    for undo in (lambda: ana.delete("/cart/coupon/pin", headers=HTMX), lambda: ana.post("/cart/coupon/pin/removal")):
        undo()
        assert "−$6.50" in ana.get("/cart").text


@pytest.mark.parametrize("method", ["delete", "post"])
def test_a_code_is_taken_off_with_script_and_without(ana, method):
    deal(by_code=True, code="ONEOFF")
    use(ana, "ONEOFF")
    if method == "delete":
        assert ana.delete("/cart/coupon?code=ONEOFF", headers=HTMX).status_code == 200
    else:
        assert ana.post("/cart/coupon/removal?code=ONEOFF").location == "/cart"
    assert "ONEOFF" not in re.sub(r'id="flash".*', "", ana.get("/cart").text)


def test_a_worse_code_never_costs_the_better_one_that_was_typed_before(ana):
    deal(by_code=True, code="FOUROFF", off_cents=400)
    deal(by_code=True, code="ONEOFF")
    use(ana, "FOUROFF")
    page = use(ana, "ONEOFF", **HTMX).text
    assert "<b>FOUROFF</b> takes $4.00 off.</p>" in page
    assert re.search(r"<b>ONEOFF</b> takes \$1.00 off. With it you would pay \$3.32 more, .* is not used up", page)
    taken = ana.delete("/cart/coupon?code=FOUROFF", headers=HTMX).text
    assert "<b>ONEOFF</b> takes $1.00 off.</p>" in taken
    assert "FOUROFF</b>" not in taken


def test_a_cart_holds_three_codes_and_says_so(ana):
    for n in range(1, 5):
        deal(by_code=True, code=f"CODE{n}", off_cents=100 * n)
    for n in range(1, 4):
        assert use(ana, f"CODE{n}", **HTMX).status_code == 200
    assert use(ana, "code 3", **HTMX).status_code == 200, "one that is there already takes no room"
    full = use(ana, "CODE4", **HTMX)
    assert (full.status_code, "An order holds 3 codes. Remove one of them first." in full.text) == (422, True)
    assert ana.get("/d/CODE4").status_code == 422
    assert "<b>CODE3</b> takes $3.00 off.</p>" in ana.get("/cart").text


def test_without_a_cart_there_is_nothing_to_take_off_or_pin(client):
    for path in ("/cart/coupon/removal", "/cart/coupon/pin", "/cart/coupon/pin/removal", "/cart/deal/removal"):
        assert client.post(path).status_code == 404


def test_a_deal_that_adds_itself_is_picked_and_says_what_it_waits_for(ana):
    found = deal(slots=[{"categories": ["salads"]}], name="Green week")
    page = ana.post(f"/cart/deal/{found}", headers=HTMX).text
    assert "<b>Waiting:</b> Green week does not fit what is in your order yet." in page
    assert ana.post("/cart/deal/4711").status_code == 404
    ana.delete("/cart/deal", headers=HTMX)
    assert "Green week" not in ana.get("/cart").text


def test_every_discount_stands_by_name_from_the_cart_to_the_tracker(shop, client):
    deal(name="Dollar day")
    deal({"name": "Free ride", "kind": "delivery", "rate_ppm": 1_000_000})
    client = with_cart(client, filled(MARGHERITA, place=HOME))
    for page in (client.get("/cart"), client.get("/checkout")):
        for words in ("Dollar day", "−$1.00", "Free ride", "−$2.99", "$2.99"):
            assert words in page.text, words
    answer = press(client, filled_in(client.get("/checkout"), pay_with="cash"))
    tracker = client.get(answer.location)
    assert "Dollar day" in tracker.text
    assert "Free ride" in tracker.text


def test_a_deal_that_ran_out_while_ana_typed_costs_her_a_look_and_nothing_else(shop, client):
    found = deal(limit=1)
    client = with_cart(client, filled(MARGHERITA))
    form = filled_in(client.get("/checkout"), email="carlo@example.com", phone="(312) 555-0199", pay_with="cash")
    order(placing(filled(MARGHERITA)))
    answer = press(client, form)
    assert answer.status_code == 409
    assert "The price changed from $14.95 to $16.06" in answer.text
    again = press(client, filled_in(answer, email="carlo@example.com", phone="(312) 555-0199", pay_with="cash"))
    assert (again.status_code, uses_of(found)) == (303, (1, 0))


def test_who_used_it_before_sees_the_new_price_once_they_say_who_they_are(shop, client):
    deal(limit_per_customer=1)
    order(placing(filled(MARGHERITA)))
    client = with_cart(client, filled(MARGHERITA))
    answer = press(client, filled_in(client.get("/checkout"), pay_with="cash"))
    assert answer.status_code == 409
    assert press(client, filled_in(answer, pay_with="cash")).status_code == 303


def test_after_ten_misses_nobody_guesses_on_by_any_door(limited):
    deal(by_code=True, code="ONEOFF")
    carlo = with_cart(browser(limited), filled(MARGHERITA))
    doors = [
        lambda n: use(carlo, f"GUESS{n}"),
        lambda n: carlo.get(f"/d/GUESS{n}"),
        lambda n: carlo.post("/api/promotions/validate", json={"code": f"GUESS{n}"}),
    ]
    statuses = [doors[n % 3](n).status_code for n in range(10)]
    assert statuses == [422, 404, 200] * 3 + [422]
    assert [door(99).status_code for door in doors] == [429, 429, 429]
    assert use(carlo, "ONEOFF").status_code == 429


def test_whoever_gets_it_right_is_not_counted(limited):
    deal(by_code=True, code="ONEOFF")
    ana = with_cart(browser(limited), filled(MARGHERITA))
    assert {use(ana, "ONEOFF").status_code for _ in range(12)} == {303}
    assert {ana.get("/d/ONEOFF").status_code for _ in range(12)} == {303}


@pytest.mark.parametrize("terms", [{"methods": ["carryout"]}, {"window": {"last": "2026-01-01"}}])
def test_a_code_that_only_does_not_hold_here_and_now_is_no_guess(limited, terms):
    deal(by_code=True, code="ONEOFF", **terms)
    ana = with_cart(browser(limited), filled(MARGHERITA, place=HOME))
    assert {use(ana, "ONEOFF").status_code for _ in range(12)} == {422}
    assert 429 not in {ana.get("/d/ONEOFF").status_code for _ in range(12)}


def test_a_code_whose_deal_was_ended_is_no_guess_by_any_door(limited):
    found = deal(by_code=True, code="ONEOFF")
    ana = with_cart(browser(limited), filled(MARGHERITA))
    with transaction():
        promotions.end(found)
    for _ in range(5):
        answers = (
            use(ana, "ONEOFF"),
            ana.get("/d/ONEOFF"),
            ana.post("/api/promotions/validate", json={"code": "ONEOFF"}),
        )
        assert [answer.status_code for answer in answers] == [422, 404, 200]
        assert answers[2].json["explanation"] == "ONEOFF has ended."


def test_a_code_typed_by_two_is_in_the_price_of_both(shop):
    deal(QUARTER_OFF, by_code=True, code="QUARTER")
    for _ in range(2):
        mine = filled(MARGHERITA)
        use(with_cart(browser(shop), mine), "QUARTER")
        assert cart.view(mine).quote.discount_cents == 363


def test_the_cart_is_drawn_anew_when_the_deals_change(shop, ana):
    found = deal()
    assert "−$1.00" in ana.get("/cart").text
    with transaction():
        promotions.end(found)
    assert "−$1.00" not in ana.get("/cart").text


def test_why_opens_beside_the_deal_and_is_a_page_without_script(ana):
    deal(name="Mix & Match", off_cents=650)
    deal(QUARTER_OFF, name="Quarter")
    assert 'href="/cart/why"' in ana.get("/cart").text
    piece = ana.get("/x/cart/why", headers=HTMX).text
    for words in ("Mix &amp; Match", "$6.50", "Taken: nothing costs less.", "Quarter", "You would pay $"):
        assert words in piece, words
        assert words in ana.get("/cart/why").text
    assert "<html" not in piece
    assert ana.get("/x/cart/why").status_code == 404


def test_why_does_not_call_a_code_cheapest_that_was_chosen_although_it_is_worse(ana):
    deal(name="Mix & Match", off_cents=650)
    deal(by_code=True, code="FOUROFF", off_cents=400)
    use(ana, "FOUROFF")
    ana.post("/cart/coupon/pin?code=FOUROFF")
    page = ana.get("/cart/why").text
    assert "Taken: you chose it." in page
    assert "Taken: nothing costs less." not in page
    assert re.search(r"You would pay \$\d\.\d\d less\.", page)


def test_why_of_nothing_is_a_page_too(client):
    assert "No deal fits this order yet." in client.get("/cart/why").text


def test_one_thing_more_is_offered_with_one_press(ana):
    slots = [{"categories": ["pizzas"]}, {"categories": ["dips"]}]
    deal({"name": "And a dip", "kind": "bundle_price", "price_cents": 1300, "slots": slots})
    page = ana.get("/cart").text
    assert page.count("<b>Ranch</b> ($0.95)") == 1
    form = page.split('id="nudge"')[1].split("</form>")[0]
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    after = ana.post("/cart/lines", data=hidden, headers=HTMX).text
    assert "Ranch</h3>" in after
    assert "And a dip" in after
    assert 'id="nudge"' not in after


def test_nothing_is_offered_for_a_deal_whose_hour_is_over(shop, client):
    slots = [{"categories": ["pizzas"]}, {"categories": ["dips"]}]
    window = {"opens": 660, "closes": 742}  # to 12:22; it is 12:05, the food is ready at 12:20
    deal({"name": "And a dip", "kind": "bundle_price", "price_cents": 1300, "slots": slots, "window": window})
    with time_machine.travel("2026-07-03T17:05:00+00:00", tick=False) as moment:
        ana = with_cart(client, filled(MARGHERITA))
        assert 'id="nudge"' in ana.get("/cart").text
        moment.shift(timedelta(minutes=3))
        assert 'id="nudge"' not in ana.get("/cart").text


def test_a_deal_that_waits_for_little_is_told(ana):
    found = deal({**OFF_ONE, "kind": "fixed_each", "price_cents": 800, "min_count": 2}, name="Pair")
    assert f'Add a pizza for <a class="link" href="/deals/{found}">Pair</a>' in ana.get("/cart").text
    deal({"name": "Five off", "kind": "amount_order", "off_cents": 500, "min_spend_cents": 2000})
    assert "Add $3.25 of food for" in ana.get("/cart").text
