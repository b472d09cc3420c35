"""Static things: joined once, named by content, packed, kept for a year. And pictures by their address."""

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template_string

from app.pictures import TOPPINGS, VERSION, Recipe
from blueprints import assets, pictures, showing

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).parents[2]
YEAR = "public, max-age=31536000, immutable"
MINE = "classic.tomato.normal_pepperoni-l-x_mushroom-r-n"
CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture(scope="module")
def shop():
    app = Flask("shop", root_path=str(ROOT))
    for edge in (assets, pictures, showing):
        edge.init_app(app)
    return app


@pytest.fixture
def client(shop):
    return shop.test_client()


@pytest.fixture
def said(shop):
    def say(template, **words):
        with shop.test_request_context():
            return render_template_string(template, **words)

    return say


def test_the_style_sheet_starts_with_the_order_of_its_layers(client, said):
    answer = client.get(said("{{ asset('app.css') }}"))
    assert answer.text.startswith("@layer reset, tokens, base, layout, components, pages, utilities;")
    assert answer.mimetype == "text/css"


@pytest.mark.parametrize("name", ["app.css", "app.js", "kitchen.js"])
def test_a_bundle_is_kept_for_a_year_and_packed_if_that_is_understood(client, said, name):
    address = said(f"{{{{ asset('{name}') }}}}")
    plain, packed = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip"})
    assert plain.headers["Cache-Control"] == packed.headers["Cache-Control"] == YEAR
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < 20_480


def test_a_browser_that_has_it_is_told_so(client, said):
    address = said("{{ asset('app.css') }}")
    etag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_our_scripts_come_before_htmx_and_its_sockets_after_it(client, said):
    script = client.get(said("{{ asset('app.js') }}")).text
    ours, htmx, sockets = (script.index(word) for word in ("data-error-summary", "4.0.1", 'registerExtension("ws"'))
    assert ours < htmx < sockets


def test_the_board_has_its_own_bundle_and_customers_do_not_pay_for_it(client, said):
    assert "data-start-shift" in client.get(said("{{ asset('kitchen.js') }}")).text
    assert "data-start-shift" not in client.get(said("{{ asset('app.js') }}")).text


def test_what_is_explained_in_our_scripts_is_not_sent_along(client, said):
    for name in ("app.js", "kitchen.js", "map.js"):
        script = client.get(said(f"{{{{ asset('{name}') }}}}")).text
        assert not re.search(r"^\s*//", script, re.MULTILINE), name
    assert "Vladimir Agafonkin" in script, "whose work it is stays with it"


@pytest.mark.parametrize("path", ["/static/b/app.0000000000000000.css", "/static/b/none.0.css", "/static/b/app.css"])
def test_a_bundle_that_never_was_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_a_font_is_named_by_its_content_in_page_and_style_sheet_alike(client, said):
    address = said("{{ asset('fonts/figtree.woff2') }}")
    assert f'url("{address}")' in client.get(said("{{ asset('app.css') }}")).text
    with client.get(address) as named, client.get("/static/fonts/figtree.woff2") as bare:
        assert named.headers["Cache-Control"] == YEAR
        assert bare.headers.get("Cache-Control") != YEAR


def test_a_file_that_is_not_there_stops_the_page(said):
    with pytest.raises(KeyError):
        said("{{ asset('js/gone.js') }}")


def test_nothing_is_loaded_from_elsewhere_and_no_style_needs_an_exception(client, said):
    style = client.get(said("{{ asset('app.css') }}")).text
    assert not re.search(r"@import|url\((?!\"/static/)", style)


def test_a_pizza_is_drawn_at_its_address(client, said):
    address = said(f"{{{{ pizza_url('{MINE}') }}}}")
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Cache-Control"] == YEAR
    assert b"tp-pepperoni" in gzip.decompress(answer.data)


@pytest.mark.parametrize("look", ["pizza", "menu", "hero"])
def test_a_pizza_has_three_looks(client, said, look):
    assert client.get(said("{{ pizza_url('thin.bbq.extra_bacon-w-n', look) }}", look=look)).status_code == 200


def test_a_menu_turns_its_pizzas_but_never_the_halves_of_one(client, said):
    def turned(code):
        return re.search(
            r"rotate\([\d.]+ 200 200\)\"", client.get(said("{{ pizza_url(code, 'menu') }}", code=code)).text
        )

    assert turned("classic.tomato.normal_basil-w-n")
    assert not turned(MINE)


def test_scenes_and_food_have_addresses_too(client, said):
    for call in ("food_url('cookie')", f"scene_url('baking', '{MINE}')", "scene_url('ready')", "food_url(none)"):
        assert client.get(said(f"{{{{ {call} }}}}")).status_code == 200


def test_food_without_a_drawing_is_a_bag(said):
    assert said("{{ food_url('stone-soup') }}") == said("{{ food_url('bag') }}")


@pytest.mark.parametrize(
    "name",
    [
        "pizza/nonsense",
        "pizza/",
        "scene/eaten/none",
        "scene/baking",
        "scene/baking/x",
        "food/stone-soup",
        "cake/x",
        "sheet/x",
        "pizza/%00",
    ],
)
def test_a_picture_that_cannot_be_drawn_is_not_found(client, name):
    assert client.get(f"/pic/{VERSION}/{name}.svg").status_code == 404


def test_an_old_picture_leads_to_the_present_one(client):
    answer = client.get(f"/pic/old/pizza/{MINE}.svg")
    assert (answer.status_code, answer.location) == (302, f"/pic/{VERSION}/pizza/{MINE}.svg")


def test_an_old_address_of_nothing_is_not_found(client):
    assert client.get("/pic/old/pizza/nonsense.svg").status_code == 404


def test_a_line_knows_which_picture_it_is(said):
    pizza, drink = SimpleNamespace(picture=MINE, pizza=True), SimpleNamespace(picture="cola", pizza=False)
    assert said("{{ picture_url(thing) }}", thing=pizza).endswith(f"/pizza/{MINE}.svg")
    assert said("{{ picture_url(thing) }}", thing=drink).endswith("/food/cola.svg")


def test_the_builder_draws_in_the_page_and_speaks(said):
    svg = said("{{ draw_pizza(code, 'b', title='Half <pepperoni>') }}", code=MINE)
    assert svg.startswith("<svg")
    assert 'aria-label="Half &lt;pepperoni&gt;"' in svg


def test_a_topping_without_a_drawing_leaves_no_gap_in_the_page(said):
    assert said("{{ draw_topping('gravel') }}") == ""
    assert said("{{ draw_topping('basil') }}").startswith("<svg")


def test_every_topping_is_on_the_one_sheet_that_icons_come_from(client, said):
    address, key = re.search(r'href="([^#]+)#(\w+)"', said("{{ draw_topping('basil') }}")).groups()
    sheet = client.get(address).text
    assert key == "basil"
    assert set(re.findall(r'<symbol id="(\w+)"', sheet)) == set(TOPPINGS)


def test_a_code_is_the_one_that_recipes_write():
    assert Recipe.parse(MINE).code() == MINE


def test_amounts_and_times_read_as_people_write_them(said):
    seven = datetime(2026, 7, 4, 0, 22, tzinfo=UTC)
    assert said("{{ 123456 | money }} {{ -100 | money }}") == "$1,234.56 -$1.00"
    assert (
        said("{{ at | localtime(zone) }}, {{ at | localday(zone) }}", at=seven, zone=CHICAGO) == "7:22 pm, Fri, Jul 3"
    )


def test_no_script_sets_a_property_by_a_name_that_it_was_given():
    """Whoever could choose the name would choose `__proto__`, and with it what every object has."""
    given = re.compile(r"[\w)\]]\[(?!\s*\d+\s*\])[^\]'\"]+\]\s*[-+*/|&?]*=(?!=|>)")
    merging = re.compile(
        r"__proto__|prototype|Object\.(?:assign|fromEntries|defineProperty|setPrototypeOf)|Reflect\.|eval\("
    )
    for control in ("kept[name] = value", "a.b[key] += 1"):
        assert given.search(control), control
    for script in (ROOT / "static" / "js").glob("*.js"):
        for number, line in enumerate(script.read_text().splitlines(), 1):
            assert not given.search(line), f"{script.name}:{number}"
            assert not merging.search(line), f"{script.name}:{number}"
