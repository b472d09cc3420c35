"""The builder at its edge: options, notes, two pizzas on one, what is in it, and what ran out meanwhile."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.core.db import db, transaction
from app.menu import models
from app.menu import service as menu
from app.menu.service import Chosen, Placement, Selection, Side
from app.orders import cart
from blueprints import picks
from tests.conftest import browser
from tests.edges.pages import HTMX, fields, refused, with_cart
from tests.factories.orders import COUNTER, filled

pytestmark = pytest.mark.one_database

GARDEN = "/build/garden?size=m&crust=classic&sauce=tomato&cheese=normal"
WHOLE = "&t=mushroom.w.n&t=greenpepper.w.n&t=redonion.w.n&t=olive.w.n"


def section(page, name):
    return page.text.split(f'id="{name}"')[1].split("</fieldset>")[0]


def words(text):
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_a_specialty_says_what_was_changed_and_leads_back_to_it(client):
    assert 'id="changed"' not in client.get("/build/garden").text
    assert 'id="changed"' not in client.get(GARDEN + WHOLE).text
    page = client.get(f"{GARDEN}&t=mushroom.w.x&t=greenpepper.w.n&t=olive.l.n&t=bacon.w.n")
    said = words(page.text.split('id="changed">')[1].split("</p>")[0])
    assert said == (
        "You changed: plus crispy bacon, extra mushrooms, no red onion, black olives on the left only. Start again"
    )
    assert 'id="changed"' not in client.get("/build/your-own?sauce=bbq&cheese=none&t=corn.w.n").text


def test_how_it_is_baked_and_cut_goes_from_the_form_to_cart_ticket_and_address(shop, client):
    page = client.get(GARDEN + WHOLE)
    form = {**fields(page), "o-bake": "well", "o-cut": "squares", "quantity": "1"}
    piece = client.get(f"/x/build/garden?{urlencode(form)}", headers=HTMX)
    assert piece.headers["HX-Replace-Url"] == f"{GARDEN}{WHOLE}&o-bake=well&o-cut=squares"
    assert '<details class="fold" id="how" open>' in piece.text
    assert client.post("/cart/lines", data=form).status_code == 303
    assert "Classic crust, tomato sauce, well done, cut in squares" in client.get("/cart").text


def test_what_a_pizza_comes_with_may_be_taken_off(client):
    page = client.get("/build/tavern")
    assert 'id="o-cut-squares" checked' in page.text
    plain = client.get("/x/build/tavern?o-cut=none", headers=HTMX)
    assert 'id="o-cut-none" checked' in plain.text
    assert plain.headers["HX-Replace-Url"].endswith("&o-cut=none")


def test_a_note_is_kept_masked_and_told_from_allergies(client):
    page = client.get("/build/margherita")
    special = page.text.split('id="special"')[1].split("</details>")[0]
    assert not special.startswith(" open")
    assert "Not for allergies: tell the store" in special
    assert re.search(r'href="tel:\+1\d{10}"', special)
    form = {**fields(page), "note": "Ring\ttwice, card 4242 4242 4242 4242\r\nplease", "quantity": "1"}
    piece = client.get(f"/x/build/margherita?{urlencode(form)}", headers=HTMX)
    assert "4242" not in piece.text + piece.headers["HX-Replace-Url"]
    assert 'value="Ring twice, card (card removed) please"' in piece.text
    assert client.post("/cart/lines", data=form).status_code == 303
    assert "Ring twice, card (card removed) please" in client.get("/cart").text


def test_a_note_that_is_too_long_is_said_at_its_field_and_kept(client):
    page = client.get(f"/build/margherita?note={'x' * 81}")
    assert page.status_code == 422
    assert "Please keep the note within 80 letters." in page.text.split('id="note-hint"')[1].split("<input")[0]
    assert "x" * 81 in page.text


def test_two_pizzas_fill_the_halves_with_script_and_without(client):
    plain = client.get("/build/your-own?size=l&crust=thin&sauce=tomato&cheese=normal&left=garden&right=diavola&fill=1")
    piece = client.get("/x/build/your-own?size=l&crust=thin&left=garden&right=diavola&fill=1", headers=HTMX)
    for answer in (plain, piece):
        halves = words(answer.text.split('id="halves">')[1].split("</dl>")[0])
        left, right = halves.removeprefix("Left ").split(" Right ")
        assert {"mushrooms", "green pepper", "black olives"} < set(left.split(", "))
        assert {"Italian sausage", "salami", "jalapeños"} < set(right.split(", "))
        assert '<option value="garden" selected>' in answer.text
        assert '<option value="diavola" selected>' in answer.text
    address = piece.headers["HX-Replace-Url"]
    assert "t=mushroom.l.n" in address
    assert "t=salami.r.n" in address
    assert "t=redonion.w.n" in address  # lies on both
    assert "left=" not in address


def test_a_half_is_laid_on_the_pizza_on_which_it_costs_least(client):
    """Large: garden 18.00 and pepperoni on a half 1.31; pepperoni 17.50 and four on a half 3.50; custom 20.81."""
    query = urlsplit(GARDEN).query.replace("size=m", "size=l")
    piece = client.get(f"/x/build/garden?{query}{WHOLE}&left=pepperoni&right=garden&fill=1", headers=HTMX)
    address = urlsplit(piece.headers["HX-Replace-Url"])
    assert address.path == "/build/garden"
    assert {"t=pepperoni.l.x", "t=olive.r.n"} <= set(address.query.split("&"))
    assert "$19.31" in piece.text
    assert "You changed: plus extra pepperoni on the left, mushrooms on the right only" in words(piece.text)
    cheap = client.get("/x/build/garden?left=margherita&fill=1&sauce=tomato&cheese=normal", headers=HTMX)
    assert cheap.headers["HX-Replace-Url"].startswith("/build/margherita?")


def test_halves_are_laid_on_no_pizza_that_is_made_in_another_size_or_on_another_crust(client):
    """Tavern square, on thin only, costs less than Margherita, and Lunch margherita, small only, less than all."""
    query = "/x/build/your-own?size=m&crust=rice&sauce=tomato&cheese=normal&left=tavern&right=margherita&fill=1"
    rice = client.get(query, headers=HTMX)
    address = urlsplit(rice.headers["HX-Replace-Url"])
    assert address.path == "/build/margherita"
    assert {"size=m", "crust=rice", "t=sausage.l.n"} <= set(address.query.split("&"))
    assert "so we picked" not in rice.text
    query = "/x/build/your-own?size=l&crust=classic&sauce=tomato&cheese=normal&left=lunch-margherita&fill=1"
    large = urlsplit(client.get(query, headers=HTMX).headers["HX-Replace-Url"])
    assert large.path != "/build/lunch-margherita"
    assert {"size=l", "crust=classic", "t=basil.l.n"} <= set(large.query.split("&"))


def test_a_crust_that_is_not_made_in_a_size_is_told_when_halves_are_laid(client):
    piece = client.get("/x/build/your-own?size=xl&crust=rice&left=garden&fill=1", headers=HTMX)
    assert "Rice flour crust is not made in this size, so we picked" in piece.text


def test_the_other_half_keeps_what_was_changed_on_it(client):
    query = "sauce=tomato&cheese=normal&t=corn.l.n&t=mushroom.l.n&left=garden&right=diavola"
    right = client.get(f"/x/build/your-own?{query}&fill=right", headers=HTMX).headers["HX-Replace-Url"]
    assert {"t=corn.l.n", "t=mushroom.l.n", "t=salami.r.n"} <= set(urlsplit(right).query.split("&"))
    both = client.get(f"/x/build/your-own?{query}&fill=1", headers=HTMX).headers["HX-Replace-Url"]
    assert "t=corn.l.n" not in both


def test_two_sauces_are_told(client):
    piece = client.get("/x/build/your-own?left=bianca&right=garden&fill=1", headers=HTMX)
    assert "A pizza has one sauce: it stays white, also under the half of Garden." in piece.text


@pytest.mark.parametrize(
    "query", ["left=cola&fill=1", "left=nothing&right=&fill=1", "fill=1", "left=garden", "left=&right=garden&fill=left"]
)
def test_what_is_no_pizza_fills_nothing(client, query):
    piece = client.get(f"/x/build/your-own?{query}", headers=HTMX)
    assert piece.status_code == 200
    assert "t=" not in urlsplit(piece.headers["HX-Replace-Url"]).query.replace("crust=", "")


def test_a_line_that_is_changed_stays_the_pizza_it_is(shop, client):
    with_cart(client, mine := filled(Selection("garden"), place=COUNTER))
    line = cart.view(mine).lines[0].id
    page = client.get(f"/build/line/{line}?left=diavola&fill=1")
    assert "Make each half" not in page.text
    assert "<h1>Garden</h1>" in page.text


def test_what_is_in_this_very_pizza_is_said_in_words(client):
    def inside(query):
        page = client.get(f"/build/your-own?size=m&crust=classic&{query}")
        return words(page.text.split('id="inside">')[1].split("</div>")[0])

    assert "Contains wheat, milk . Vegetarian" in inside("sauce=tomato&cheese=normal")
    assert "Contains wheat . Vegan" in inside("sauce=tomato&cheese=none&t=corn.w.n")
    assert "Contains wheat, soy . Vegan" in inside("sauce=tomato&cheese=normal&base=plantcheese")
    assert "Contains wheat, milk, tree nuts . Vegetarian" in inside("sauce=pesto&cheese=normal")
    assert "Contains wheat, milk, sesame" in inside("sauce=tomato&cheese=normal&o-season=sesame")
    assert "Vegetarian" not in inside("sauce=tomato&cheese=normal&t=bacon.l.l")
    assert "About 220 calories a slice, 8 slices." in inside("sauce=tomato&cheese=normal")
    assert "About 250 calories a slice, 8 slices." in inside("sauce=tomato&cheese=normal&t=pepperoni.w.n")


def test_all_that_the_picture_shows_is_in_its_words(client):
    page = client.get("/build?size=l&crust=thin&sauce=bbq&cheese=extra&t=corn.l.d&t=olive.w.n")
    said = "Large pizza, thin crust, BBQ sauce, extra cheese. Left half: sweet corn (double). All over: black olives."
    assert f'role="img" aria-label="{said}"' in page.text
    bare = client.get("/build?crust=thin&sauce=none&cheese=none")
    assert "thin crust, no sauce, no cheese. No toppings yet." in bare.text


def test_a_topping_of_which_nobody_knows_warns(shop, client):
    with transaction():
        db.session.get(models.Topping, "corn").allergens = None
        menu.change(1)
    page = client.get("/build/your-own?sauce=tomato&cheese=none&t=corn.w.n")
    assert "not known for every part: please ask the store" in page.text.split('id="inside">')[1]
    assert "allergens not known" in section(page, "row-corn")


def test_what_ran_out_is_explained_where_it_is_chosen(shop, client):
    with transaction():
        for kind, key in (
            ("topping", "corn"),
            ("topping", "pesto"),
            ("size", "s"),
            ("crust", "pan"),
            ("option", "bake.well"),
        ):
            menu.sell_out(1, kind, key)
    page = client.get("/build")
    assert page.status_code == 200
    assert "Sold out today" in section(page, "row-corn")
    assert 'id="t-corn-left" disabled' in page.text
    assert 'id="sauce-pesto" disabled' in page.text
    for control in ("size-s", "crust-pan"):
        label = page.text.split(f'id="{control}"')[1].split("</label>")[0]
        assert label.startswith(" disabled")
        assert "Sold out today" in label
    assert "Sold out today" in section(page, "asked-bake")


@pytest.mark.parametrize(
    ("kind", "key", "query", "said", "mends"),
    [
        ("size", "l", "size=l&crust=thin", "sold out of Custom pizza in Large today", "#sizes"),
        ("crust", "thin", "size=l&crust=thin", "sold out of thin crust today", "#crusts"),
        ("topping", "bbq", "sauce=bbq&cheese=normal", "sold out of BBQ sauce today", "#base"),
        ("option", "bake.well", "o-bake=well", "sold out of Well done today", "#asked-bake"),
        ("product", "your-own", "", "sold out of Custom pizza today", "/"),
    ],
)
def test_what_ran_out_while_it_was_chosen_is_said_and_stays_chosen(shop, client, kind, key, query, said, mends):
    with transaction():
        menu.sell_out(1, kind, key)
    piece = client.get(f"/x/build/your-own?{query}", headers=HTMX)
    assert piece.status_code == 422
    assert said in piece.text.split('id="builder-problem"')[1].split("</p>")[0]
    assert "data-error-summary" not in piece.text  # the focus stays where the hand is
    page = client.get(f"/build/your-own?{query}")
    assert "data-error-summary" in page.text
    for drawn in (piece.text, page.text):
        bar = drawn.split('aria-label="Add this pizza"')[1]
        assert said in bar
        assert f'<a class="btn big" href="{mends}">' in bar
        assert "Add to order" not in bar
        assert mends == "/" or f'id="{mends[1:]}"' in drawn
    answer = refused(client, {"product": "your-own", **dict(parse_qsl(query))})
    assert answer.status_code == 422
    assert said in answer.text


def test_the_bar_leads_to_the_same_pizza_without_the_topping_that_ran_out(shop, client):
    with transaction():
        menu.sell_out(1, "topping", "mushroom")
    page = client.get(f"{GARDEN}{WHOLE}&o-bake=well&quantity=2")
    assert page.status_code == 422
    href = re.search(r'<a class="btn big" href="([^"]+)">Take off mushrooms</a>', page.text)[1].replace("&amp;", "&")
    assert href == f"{GARDEN}{WHOLE.replace('&t=mushroom.w.n', '')}&o-bake=well&quantity=2#row-mushroom"
    there = client.get(href)
    assert there.status_code == 200
    assert "Add to order" in there.text


def test_toppings_alone_in_an_address_lie_on_what_the_pizza_comes_with(client):
    for path, *base in (("/build", "tomato", "normal"), ("/build/bianca", "white", "extra")):
        page = client.get(f"{path}?t=mushroom.w.n")
        assert page.status_code == 200
        form = fields(page)
        assert [form[name] for name in ("size", "crust", "sauce", "cheese")] == ["m", "classic", *base]
        assert form["t-mushroom"] == "whole"
        assert "made no sense" not in page.text
    form = fields(client.get("/build?sauce=none&t=mushroom.w.n"))
    assert (form["sauce"], form["cheese"]) == ("none", "normal")


def test_the_last_size_of_a_pizza_is_offered_on_the_menu(client):
    client.post("/cart/lines", data={"product": "garden", "size": "l", "crust": "thin"})
    page = client.get("/")
    card = page.text.split('id="margherita"')[1].split("</li>")[0]
    assert "$17.00 <small>large</small>" in card
    lunch = page.text.split('id="lunch-margherita"')[1].split("</li>")[0]
    assert "large" not in lunch
    form = {**fields(page), "product": "margherita"}
    assert form["pizza-size"] == "l"
    client.post("/cart/lines", data={name: form[name] for name in ("product", "pizza-size", "idem")})
    assert "Large Margherita" in client.get("/cart").text
    client.post("/cart/lines", data={"product": "cola", "pizza-size": "l"})
    assert "Cola" in client.get("/cart").text


options = {
    "bake": st.sampled_from([None, "light", "well"]),
    "cut": st.sampled_from([None, "squares", "small", "whole"]),
    "season": st.sampled_from([None, "garlic", "herbs", "sesame"]),
}
picked = st.builds(
    lambda slug, size, crust, base, halves, chosen, note: Selection(
        slug,
        size,
        crust,
        (Placement("tomato"), *([Placement(base)] if base else []), *(Placement(key, side) for key, side in halves)),
        tuple(Chosen(group, key) for group, key in chosen.items() if key),
        note,
    ),
    st.sampled_from(["your-own", "garden", "honey-trap"]),
    st.sampled_from(["s", "m"]),
    st.sampled_from(["classic", "thin", "pan", "rice"]),
    st.sampled_from([None, "mozzarella", "plantcheese"]),
    st.lists(
        st.tuples(st.sampled_from(["corn", "olive", "hothoney", "plantsausage"]), st.sampled_from(Side)),
        unique_by=lambda placed: placed[0],
    ),
    st.fixed_dictionaries(options),
    st.text("abc &=?+%#é“'<>\\/.,", max_size=80).map(lambda text: " ".join(text.split())),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(picked)
def test_any_pizza_survives_its_address_its_form_and_the_cart(shop, selection):
    offered = menu.catalogue(1)
    item = menu.product(offered, selection.product)
    chosen = menu.choose(offered, selection).selection
    query = picks.write(offered, chosen, chosen.placements)
    read, notes = picks.read(offered, item, MultiDict(parse_qsl(query, keep_blank_values=True)))
    assert (menu.choose(offered, read).selection, notes) == (chosen, ())
    assert cart.unpacked(cart.packed(chosen)) == chosen
    form = fields(browser(shop).get(f"/build/{item.slug}?{query}"))
    again, _ = picks.read(offered, item, MultiDict(form))
    assert menu.choose(offered, again).selection == chosen
