"""The deals' desk as pages: who may do what, what a form keeps, what is written down, and what takes effect at once."""

import re
from datetime import UTC, datetime

import pytest

from app.core.db import db, transaction
from app.orders import cart
from app.promotions import service as promotions
from app.promotions.service import Kind
from app.users.service import Role
from tests.conftest import browser, forget
from tests.edges.pages import HTMX, fields, with_cart
from tests.factories.deals import OFF_ONE, QUARTER_OFF, deal
from tests.factories.hands import Hands
from tests.factories.orders import COLA, ELM_STREET, MARGHERITA, MILWAUKEE_AVENUE, filled, placed
from tests.factories.staff import signed_in, written_down
from tests.queries import counted

LIST = "/manage/deals"
FILLED: dict[Kind, dict[str, str | list[str]]] = {
    Kind.PERCENT_ITEMS: {"percent": "12.5", "slots-0-categories": "pizzas"},
    Kind.AMOUNT_ITEMS: {"off": "3.00", "slots-0-sizes": ["l", "xl"]},
    Kind.FIXED_EACH: {"price": "7.99", "min_count": "2", "slots-0-sizes": "m"},
    Kind.BUNDLE_PRICE: {
        "price": "20",
        "slots-0-categories": "pizzas",
        "slots-0-count": "2",
        "slots-0-most_toppings": "2",
        "slots-1-count": "0",
        "slots-2-categories": "drinks",
        "slots-2-count": "1",
    },
    Kind.BUY_X_GET_Y: {"percent": "50", "slots-0-count": "1", "slots-1-count": "1", "slots-0-categories": "pizzas"},
    Kind.FREE_ITEM: {"slots-0-count": "1", "slots-1-count": "1", "slots-1-categories": "dips"},
    Kind.PERCENT_ORDER: {"percent": "25", "cap": "15"},
    Kind.AMOUNT_ORDER: {"off": "$5.00", "min_spend": "25", "stackable": "y"},
    Kind.DELIVERY: {"percent": "100"},
    Kind.TIERED_PERCENT: {
        "slots-0-categories": "pizzas",
        "tiers-0-count": "4",
        "tiers-0-percent": "10",
        "tiers-1-count": "7",
        "tiers-1-percent": "15",
    },
}


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def milo(shop, hands):
    return signed_in(shop, "Milo", Role.MARKETING, None)


@pytest.fixture
def mina(shop, hands):
    return signed_in(shop, "Mina", Role.MANAGER)


def form(kind: Kind = Kind.PERCENT_ORDER, **typed: object) -> dict[str, object]:
    plain = {"kind": kind.value, "name": "A fine deal", "way": "automatic", "combine": "normal", "listed": "y"}
    return {**plain, "idem": "k" * 20, **FILLED[kind], **typed}


def created(client, kind: Kind = Kind.PERCENT_ORDER, **typed: object) -> int:
    answer = client.post(LIST, data=form(kind, **typed))
    assert answer.status_code == 303, re.findall(r'class="error"[^>]*>.*?</p>', answer.text)
    return int(answer.location.rsplit("/", 1)[1])


def audited() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(row.deed, row.subject) for row in written_down()]


def state(deal_id: int) -> str:
    db.session.rollback()
    return promotions.standing(deal_id).state


def test_a_free_item_is_asked_for_by_what_comes_with_how_many(milo):
    page = milo.get(f"{LIST}/new?kind=free_item").text
    assert 'name="slots-0-count"' in page
    assert 'name="slots-1-count"' not in page
    typed = {"slots-0-count": "2", "slots-1-count": "3"}
    assert [slot.count for slot in promotions.standing(created(milo, Kind.FREE_ITEM, **typed)).deal.slots] == [2, 1]


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_has_a_form_that_saves_what_was_typed_and_shows_it_again(milo, kind):
    page = milo.get(f"{LIST}/new?kind={kind.value}")
    assert page.status_code == 200
    made = created(milo, kind)
    saved = promotions.standing(made)
    assert (saved.deal.kind, saved.state, saved.deal.name) == (kind, "draft", "A fine deal")
    again = milo.get(f"{LIST}/{made}/edit")
    assert again.status_code == 200
    kept = {**form(kind), **fields(again), "kind": kind.value}
    assert milo.post(f"{LIST}/{made}", data={**kept, **FILLED[kind]}).status_code == 303
    changed = promotions.standing(made).deal
    assert changed.version == 2
    assert (changed.slots, changed.tiers, changed.rate_ppm) == (saved.deal.slots, saved.deal.tiers, saved.deal.rate_ppm)
    assert (changed.off_cents, changed.price_cents) == (saved.deal.off_cents, saved.deal.price_cents)


def test_everything_a_deal_can_be_limited_by_is_in_its_form(milo):
    made = created(
        milo,
        first="2026-12-01",
        last="2026-12-31",
        weekdays=["4", "5"],
        opens="22:00",
        closes="02:00",
        stores=[str(ELM_STREET)],
        methods=["delivery"],
        min_spend="20",
        limit="500",
        limit_per_customer="1",
        first_order="y",
        combine="exclusive",
        way="code",
        code="welcome-10",
    )
    found = promotions.standing(made)
    window = found.deal.window
    assert (str(window.first), str(window.last), window.weekdays) == ("2026-12-01", "2026-12-31", (4, 5))
    assert (window.opens, window.closes) == (1320, 1560)
    assert (found.deal.stores, found.deal.methods) == ((ELM_STREET,), ("delivery",))
    assert (found.deal.limit, found.deal.limit_per_customer, found.deal.first_order) == (500, 1, True)
    assert (found.deal.combine, found.deal.by_code, found.codes) == ("exclusive", True, 1)
    page = milo.get(f"{LIST}/{made}").text
    assert "On Fridays and Saturdays, 10 pm to 2 am" in page
    assert "draft" in page


def test_how_customers_will_read_it_follows_the_form(milo):
    shown = milo.post(LIST, data=form(Kind.BUNDLE_PRICE, look="1"), headers=HTMX)
    assert "Two pizzas with up to two toppings and a drink, together for $20." in shown.text
    missing = milo.post(LIST, data=form(Kind.BUNDLE_PRICE, price="", look="1"), headers=HTMX)
    assert "Not complete yet. Price, in dollars: This is needed" in missing.text
    assert promotions.standings() == ()


def test_without_script_a_button_shows_it_and_nothing_is_saved(milo):
    answer = milo.post(LIST, data=form(look="1", limit_per_customer="1"))
    assert answer.status_code == 200
    assert "25% off your order, at most $15." in answer.text
    assert "Once per customer" in answer.text
    assert promotions.standings() == ()
    assert audited() == []


def test_customers_read_the_very_sentence_of_the_form(milo, client):
    shown = milo.post(LIST, data=form(Kind.BUNDLE_PRICE, look="1")).text
    made = created(milo, Kind.BUNDLE_PRICE)
    milo.post(f"{LIST}/{made}/start")
    forget()
    sentence = "Two pizzas with up to two toppings and a drink, together for $20."
    assert sentence in shown
    assert sentence in client.get("/deals").text


def test_another_item_of_a_bundle_is_a_button_that_keeps_the_rest(milo):
    answer = milo.post(LIST, data=form(Kind.BUNDLE_PRICE, more="1"))
    assert answer.status_code == 200
    assert 'name="slots-3-count"' in answer.text
    assert 'value="A fine deal"' in answer.text
    assert promotions.standings() == ()


@pytest.mark.parametrize(
    ("kind", "typed", "field", "words"),
    [
        (Kind.PERCENT_ORDER, {"name": ""}, "name", "Give it a name of up to 80 letters."),
        (Kind.PERCENT_ORDER, {"percent": ""}, "percent", "This is needed for that kind of deal."),
        (Kind.PERCENT_ORDER, {"percent": "101"}, "percent", "Write a percentage like 20 or 12.5."),
        (Kind.PERCENT_ORDER, {"cap": "a lot"}, "cap", "Write an amount like 12 or 12.50."),
        (Kind.PERCENT_ORDER, {"last": "2026-13-01"}, "last", "Write a date like 2026-12-31."),
        (
            Kind.PERCENT_ORDER,
            {"first": "2026-12-02", "last": "2026-12-01"},
            "last",
            "The last day is before the first.",
        ),
        (Kind.PERCENT_ORDER, {"opens": "25:00"}, "opens", "Write a time like 17:00."),
        (Kind.PERCENT_ORDER, {"opens": "17:00", "closes": "11:00"}, "closes", "Hours lie between 4:00"),
        (Kind.PERCENT_ORDER, {"limit": "0"}, "limit", "This must be at least 1."),
        (Kind.PERCENT_ORDER, {"limit_per_customer": "0"}, "limit_per_customer", "This must be at least 1"),
        (Kind.PERCENT_ORDER, {"way": "code", "code": "A!"}, "code", "A code is 3 to 24 letters and digits."),
        (Kind.BUNDLE_PRICE, {"slots-0-count": "0", "slots-2-count": "0"}, "slots-0-categories", "Say which items"),
        (Kind.BUNDLE_PRICE, {"slots-2-count": "51"}, "slots-2-count", "This must be at least 1 and at most 50."),
        (Kind.FREE_ITEM, {"slots-1-categories": []}, "slots-1-categories", "Say what is free."),
        (Kind.DELIVERY, {"off": "2"}, "percent", "one of them"),
        (Kind.TIERED_PERCENT, {"tiers-1-percent": ""}, "tiers-1-count", "A step needs both"),
        (Kind.TIERED_PERCENT, {"tiers-1-count": "3"}, "tiers-0-count", "must rise"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(milo, kind, typed, field, words):
    answer = milo.post(LIST, data=form(kind, **typed))
    assert answer.status_code == 422
    assert "<title>Error: New deal" in answer.text
    assert re.search(rf'<a href="#{field}">[^<]*{re.escape(words)}', answer.text), re.findall(
        r'href="#.*?</a>', answer.text
    )
    assert 'value="A fine deal"' in answer.text or "name" in typed
    assert promotions.standings() == ()
    assert audited() == []


def test_pressing_save_twice_makes_one_deal(milo):
    first, second = milo.post(LIST, data=form()), milo.post(LIST, data=form())
    assert first.location == second.location
    assert len(promotions.standings()) == 1
    assert [deed for deed, _ in audited()] == ["deal.create"]
    assert milo.post(LIST, data=form(idem="")).status_code == 422


def test_a_version_that_was_used_stays_and_an_edit_makes_the_next(milo):
    made = deal(QUARTER_OFF)
    before = promotions.version(made, 1)
    assert milo.post(f"{LIST}/{made}", data=form(version="1", percent="10")).status_code == 303
    assert promotions.version(made, 1) == before
    assert promotions.standing(made).deal.rate_ppm == 100_000


def test_of_two_people_who_edit_a_deal_the_second_is_told_and_then_decides(milo, shop):
    made, ada = deal(QUARTER_OFF), signed_in(shop, "Ada", Role.ADMIN, None)
    assert ada.post(f"{LIST}/{made}", data=form(version="1", percent="10")).status_code == 303
    late = milo.post(f"{LIST}/{made}", data=form(version="1", percent="33", idem="m" * 20))
    assert late.status_code == 409
    assert "Somebody changed this deal meanwhile. Saving again puts yours in place of theirs." in late.text
    assert 'value="33"' in late.text
    assert promotions.standing(made).deal.rate_ppm == 100_000
    again = milo.post(f"{LIST}/{made}", data={**form(percent="33"), **fields(late), "kind": "percent_order"})
    assert again.status_code == 303
    assert promotions.standing(made).deal.rate_ppm == 330_000
    ada.post(f"{LIST}/{made}/end")
    over = milo.post(f"{LIST}/{made}", data=form(version="3", percent="5", idem="o" * 20))
    assert (over.status_code, "that is for good" in over.text) == (409, True)


def test_pressing_save_twice_changes_a_deal_once(milo):
    made = deal(QUARTER_OFF)
    answers = [milo.post(f"{LIST}/{made}", data=form(version="1", percent="10")) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert promotions.standing(made).deal.version == 2
    assert audited() == [("deal.change", f"deal:{made}")]


def test_each_deed_is_written_down_with_it(milo):
    made = created(milo)
    for deed in ("start", "pause", "pause/end", "end"):
        assert milo.post(f"{LIST}/{made}/{deed}").status_code == 303
    assert audited() == [(f"deal.{deed}", f"deal:{made}") for deed in ("create", "start", "pause", "go_on", "end")]
    assert milo.post(f"{LIST}/{made}/end").status_code == 303, "twice does no harm, and is no second deed"
    late = milo.post(f"{LIST}/{made}/start")
    assert (late.status_code, "That does not go any more" in late.text) == (409, True)
    assert f'href="/manage/deals/{made}/codes"' in late.text, "it is the page of the deal"
    assert len(audited()) == 5
    assert state(made) == "ended"


def test_a_deal_that_is_paused_or_ended_is_gone_from_the_next_quote_and_carts_say_why(milo, shop):
    made = created(milo, percent="25", way="code", code="PIZZA25")
    milo.post(f"{LIST}/{made}/start")
    mine = filled(MARGHERITA)
    ana = with_cart(browser(shop), mine)
    assert ana.post("/cart/coupon", data={"code": "pizza 25"}).status_code == 303
    assert cart.view(mine).deals.codes[0].used
    for deed, words in (("pause", "PIZZA25 is paused for now."), ("end", "PIZZA25 has ended.")):
        milo.post(f"{LIST}/{made}/{deed}")
        assert not cart.view(mine).deals.codes[0].used
        assert words in ana.get("/cart").text
    assert cart.view(mine).discounts == ()


def test_a_deal_that_goes_on_is_in_the_next_quote(milo):
    made, mine = deal(OFF_ONE), filled(MARGHERITA)
    milo.post(f"{LIST}/{made}/pause")
    assert cart.view(mine).discounts == ()
    milo.post(f"{LIST}/{made}/pause/end")
    assert [each.items_cents for each in cart.view(mine).discounts] == [100]


def test_the_list_tells_state_uses_and_what_was_taken_off(milo):
    used, waiting = (
        deal(OFF_ONE, limit=9),
        deal(QUARTER_OFF, by_code=True, name="Quarter", window={"first": "2026-11-27"}),
    )
    placed(MARGHERITA, COLA)
    page = milo.get(LIST).text
    row = page.split(f'id="deal-{used}"')[1].split("</tr>")[0]
    assert "running" in row
    assert "1 of 9" in row
    assert "$1.00" in row
    row = page.split(f'id="deal-{waiting}"')[1].split("</tr>")[0]
    assert "starts Friday" in row
    assert "by code" in row


def test_the_list_can_be_searched_filtered_and_sorted(milo):
    first, second = deal(OFF_ONE, name="Alpha <b>"), deal(QUARTER_OFF, name="Beta")
    milo.post(f"{LIST}/{second}/pause")

    def shown(query: str) -> list[int]:
        piece = milo.get(f"/x/manage/deals?{query}", headers=HTMX)
        assert piece.status_code == 200
        return [int(found) for found in re.findall(r'id="deal-(\d+)"', piece.text)]

    assert shown("") == [second, first]
    assert shown("sort=name") == [first, second]
    assert shown("phase=paused") == [second]
    assert shown("kind=amount_items") == [first]
    assert shown("q=ALPHA") == [first]
    assert shown("q=nothing") == []
    assert (
        milo.get("/x/manage/deals?q=beta&sort=uses", headers=HTMX).headers["HX-Replace-Url"]
        == f"{LIST}?q=beta&sort=uses"
    )
    assert milo.get("/x/manage/deals").status_code == 404
    assert "Alpha &lt;b&gt;" in milo.get(LIST).text


def test_a_deal_is_tried_on_items_and_on_an_order_before_it_starts(milo, hands):
    order_id, made = placed(MARGHERITA, COLA), created(milo, percent="50", cap="")
    piece = milo.get(f"/x/manage/deals/{made}/trial?item-0=margherita|m|classic&many-0=2", headers=HTMX).text
    assert "2 × Medium Margherita" in piece
    assert "<b>It is used</b>" in piece
    past = milo.get(f"{LIST}/{made}?order={order_id}").text
    assert f"Order {order_id}" in past
    assert "<b>It is used</b>" in past
    assert "We could not find that order." in milo.get(f"{LIST}/{made}?order=999").text
    assert state(made) == "draft"


RIGHTS = [
    (Role.KITCHEN, ELM_STREET, 403, 403, 403),
    (Role.COUNTER, ELM_STREET, 403, 403, 403),
    (Role.MANAGER, ELM_STREET, 200, 403, 200),
    (Role.MANAGER, MILWAUKEE_AVENUE, 200, 403, 403),
    (Role.MARKETING, None, 200, 200, 200),
    (Role.ADMIN, None, 200, 200, 200),
]
GETS = ("", "/edit", "/codes", "?item-0=cola")
POSTS = ("", "/start", "/pause", "/pause/end", "/end", "/codes", "/codes/many", "/flights")


@pytest.mark.parametrize(("role", "store_id", "desk", "chain", "elm"), RIGHTS)
def test_who_sees_and_changes_which_deal(shop, hands, role, store_id, desk, chain, elm):
    of_chain, of_elm = deal(OFF_ONE), deal(OFF_ONE, stores=[ELM_STREET])
    client = signed_in(shop, "Somebody", role, store_id)
    assert client.get(LIST).status_code == desk
    assert client.get(f"{LIST}/new").status_code == desk
    for made, expected in ((of_chain, chain), (of_elm, elm)):
        for path in GETS:
            assert client.get(f"{LIST}/{made}{path}").status_code == expected, path
        assert client.get(f"/x/manage/deals/{made}/trial", headers=HTMX).status_code == expected
        before = (audited(), promotions.standing(made))
        for path in POSTS:
            answer = client.post(f"{LIST}/{made}{path}", data=form(idem="z" * 20))
            assert (answer.status_code == 403) is (expected == 403), path
        assert ((audited(), promotions.standing(made)) == before) is (expected == 403)
    if desk == 403:
        assert "Your role does not allow this." in client.get(LIST).text
        assert client.post(LIST, data=form()).status_code == 403


def test_a_stranger_and_a_customer_are_asked_to_sign_in(client, hands):
    made = deal(OFF_ONE)
    for path in (LIST, f"{LIST}/new", *(f"{LIST}/{made}{path}" for path in GETS), "/manage/jobs/1"):
        assert client.get(path).location.startswith("/sign-in?next=/manage/"), path
    for path in (LIST, *(f"{LIST}/{made}{path}" for path in POSTS), "/manage/jobs/1/cancellation"):
        assert client.post(path, data=form()).location == "/sign-in?next=/staff", path
    assert audited() == []


def test_a_manager_writes_deals_of_her_own_store_only(mina):
    answer = mina.post(LIST, data=form())
    assert answer.status_code == 422
    assert "Choose your stores. A deal at every store is up to marketing." in answer.text
    for foreign in ("Milwaukee Avenue", f"{ELM_STREET}, {MILWAUKEE_AVENUE}", f"{ELM_STREET}-{MILWAUKEE_AVENUE}, TX"):
        answer = mina.post(LIST, data=form(stores=foreign))
        assert answer.status_code == 422, foreign
        assert "We know no store of yours for" in answer.text
    assert "Elm Street #1</textarea>" in mina.get(f"{LIST}/new?kind=percent_order").text, "all that she has"
    made = created(mina, stores=[str(ELM_STREET)])
    assert promotions.standing(made).deal.stores == (ELM_STREET,)
    assert mina.post(f"{LIST}/{made}", data=form(version="1", stores=[])).status_code == 422
    assert mina.post(f"{LIST}/{made}", data=form(version="1", stores=[str(ELM_STREET)])).status_code == 303


def test_a_deal_for_many_stores_names_them_while_it_is_written_and_keeps_them(milo):
    reading = milo.post(LIST, data=form(stores="il, Milwaukee Avenue", look="1"), headers=HTMX).text
    assert "At 2 stores: Elm Street and Milwaukee Avenue." in reading
    made = created(milo, stores="il, Milwaukee Avenue")
    assert promotions.standing(made).deal.stores == (ELM_STREET, MILWAUKEE_AVENUE)
    page = milo.get(f"{LIST}/{made}/edit").text
    assert "Elm Street #1, Milwaukee Avenue #2</textarea>" in page
    assert "At 2 stores: Elm Street and Milwaukee Avenue" in milo.get(f"{LIST}/{made}").text
    wrong = milo.post(LIST, data=form(stores="Elm Street, Elmm"))
    assert (wrong.status_code, "We know no store of yours for “Elmm”." in wrong.text) == (422, True)


def test_the_box_says_what_of_it_cannot_be_read(milo):
    made = deal(QUARTER_OFF)
    for name, value in (("store", "Elmm"), ("fee", "three"), ("many-0", "few"), ("when", "soon")):
        words = {"item-0": "cola|can|", "method": "delivery", name: value}
        piece = milo.get(f"/x/manage/deals/{made}/trial", query_string=words, headers=HTMX)
        assert (piece.status_code, 'class="note bad"' in piece.text) == (200, True), name


def test_a_manager_sees_the_deals_of_her_store_and_not_those_of_others(mina):
    chain, foreign = deal(OFF_ONE, name="Of the chain"), deal(OFF_ONE, name="Elsewhere", stores=[MILWAUKEE_AVENUE])
    own = deal(OFF_ONE, name="Of Elm Street", stores=[ELM_STREET])
    page = mina.get(LIST).text
    assert f'href="/manage/deals/{own}"' in page
    assert f'href="/manage/deals/{chain}"' not in page
    assert "Of the chain" in page
    assert "Elsewhere" not in page
    assert foreign not in (own, chain)


def test_a_manager_tries_deals_on_orders_of_her_store_only(shop, mina, hands):
    made, order_id = created(mina, stores=[str(ELM_STREET)]), placed(MARGHERITA)
    assert f"Order {order_id}" in mina.get(f"/x/manage/deals/{made}/trial?order={order_id}", headers=HTMX).text
    otto = signed_in(shop, "Otto", Role.MANAGER, MILWAUKEE_AVENUE)
    theirs = created(otto, stores=[str(MILWAUKEE_AVENUE)], idem="o" * 20)
    piece = otto.get(f"/x/manage/deals/{theirs}/trial?order={order_id}", headers=HTMX).text
    assert "We could not find that order." in piece


TEXTS = ("６０６１０", "x\r\nSet-Cookie: a=1", "<script>alert(1)</script>", "{{7*7}}", "\u202eevil")
HOSTILE = (
    *("60610\0", "9" * 50_000, "99999999999999999999", "-1", "1e309", ""),
    *(pytest.param(text, marks=pytest.mark.one_database) for text in TEXTS),  # to a database like any other
)
FIELDS = {
    Kind.BUNDLE_PRICE: "price max_per_order slots-0-categories slots-0-products slots-0-sizes slots-0-crusts "
    "slots-0-most_toppings slots-0-no_specialties slots-0-count",
    Kind.TIERED_PERCENT: "tiers-0-count tiers-0-percent version",
    Kind.PERCENT_ORDER: "name percent cap way code first last weekdays opens closes stores methods min_spend limit "
    "limit_per_customer combine kind idem",
}


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_value_of_any_field_breaks_the_form(milo, value):
    for kind, names in FIELDS.items():
        for name in names.split():
            answer = milo.post(LIST, data={**form(kind, idem=f"{name:_<20}"), name: value})
            assert answer.status_code in ({404} if name == "kind" else {303, 422}), (name, answer.status_code)
            assert "<script>alert" not in answer.text


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_value_breaks_the_smaller_forms(milo, value):
    made = deal(QUARTER_OFF)
    for path in ("codes", "codes/many", "flights"):
        for name in ("code", "limit", "count", "prefix", "days", "stores", "idem"):
            data = {"idem": "q" * 20, "code": "FINE1", "count": "1", "days": "1", name: value}
            answer = milo.post(f"{LIST}/{made}/{path}", data=data)
            assert answer.status_code in {303, 404, 422}, (path, name)
    for name in ("item-0", "many-0", "store", "method", "when", "fee", "order", "q", "phase", "sort"):
        words = {"item-1": "cola", name: value[:2_000]}
        assert milo.get(f"{LIST}/{made}", query_string=words).status_code in {200, 404}
        assert milo.get(LIST, query_string=words).status_code == 200


def test_a_field_of_a_place_that_is_not_there_is_left_alone(milo):
    strange = {f"slots-{n}-count": "1" for n in (7, 8, 99_999)} | {"tiers-77-count": "1", "slots--count": "1"}
    assert milo.post(LIST, data=form(**strange)).status_code == 303


def test_a_code_for_a_deal_that_adds_itself_is_asked_about_and_not_lost(milo):
    answer = milo.post(LIST, data=form(code="PIZZA20"))
    assert (answer.status_code, "A deal that adds itself needs no code." in answer.text) == (422, True)
    made = created(milo, way="code")
    assert "It has no code yet." in milo.get(f"{LIST}/{made}").text
    milo.post(f"{LIST}/{made}/codes", data={"code": "PIZZA20"})
    assert "It has no code yet." not in milo.get(f"{LIST}/{made}").text
    twice = milo.post(f"{LIST}/{made}/codes", data={"code": "pizza 20"})
    assert (twice.status_code, "PIZZA20 is a code of this deal already." in twice.text) == (422, True)


@pytest.mark.parametrize(("name", "value"), [("days", "few"), ("days", "366"), ("stores", "Elmm")])
def test_a_flight_that_cannot_take_off_says_why_beside_its_field(milo, name, value):
    made = deal(QUARTER_OFF)
    answer = milo.post(f"{LIST}/{made}/flights", data={"idem": "f" * 20, "days": "7", name: value})
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.text
    assert f'value="{value}"' in answer.text


def test_a_moment_is_told_by_the_clock_of_the_store(milo, hands):
    made = created(milo, percent="50", cap="", weekdays=["1"])
    asked = f"/x/manage/deals/{made}/trial?item-0=cola|can|&store={ELM_STREET}&when="
    assert "holds on Tuesdays only" in milo.get(f"{asked}2026-11-23T18:00", headers=HTMX).text
    assert "<b>It is used</b>" in milo.get(f"{asked}2026-11-24T18:00", headers=HTMX).text
    assert "<b>It is used</b>" in milo.get(f"{asked}2026-11-25T03:59", headers=HTMX).text
    assert datetime(2026, 11, 23, 18, tzinfo=UTC) == hands.now


def test_the_desk_asks_little_for_a_long_list(milo):
    with transaction():
        for n in range(30):
            promotions.write({**OFF_ONE, "name": f"Deal {n}"})
    milo.get(LIST)
    with counted() as sent:
        page = milo.get(LIST)
    assert page.text.count('id="deal-') == 30
    assert len(sent) <= 4, sent
