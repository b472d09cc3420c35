"""The pizza from above, drawn from its recipe. The view box is 0 0 400 400 and the pizza's radius about 184.

Everything is deterministic: the same recipe is the same text, byte for byte. Each layer is drawn once and kept, so a
warm picture costs only the joining of strings.
"""

import math
import re
from functools import lru_cache

from app.pictures.dough import MIDDLE, RADIUS, Stops, crust_colors, crust_detail, crust_edge, well
from app.pictures.filling import cheese_colors, cheese_detail, cheese_edge, herbs, inner_shade, sauce_layer
from app.pictures.ink import area, el, group, line, num, picture
from app.pictures.recipe import Recipe
from app.pictures.scatter import places
from app.pictures.toppings import TOPPINGS

SHARE = {"light": 0.6, "normal": 1.0, "extra": 1.6, "double": 2.0}
_UID = re.compile(r"[a-z][a-z0-9-]{0,30}")
_SLICE = math.tau / 8


def pizza_svg(  # noqa: PLR0913 - all that a look is
    recipe: Recipe,
    *,
    uid: str,
    halves: bool = False,
    size: float = 1.0,
    pull: int | None = None,
    cut: bool = False,
    shadow: bool = True,
    rot: float = 0,
    title: str | None = None,
) -> str:
    """A whole SVG. `uid` keeps the ids of several pictures in one page apart; `pull` draws slice 0-7 out.

    `halves` draws the dotted line between the halves, `rot` turns the pizza (degrees). ValueError for an odd uid.
    """
    if not _UID.fullmatch(uid):
        raise ValueError(f"{uid!r} cannot start the ids of a picture")
    inside = pizza_group(recipe, uid=uid, pull=pull, cut=cut, shadow=shadow, rot=rot)
    if size != 1.0:
        inside = group(inside, class_="pz-scale", transform=f"translate(200 200)scale({size:.3g})translate(-200 -200)")
    if halves:
        inside += line("M200 4V396", "#fff", 2, stroke_dasharray="3 8", opacity=0.85)
    return picture(inside, view="0 0 400 400", title=title, class_="pizza-svg")


def pizza_group(
    recipe: Recipe, *, uid: str, pull: int | None = None, cut: bool = False, shadow: bool = True, rot: float = 0
) -> str:
    """The pizza without the SVG around it, to be placed in a scene. Its middle is at 200, 200."""
    body = _body(recipe, uid) + (_cuts(recipe.crust) if cut or pull is not None else "")
    defs = _defs(recipe, uid)
    if pull is not None:
        more, body = _with_slice_out(body, pull, uid)
        defs += more
    if rot:
        body = group(body, transform=f"rotate({num(rot)} 200 200)")
    return (
        el("defs", defs + (_shadow_paint(uid) if shadow else ""))
        + (_shadow(recipe.crust, uid) if shadow else "")
        + body
    )


def _body(recipe: Recipe, uid: str) -> str:
    crust, raw = recipe.crust, recipe.raw
    sheet = cheese_edge(crust, recipe.cheese)
    return "".join(
        (
            area(crust_edge(crust), f"url(#{uid}c)"),
            crust_detail(crust, raw),
            sauce_layer(crust, recipe.sauce),
            area(sheet, f"url(#{uid}m)") if sheet else "",
            cheese_detail(crust, recipe.sauce, recipe.cheese, raw),
            inner_shade(crust, raw),
            *(_strewn(key, side, amount, uid) for key, side, amount in recipe.toppings),
            "" if raw or recipe.cheese == "none" else herbs(crust),
        )
    )


@lru_cache(1024)
def _strewn(key: str, side: str, amount: str, uid: str) -> str:
    """The pieces of one topping. A half gets its share of the whole: places alternate between the halves."""
    count = round(TOPPINGS[key].count * SHARE[amount])
    pieces = "".join(
        f'<use href="#{uid}t-{key}" transform="translate({num(MIDDLE + x)} {num(MIDDLE + y)})'
        f'rotate({turn})scale({scale})"/>'
        for x, y, turn, scale in places()[key][: count + count % 2]
        if side == "whole" or (side == "left") == (x < 0)
    )
    return group(pieces, class_=f"tp tp-{key}", id=f"{uid}-{key}-{side}")


@lru_cache(256)
def _symbol(key: str, uid: str) -> str:
    return group(TOPPINGS[key].draw(), id=f"{uid}t-{key}")


def _defs(recipe: Recipe, uid: str) -> str:
    keys = dict.fromkeys(key for key, _, _ in recipe.toppings)
    crust = _shading(f"{uid}c", RADIUS[recipe.crust] + 2, crust_colors(recipe.crust, recipe.raw))
    cheese = _shading(f"{uid}m", well(recipe.crust), cheese_colors(recipe.raw))
    return crust + cheese + "".join(_symbol(key, uid) for key in keys)


def _shading(name: str, r: float, stops: Stops) -> str:
    inside = "".join(f'<stop offset="{offset:.3g}" stop-color="{color}"/>' for offset, color in stops)
    return el("radialGradient", inside, id=name, gradientUnits="userSpaceOnUse", cx=MIDDLE, cy=MIDDLE, r=r)


def _shadow_paint(uid: str) -> str:
    stops = "".join(
        f'<stop offset="{offset}" stop-color="#1c0d05" stop-opacity="{dark}"/>'
        for offset, dark in ((0.82, 0.42), (1, 0))
    )
    return el("radialGradient", stops, id=f"{uid}s")


def _shadow(crust: str, uid: str) -> str:
    return el("ellipse", cx=200, cy=211, rx=RADIUS[crust] + 9, ry=RADIUS[crust] + 6, fill=f"url(#{uid}s)")


def _spoke(angle: float, r: float) -> str:
    return f"{num(MIDDLE + r * math.cos(angle))} {num(MIDDLE + r * math.sin(angle))}"


@lru_cache(8)
def _cuts(crust: str) -> str:
    """Four cuts through the middle: eight slices."""
    angles = [_SLICE * (i + 0.5) for i in range(4)]
    d = "".join(f"M{_spoke(a + math.pi, RADIUS[crust])}L{_spoke(a, RADIUS[crust])}" for a in angles)
    return line(d, "#4c1c06", 2.2, opacity=0.34)


def _with_slice_out(body: str, pull: int, uid: str) -> tuple[str, str]:
    """More definitions, and the pizza drawn twice: all but one slice, and that slice a little outside."""
    start, end = _SLICE * (pull + 0.5), _SLICE * (pull + 1.5)
    middle = (start + end) / 2
    wedge = f"M200 200L{_spoke(start, 240)}A240 240 0 {{}} {_spoke(end, 240)}Z"
    defs = (
        group(body, id=f"{uid}b")
        + el("clipPath", el("path", d=wedge.format("0 1")), id=f"{uid}k")
        + el("clipPath", el("path", d=wedge.format("1 0")), id=f"{uid}r")
    )
    rest = group(el("use", href=f"#{uid}b"), clip_path=f"url(#{uid}r)")
    piece = group(el("use", href=f"#{uid}b"), clip_path=f"url(#{uid}k)")
    away = f"translate({num(20 * math.cos(middle))} {num(20 * math.sin(middle))})"
    return defs, rest + group(piece, transform=away)
