"""Pictures under addresses that say what is drawn and by which version of the drawing code: cached for a year."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from flask import Flask, abort, redirect
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.pictures import FOODS, SCENES, TOPPINGS, VERSION, Recipe, food_svg, pizza_svg, scene_svg, topping_sheet
from blueprints.assets import Packed

NONE = "none"


class Pictured(Protocol):
    """A thing with a picture: a line, a choice, a product."""

    @property
    def picture(self) -> str | None:
        """The code of a pizza, or the key of another food."""

    @property
    def pizza(self) -> bool:
        """Which of the two it is."""


def init_app(app: Flask) -> None:
    """Serve pictures, and give templates their addresses and the pictures drawn in place."""
    app.add_url_rule("/pic/<version>/<look>/<path:name>.svg", view_func=picture)
    for draw in (pizza_url, food_url, scene_url, picture_url, draw_pizza, draw_topping):
        app.add_template_global(draw)


def pizza_url(code: str, look: str = "pizza") -> str:
    """The address of a pizza's picture; `menu` shows it as served, `hero` as the large one above the menu."""
    return f"/pic/{VERSION}/{look}/{code}.svg"


def food_url(key: str | None) -> str:
    """The address of another product's picture; a bag for one that has none."""
    return f"/pic/{VERSION}/food/{key if key in FOODS else 'bag'}.svg"


def scene_url(stage: str, code: str | None = None) -> str:
    """The address of the scene of a stage, with this pizza in it."""
    return f"/pic/{VERSION}/scene/{stage}/{code or NONE}.svg"


def picture_url(thing: Pictured, look: str = "pizza") -> str:
    """The address of the picture of a line, a choice or a product."""
    return pizza_url(thing.picture, look) if thing.pizza and thing.picture else food_url(thing.picture)


def draw_pizza(code: str, uid: str, *, title: str | None = None, size: float = 1.0) -> Markup:
    """A pizza drawn in the page itself, with the line between its halves, for the builder."""
    return Markup(pizza_svg(Recipe.parse(code), uid=uid, halves=True, size=size, title=title))  # noqa: S704 - our own drawing


def draw_topping(key: str) -> Markup:
    """One piece of a topping as an icon from the sheet of all; nothing for one that has no drawing."""
    if key not in TOPPINGS:
        return Markup()
    use = Markup('<svg class="tp-icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>')
    return use.format(f"/pic/{VERSION}/sheet/toppings.svg", key)


def picture(version: str, look: str, name: str) -> ResponseReturnValue:
    try:
        found = drawn(look, name)
    except (KeyError, ValueError):
        abort(404)
    if version != VERSION:
        return redirect(f"/pic/{VERSION}/{look}/{name}.svg")
    return found.answer()


@lru_cache(512)
def drawn(look: str, name: str) -> Packed:
    """A picture, ready to be sent. KeyError or ValueError if there is no such picture."""
    return Packed.of(_LOOKS[look](name), "image/svg+xml")


def _plain(code: str) -> str:
    return pizza_svg(Recipe.parse(code), uid="p")


def _served(code: str) -> str:
    """As a menu shows it: turned so that no two look stamped, some with a slice drawn out; halves stay in place."""
    recipe = Recipe.parse(code)
    dice = hashlib.sha256(code.encode()).digest()
    pull = 6 if dice[0] % 4 == 0 else None
    return pizza_svg(recipe, uid="p", rot=0 if recipe.halved or pull else dice[1] * 360 / 256, pull=pull)


def _hero(code: str) -> str:
    return pizza_svg(Recipe.parse(code), uid="p", rot=22, pull=4, size=0.94)


def _scene(name: str) -> str:
    stage, _, code = name.partition("/")
    if stage not in SCENES:
        raise KeyError(stage)
    return scene_svg(stage, None if code == NONE else Recipe.parse(code))


def _sheet(name: str) -> str:
    if name != "toppings":
        raise KeyError(name)
    return topping_sheet()


_LOOKS: dict[str, Callable[[str], str]] = {
    "pizza": _plain,
    "menu": _served,
    "hero": _hero,
    "food": food_svg,
    "scene": _scene,
    "sheet": _sheet,
}
