"""The deals as pages: coupons, links that are kept, and bundles that are filled place by place."""

import re
from datetime import timedelta

import pytest
import time_machine

from app.core.db import db, transaction
from app.orders import cart
from app.orders.models import Cart
from app.promotions import service as promotions
from tests.conftest import browser
from tests.edges.pages import HTMX, fields, with_cart
from tests.factories.deals import OFF_ONE, QUARTER_OFF, deal
from tests.factories.orders import COLA, COUNTER, HOME, MARGHERITA, filled
from tests.factories.staff import PASSWORD, hired
from tests.queries import counted

pytestmark = pytest.mark.one_database

BOX = {
    "name": "Box",
    "kind": "bundle_price",
    "price_cents": 2500,
    "slots": [
        {"categories": ["pizzas"], "sizes": ["l"], "most_toppings": 1, "count": 2},
        {"categories": ["drinks"], "sizes": ["bottle"]},
    ],
}
START = "2026-07-03T17:05:00+00:00"


def coupon(page, deal_id):
    return page.text.split(f'id="deal-{deal_id}"')[1].split("</li>")[0]


def test_deals_stand_as_coupons_with_their_limits(client):
    found = deal(QUARTER_OFF, by_code=True, code="QUARTER", min_spend_cents=2000)
    page = client.get("/deals")
    for words in ("25% off your order.", "From $20 of food.", "/d/QUARTER"):
        assert words in coupon(page, found), words


def test_a_day_without_deals_says_so(client):
    assert "No deals today" in client.get("/deals").text


def test_a_deal_that_does_not_fit_is_shown_with_the_reason_and_the_way_out(shop, client):
    found = deal(methods=["carryout"])
    page = with_cart(client, filled(COLA, place=HOME)).get("/deals")
    said = coupon(page, found)
    assert "is for carryout only." in said
    assert 'href="/where?method=carryout&amp;next=/deals">Switch to carryout' in said
    assert 'class="coupon off"' in page.text


def test_deals_that_nobody_may_see_stand_nowhere(client):
    deal(name="Partners", by_code=True, code="PARTNER", listed=False)
    assert "Partners" not in client.get("/deals").text
    assert "PARTNER" not in client.get("/").text


def test_the_menu_shows_three_that_hold_here(shop, client):
    for n in range(4):
        deal(name=f"Deal number {n}")
    deal(name="Elsewhere", stores=[2])
    page = with_cart(client, filled(COLA)).get("/")
    assert re.findall(r"<h2>(Deal number \d|Elsewhere)</h2>", page.text) == [f"Deal number {n}" for n in range(3)]


def test_a_warm_menu_with_deals_asks_the_database_nothing(shop, client):
    deal()
    with time_machine.travel(START, tick=False):
        client.get("/")
        with counted() as sent:
            client.get("/")
        assert sent == []
        with_cart(client, filled(MARGHERITA, place=HOME))
        client.get("/")
        with counted() as sent:
            client.get("/")
        assert len(sent) == 1


def test_a_page_with_other_deals_is_another_page(shop, client):
    found = deal()
    with time_machine.travel(START, tick=False) as moment:
        tag = client.get("/").headers["ETag"]
        assert client.get("/", headers={"If-None-Match": tag}).status_code == 304
        with transaction():
            promotions.change(found, 1, {**OFF_ONE, "off_cents": 200})
        moment.shift(timedelta(seconds=2))
        assert client.get("/", headers={"If-None-Match": tag}).status_code == 200


def test_a_link_is_kept_until_there_is_a_cart_and_then_on_it(client):
    deal(by_code=True, code="TUESDAY15")
    answer = client.get("/d/tuesday15")
    assert (answer.status_code, answer.location) == (303, "/")
    assert db.session.query(Cart).count() == 0, "a preview of a link is nobody's order"
    assert "<b>TUESDAY15 waits</b> for your first item." in client.get("/cart").text
    client.post("/cart/lines", data={"product": "margherita"})
    assert "TUESDAY15" in client.get("/cart").text
    assert "−$1.00" in client.get("/cart").text


def test_links_that_are_opened_before_there_is_a_cart_stand_beside_one_another(client):
    for n in range(1, 5):
        deal(by_code=True, code=f"CODE{n}", off_cents=100 * n)
    assert [client.get(f"/d/CODE{n}").status_code for n in (1, 2, 1, 3)] == [303] * 4
    full = client.get("/d/CODE4")
    assert (full.status_code, "An order holds 3 codes." in full.text) == (422, True)
    assert "<b>CODE2 and CODE1 and CODE3 wait</b> for your first item." in client.get("/cart").text
    client.post("/cart/lines", data={"product": "margherita"})
    page = client.get("/cart").text
    assert "<b>CODE3</b> takes $3.00 off.</p>" in page
    assert re.findall(r"<b>(CODE\d)</b> takes \S+ off. With it", page) == ["CODE2", "CODE1"]


def test_a_link_survives_sign_in_and_the_choice_of_a_store(shop):
    deal(by_code=True, code="TUESDAY15")
    ana = browser(shop)
    ana.get("/d/TUESDAY15")
    ana.post("/session", data={"email": hired(), "password": PASSWORD})
    ana.post("/where", data={"method": "carryout", "store": "1", "time": "asap"})
    ana.post("/cart/lines", data={"product": "margherita"})
    assert "TUESDAY15" in ana.get("/cart").text


def test_a_link_goes_onto_the_cart_that_is_there_and_waits_where_it_does_not_hold(shop, client):
    deal(by_code=True, code="DELIVER", methods=["delivery"])
    client = with_cart(client, filled(MARGHERITA, place=COUNTER))
    for _ in range(2):
        assert client.get("/d/DELIVER").status_code == 303
    assert "DELIVER is for delivery only." in client.get("/").text
    assert "<b>Waiting:</b> DELIVER is for delivery only." in client.get("/cart").text


def test_a_listed_bundle_by_code_is_used_with_its_code(client):
    found = deal(BOX, by_code=True, code="BOXED")
    (link,) = re.findall(r'href="([^"]+)"[^>]*>Use this deal', coupon(client.get("/deals"), found))
    assert client.get(link).location == f"/deals/{found}"
    assert "All chosen: $25. You save $14.25." in fill_all(client, found).text


def test_a_bundle_without_the_code_that_it_needs_says_so_and_where_the_code_is(client):
    found = deal(BOX, by_code=True, code="BOXED")
    page = client.get(f"/deals/{found}").text
    assert 'Box needs its code. <a class="link" href="/d/BOXED">Use it</a>' in page
    assert "All chosen. Box needs its code." in fill_all(client, found).text
    client.get("/d/BOXED")
    page = client.get(f"/deals/{found}").text
    assert "needs its code" not in page
    assert "You save $14.25." in page


@pytest.mark.parametrize("terms", [QUARTER_OFF, BOX])
def test_a_deal_whose_codes_are_secrets_says_so_and_has_no_button(shop, client, terms):
    found = deal(terms, by_code=True)
    with transaction():
        promotions.add_code(found, "SECRET1", limit=1)
    client = with_cart(client, filled(MARGHERITA))
    for page in (client.get("/deals"), client.get("/")):
        said = page.text.split(f"<h2>{terms['name']}</h2>")[1].split("</li>")[0]
        assert "For whoever has a code." in said
        assert not re.search("<form|<a ", said)
    answer = client.post(f"/cart/deal/{found}", headers=HTMX).text
    assert "adds itself" not in answer
    assert f"<b>Waiting:</b> {terms['name']} needs its code." in answer


def test_a_link_to_a_bundle_leads_to_its_places(client):
    found = deal(BOX, by_code=True, code="BOXED", listed=False)
    assert client.get("/d/BOXED").location == f"/deals/{found}"
    assert "0 of 3 chosen." in client.get(f"/deals/{found}").text, "before there is a cart"
    client.post(f"/deals/{found}/places/1", data={"product": "margherita"})
    assert "1 of 3 chosen." in client.get(f"/deals/{found}").text


@pytest.mark.parametrize("code", ["NOSUCH", "x", "%00", "a%20b%20c", "A" * 500])
def test_a_link_to_nothing_says_so_and_shows_what_there_is(client, code):
    found = deal(name="Today")
    page = client.get(f"/d/{code}")
    assert page.status_code == 404
    assert "That deal is gone" in page.text
    assert "Today" in coupon(page, found)


def test_a_link_whose_time_is_over_is_friendly(client):
    deal(by_code=True, code="SUMMER", window={"last": "2026-01-01"})
    page = client.get("/d/SUMMER")
    assert "SUMMER ended on January 1." in page.text


def test_a_bundle_shows_its_places_and_what_fits(client):
    found = deal(BOX)
    page = client.get(f"/deals/{found}").text
    assert re.findall(r"</span>(Pizza 1|Pizza 2|Drink)</h2>", page) == ["Pizza 1", "Pizza 2", "Drink"]
    assert "0 of 3 chosen. Together $25." in page
    assert re.findall(r"<details[^>]*open>", page) == ['<details class="fold choices" id="choices-1" open>']
    assert 'id="add-3-big-cola"' in page
    assert 'id="add-3-cola"' not in page


def test_a_bundle_is_filled_without_script_and_kept_when_left(client):
    found = deal(BOX)
    answer = client.post(f"/deals/{found}/places/1", data={"product": "margherita"})
    assert (answer.status_code, answer.location) == (303, f"/deals/{found}#place-1")
    client.get("/")
    page = client.get(f"/deals/{found}").text
    assert "Large Margherita" in page
    assert "1 of 3 chosen" in page
    assert "Large Margherita" in client.get("/cart").text


def test_with_htmx_the_bundle_comes_back_with_the_next_place_open_and_focused(client):
    found = deal(BOX)
    piece = client.post(f"/deals/{found}/places/1", data={"product": "margherita"}, headers=HTMX)
    assert "<html" not in piece.text
    assert 'id="place-2-head" tabindex="-1" data-focus' in piece.text
    assert 'id="choices-2" open' in piece.text
    for part in ('id="bundle"', 'id="cart-link"', 'id="flash"'):
        assert piece.text.count(part) == 1


def fill_all(client, found):
    for number, product in ((1, "margherita"), (2, "garden"), (3, "big-cola")):
        answer = client.post(f"/deals/{found}/places/{number}", data={"product": product}, headers=HTMX)
    return answer


def test_a_bundle_that_is_full_says_what_it_comes_to_and_can_be_had_again(client):
    found = deal(BOX)
    piece = fill_all(client, found)
    saves = 1700 + 1800 + 425 - 2500
    assert f"All chosen: $25. You save ${saves / 100:.2f}." in piece.text
    assert "See your order" in piece.text
    assert client.post(f"/deals/{found}/beginning").location == f"/deals/{found}"
    assert "0 of 3 chosen" in client.get(f"/deals/{found}").text
    assert "Large Garden" in client.get("/cart").text


def test_a_line_that_does_not_fit_any_more_fills_no_place_and_the_page_says_so(client):
    found = deal(BOX)
    fill_all(client, found)
    with client.session_transaction() as session, transaction():
        line = cart.view(session["cart"]).lines[0]
        cart.replace(session["cart"], line.id, MARGHERITA, 1)
    place = client.get(f"/deals/{found}").text.split('id="place-1"')[1].split("</section>")[0]
    assert "Medium Margherita does not fit here any more, and stays in your order. Choose a large pizza" in place
    assert "included" not in place
    assert "2 of 3 chosen. Together $25." in client.get(f"/deals/{found}").text


def test_where_something_else_is_better_the_page_says_so(client):
    found = deal(BOX)
    deal({"name": "Half price", "kind": "percent_order", "rate_ppm": 600_000})
    assert "Something else in your order saves you more" in fill_all(client, found).text


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"window": {"weekdays": [0]}}, "Box holds on Mondays only."),
        ({"methods": ["carryout"]}, "Box is for carryout only. Choose where your food goes first."),
        ({"min_spend_cents": 5000}, "Box starts at $50.00 of food. Add $10.75 more."),
        ({"limit": 0}, "Box is used up: all 0 are gone."),
        ({"price_cents": 4000}, "By themselves they cost no more than with this deal, so it is not used."),
    ],
    ids=["time", "method", "minimum", "uses", "price"],
)
def test_a_full_bundle_that_takes_nothing_off_says_what_it_hangs_on(client, terms, words):
    with time_machine.travel(START, tick=False):
        found = deal({**BOX, **terms})
        assert f"All chosen. {words}" in fill_all(client, found).text


def test_a_place_is_customized_in_the_builder_and_goes_back_where_it_was(client):
    found = deal(BOX)
    client.post(f"/deals/{found}/places/2", data={"product": "garden"})
    page = client.get(f"/deals/{found}").text
    (link,) = re.findall(r'href="(/build/garden\?[^"]*place=2)">Customize<span class="vh"> Pizza 2:', page)
    builder = client.get(link.replace("&amp;", "&"))
    assert f'formaction="/deals/{found}/places/2"' in builder.text
    assert "Put it in the deal" in builder.text
    form = {**fields(builder), "t-corn": "left", "t-feta": "whole"}
    piece = client.get("/x/build/garden", query_string=form, headers=HTMX)
    assert f"deal={found}&place=2" in piece.headers["HX-Replace-Url"]
    assert client.post(f"/deals/{found}/places/2", data=form).status_code == 303
    after = client.get(f"/deals/{found}").text
    assert after.count("Large Garden") >= 1
    assert "+ $0.88" in after  # two toppings beyond the preset, the dearer one is part of the deal
    with client.session_transaction() as session:
        assert cart.view(session["cart"]).count == 1


def test_what_does_not_fit_is_told_and_the_pizza_is_not_lost(client):
    found = deal(BOX)
    form = {"product": "garden", "size": "m", "crust": "thin", "t": "corn.w.n", "sauce": "tomato", "cheese": "normal"}
    answer = client.post(f"/deals/{found}/places/1", data=form)
    assert answer.status_code == 303
    assert answer.location.startswith("/build/garden?size=m&crust=thin")
    page = client.get(answer.location)
    assert "Medium Garden is not part of this deal." in page.text
    assert f'formaction="/deals/{found}/places/1"' in page.text
    assert client.post(f"/deals/{found}/places/3", data={"product": "cola"}, headers=HTMX).status_code == 422


@pytest.mark.parametrize("path", ["/deals/4711", "/deals/0"])
def test_a_deal_that_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404
    assert client.post(f"{path}/places/1", data={"product": "cola"}).status_code == 404


def test_a_deal_that_is_no_bundle_has_a_page_too(client):
    found = deal(name="Dollar day")
    page = client.get(f"/deals/{found}").text
    assert "Dollar day" in page
    assert "places" not in page


def test_a_refused_first_place_leaves_no_cart(client):
    found = deal(BOX)
    assert client.post(f"/deals/{found}/places/9", data={"product": "cola"}).status_code == 404
    with client.session_transaction() as session:
        assert "cart" not in session


def test_nobody_reaches_a_bundle_that_needs_a_code_without_it(client):
    found = deal(BOX, by_code=True, code="BOXED", listed=False)
    assert client.get(f"/deals/{found}").status_code == 404
    client.get("/d/BOXED")
    client.post("/cart/lines", data={"product": "cola"})
    assert client.get(f"/deals/{found}").status_code == 200
