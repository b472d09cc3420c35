"""Sauce, cheese, browning and herbs: what lies between crust and toppings."""

import math
import random
from collections.abc import Iterator
from functools import cache

from app.pictures.dough import MIDDLE, Stops, well
from app.pictures.ink import area, disc, group, line, num
from app.pictures.outline import blob

SAUCE_TONES = {
    "tomato": ("#b92a16", "#d8472b"),
    "bbq": ("#5d2413", "#7d361d"),
    "white": ("#efe2c4", "#fbf3df"),
    "pesto": ("#4c6b22", "#6f8f33"),
}
_GOLDEN = 2.39996  # the angle between neighbours of a sunflower: an even spread with no pattern
_CURDS = {"light": 17, "normal": 15, "extra": 24, "double": 24}


def cheese_colors(raw: bool) -> Stops:
    """The shading of molten cheese from the middle out."""
    return ((0, "#fff8e6"), (1, "#f7e8c2")) if raw else ((0, "#fbdf94"), (0.7, "#f7cf74"), (1, "#eeb04c"))


@cache
def sauce_layer(crust: str, sauce: str) -> str:
    """Two tones of sauce, or nothing."""
    if sauce == "none":
        return ""
    dark, light = SAUCE_TONES[sauce]
    r = well(crust)
    return area(_pool(r, 21, 0.014), dark) + area(_pool(r - 5, 22, 0.02), light)


@cache
def cheese_edge(crust: str, cheese: str) -> str:
    """The outline of the molten sheet, to be filled; empty where cheese lies only in spots."""
    if cheese in ("none", "light"):
        return ""
    inset = {"normal": 9, "extra": 3, "double": -1}[cheese]
    return blob(MIDDLE, MIDDLE, well(crust) - inset, 23, 0.028, points=26, waves=(4, 11), coarse=True)


@cache
def cheese_detail(crust: str, sauce: str, cheese: str, raw: bool) -> str:
    """Curds, holes through which sauce shows, and the browning of the oven."""
    if cheese == "none":
        return ""
    rnd, r = random.Random(77), well(crust)
    curds = "".join(
        f'<path d="{_spot(x, y, rnd.uniform(12, 27), 100 + i, 0.15, 8)}"/>'
        for i, (x, y) in enumerate(_sunflower(_CURDS[cheese], r - 22, 0.4, of=24 if _CURDS[cheese] == 24 else 17))
    )
    layers = [group(curds, fill="#fffaf0" if raw else "#fff1c9", opacity=0.95 if cheese == "light" else 0.55)]
    if cheese == "normal" and sauce != "none":
        holes = "".join(
            f'<path d="{_spot(x, y, rnd.uniform(5, 12.5), 200 + i, 0.2, 7)}"/>'
            for i, (x, y) in enumerate(_sunflower(12, r - 20, 2.1))
        )
        layers.append(group(holes, fill=SAUCE_TONES[sauce][1], opacity=0.82))
    return "".join(layers) + ("" if raw else _browning(r, rnd))


@cache
def inner_shade(crust: str, raw: bool) -> str:
    """The soft shadow where the crust meets its filling."""
    dark = 0.12 if raw else 0.26
    return disc(MIDDLE, MIDDLE, well(crust), "none", stroke="#5a2208", stroke_width=5, opacity=dark)


@cache
def herbs(crust: str) -> str:
    """A pinch of oregano over everything."""
    rnd, r = random.Random(9), well(crust) - 14
    flakes = ""
    for _ in range(26):
        far, angle = r * math.sqrt(rnd.random()), rnd.uniform(0, math.tau)
        x, y = MIDDLE + far * math.cos(angle), MIDDLE + far * math.sin(angle)
        flakes += f"M{num(x)} {num(y)}l{num(rnd.uniform(-3, 3))} {num(rnd.uniform(-3, 3))}"
    return line(flakes, "#2f6b2a", 1.7, opacity=0.8)


def _browning(r: float, rnd: random.Random) -> str:
    light, dark = "", ""
    for i, (x, y) in enumerate(_sunflower(22, r - 16, 4.4)):
        wide = rnd.uniform(6, 15)
        light += f'<path d="{_spot(x, y, wide, 300 + i, 0.16, 7)}"/>'
        if i % 2:
            near = (x + rnd.uniform(-4, 4), y + rnd.uniform(-4, 4))
            dark += f'<path d="{_spot(*near, wide * 0.45, 340 + i, 0.2, 6)}"/>'
    return group(light, fill="#e6a245", opacity=0.5) + group(dark, fill="#b4651c", opacity=0.45)


def _pool(r: float, seed: int, wobble: float) -> str:
    return blob(MIDDLE, MIDDLE, r, seed, wobble, points=20, waves=(3, 8), coarse=True)


def _spot(x: float, y: float, r: float, seed: int, wobble: float, points: int) -> str:
    return blob(x, y, r, seed, wobble, points=points, waves=(2, 5), coarse=True)


def _sunflower(count: int, r: float, start: float, of: int | None = None) -> Iterator[tuple[float, float]]:
    """`count` even places in a circle of radius r around the middle; `of` more leaves the rim free."""
    for i in range(count):
        far, angle = r * math.sqrt((i + 0.5) / (of or count)), i * _GOLDEN + start
        yield MIDDLE + far * math.cos(angle), MIDDLE + far * math.sin(angle)
