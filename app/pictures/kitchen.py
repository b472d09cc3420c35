"""Scenes inside the shop: the ticket on the rail, the floured bench, the oven."""

import math
import random

from app.pictures.drinks import lettering
from app.pictures.ink import area, at, box, disc, el, group, line, oval
from app.pictures.outline import blob
from app.pictures.outside import pickup_shelf
from app.pictures.recipe import Recipe
from app.pictures.stagecraft import DARK, RED, backdrop, bag, bricks, glow, gradient, planks, scene, set_pizza
from app.pictures.toppings import TOPPINGS

WALL = ("#7d3423", "#873a27", "#702d1f", "#8f412c")
WALL_LOW = ("#5d2518", "#54200f", "#662b1c")
ARCH = ("#c2583a", "#b24d32", "#cf6845", "#a9462d")
LEAVES = ((-22, 14, -150, 1.2), (24, 12, -20, 1.2), (0, 8, -90, 1.35), (-14, -14, -120, 1.15), (16, -14, -50, 1.2))
MORE_LEAVES = ((0, -30, -84, 1.05), (-30, -4, -170, 0.9), (32, -6, 0, 0.9))


def wall() -> str:
    """A brick wall in the half dark."""
    return backdrop("#4a1d13") + bricks(0, 360, WALL) + backdrop(DARK, opacity=0.3)


def jar(x: float, y: float, wide: float, high: float) -> str:
    """A jar of tomatoes; the place is its upper left corner."""
    return (
        box(x, y, wide, high, RED, rx=8)
        + box(x, y + high * 0.27, wide, high * 0.43, "#f7ecd6")
        + disc(x + wide / 2, y + high * 0.48, wide * 0.19, RED)
        + box(x + 4, y - 8, wide - 8, 11, "#d9dcde", rx=3)
        + line(f"M{x + 8:g} {y + 6:g}V{y + high - 6:g}", "#fff", 4, opacity=0.25)
    )


def basil_pot(x: float, y: float) -> str:
    """A pot of basil."""
    leaves = "".join(
        at(*spot[:2], TOPPINGS["basil"].draw(), turn=spot[2], scale=spot[3]) for spot in LEAVES + MORE_LEAVES
    )
    return at(x, y, area("M-33 32h66l-8 36h-50Z", "#c97b4a"), area("M-37 24h74v12h-74Z", "#dc9362"), leaves)


def shelf_of_jars() -> str:
    """The shelf on the left of the kitchen."""
    oil = "M150 110h14v18c0 10 10 12 10 24v40q0 4-4 4h-26q-4 0-4-4v-40c0-12 10-14 10-24Z"
    return at(
        -250,
        0,
        box(0, 196, 300, 14, "#8a5730", rx=3),
        box(0, 196, 300, 5, "#b57a48", rx=2.5),
        area("M30 210v22h12v-22M258 210v22h12v-22", "#6b4223"),
        jar(22, 122, 52, 74),
        jar(84, 136, 44, 60),
        area(oil, "#7f8f2e"),
        line("M146 152v36", "#dbe48f", 4, opacity=0.7),
        box(149, 98, 16, 14, "#a9713f", rx=2),
        basil_pot(237, 128),
    )


def peel(x: float, y: float, turn: float) -> str:
    """The baker's wooden shovel, hanging."""
    blade = "M-64 20Q-64-26-20-30H20Q64-26 64 20V88Q64 132 12 138V300Q12 308 0 308T-12 300V138Q-64 132-64 88Z"
    grain = "M-40-10Q-46 40-40 110M-14-26Q-20 40-12 136M14-26Q20 40 12 136M40-10Q46 40 40 110"
    return at(
        x,
        y,
        box(-5, -60, 10, 40, "#2a1a12"),
        at(10, 10, area(blade, DARK, opacity=0.35)),
        area(blade, "#c48a52"),
        line(grain, "#a56d39", 3, opacity=0.7),
        line("M-58 20Q-58-20-20-24H20", "#e2b384", 4),
        turn=turn,
    )


def oven(recipe: Recipe | None) -> str:
    """The brick oven. Its flames are drawn by the page, as moving pieces of their own."""
    heat = ((0, "#ffb347"), (0.28, "#e0641c"), (0.62, "#7a2408"), (1, "#220904"))
    fire = gradient("of", *heat, kind="radialGradient", gradientUnits="userSpaceOnUse", cx=270, cy=250, r=230)
    mouth = el("clipPath", el("path", d="M144 286A176 176 0 0 1 496 286V352H144Z"), id="om")
    pizza = (
        group(oval(352, 312, 138, 51, DARK, opacity=0.5), set_pizza(recipe, 352, 303, (0.7, 0.27))) if recipe else ""
    )
    return scene(
        el("defs", fire, glow("og", "#ffcf70", 0.85), mouth),
        wall(),
        shelf_of_jars(),
        peel(742, 60, 4),
        _arch(),
        group(
            box(130, 100, 380, 260, "url(#of)"),
            oval(320, 352, 230, 64, "#5b2410"),
            oval(320, 350, 190, 46, "#7d3514"),
            _logs(),
            oval(230, 286, 180, 110, "url(#og)", opacity=0.75),
            pizza,
            oval(300, 300, 170, 40, "url(#og)", opacity=0.25),
            clip_path="url(#om)",
        ),
        box(86, 350, 468, 16, "#d9cbb6", rx=3),
        box(86, 350, 468, 5, "#f2e8d8", rx=2.5),
        box(-640, 366, 1920, 60, "#2b0f09"),
        bricks(368, 56, WALL_LOW, seed=6),
    )


def _arch() -> str:
    rnd, stones = random.Random(4), []
    for i in range(19):
        a, b = math.pi * (1 + i / 19) + 0.008, math.pi * (1 + (i + 1) / 19) - 0.008
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (
            (320 + r * math.cos(t), 286 + r * math.sin(t)) for r, t in ((176, a), (214, a), (214, b), (176, b))
        )
        d = f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}A214 214 0 0 1 {x2:.1f} {y2:.1f}L{x3:.1f} {y3:.1f}"
        stones.append(area(d + f"A176 176 0 0 0 {x0:.1f} {y0:.1f}Z", rnd.choice(ARCH)))
    sides = area("M106 286H144V352H106ZM496 286H534V352H496Z", "#b24d32") + line(
        "M106 319H144M496 319H534", "#4a1d13", 3
    )
    return "".join(stones) + sides


def _logs() -> str:
    return (
        box(150, 286, 92, 17, "#4b2413", rx=8, transform="rotate(-8 196 294)")
        + box(158, 296, 80, 15, "#6a3319", rx=7, transform="rotate(6 198 303)")
        + disc(244, 290, 8.5, "#a3602c")
        + disc(244, 290, 4.5, "#c98243")
    )


def ticket_rail(recipe: Recipe | None) -> str:
    """The order has come in: its ticket hangs on the rail above the counter."""
    teeth = "".join(f"L{x} {252 + 10 * (i % 2)}" for i, x in enumerate(range(80, -92, -12)))
    paper = f"M-92 0H92V262{teeth}L-92 252Z"
    words = "M-70 196H34M-70 214H58M-70 232H8"
    shown = set_pizza(recipe, 0, 118, (0.29, 0.29)) if recipe else bag(0, 178, 0.72)
    ticket = at(
        320,
        62,
        at(7, 9, area(paper, DARK, opacity=0.35)),
        area(paper, "#fffaf0"),
        box(-92, 22, 184, 30, RED),
        lettering(0, 44, "New order", 21),
        shown,
        line(words, "#c9bda8", 6),
        turn=-2,
    )
    return scene(
        wall(),
        shelf_of_jars(),
        at(560, 0, _hanging_lamp()),
        at(80, 0, _hanging_lamp()),
        ticket,
        box(-640, 52, 1920, 20, "#9da1a6"),
        box(-640, 52, 1920, 6, "#e7e9eb"),
        box(-640, 352, 1920, 70, "#6b4223"),
        box(-640, 346, 1920, 16, "#b57a48", rx=3),
        box(-640, 346, 1920, 5, "#d9a06a"),
        _bell(520, 346),
        _pencil(118, 344),
    )


def _hanging_lamp() -> str:
    return (
        line("M0 0V70", "#2a1a12", 5)
        + area("M-46 118Q-40 72 0 70Q40 72 46 118Z", "#225733")
        + oval(0, 118, 46, 9, "#ffe9b0")
    )


def _bell(x: float, y: float) -> str:
    return at(
        x,
        y,
        oval(0, 2, 52, 7, DARK, opacity=0.35),
        area("M-44-8H44V0H-44Z", "#3a2418"),
        area("M-38-8Q-36-46 0-46T38-8Z", "#e8b03e"),
        line("M-26-14Q-24-36-4-38", "#fff0c0", 5, opacity=0.8),
        disc(0, -50, 6, "#8a5a18"),
    )


def _pencil(x: float, y: float) -> str:
    return at(
        x,
        y,
        box(-60, -12, 104, 11, "#f7c45a", rx=2),
        area("M44-12L64-6.5L44-1Z", "#f3dfb4"),
        box(-72, -12, 14, 11, "#c4321f", rx=3),
    )


def bench(recipe: Recipe | None) -> str:
    """The pizza is being made: seen from above on the floured bench, its own toppings in bowls around it."""
    if recipe is None:
        return pickup_shelf(None)
    raw = Recipe(recipe.crust, recipe.sauce, recipe.cheese, recipe.toppings, raw=True)
    keys = [key for key, _, _ in recipe.toppings]
    spots = [(64, 96), (70, 306), (574, 108), (580, 312), (-92, 130), (-96, 318), (736, 206), (880, 110)]
    fill = dict.fromkeys([*keys, "basil", "cherrytomato", "mushroom", "olive"])
    bowls = "".join(_bowl(x, y, key) for (x, y), key in zip(spots, fill, strict=False))
    return scene(
        planks(0, 420, ("#c89058", "#bf8750", "#cf9962")),
        _flour(),
        _rolling_pin(828, 300),
        _dough_ball(-214, 130),
        _dough_ball(-190, 300),
        bowls,
        set_pizza(raw, 320, 206, (0.98, 0.98), shadow=True),
    )


def _flour() -> str:
    rnd = random.Random(3)
    dust = "".join(
        disc(rnd.gauss(320, 230), rnd.uniform(4, 416), rnd.uniform(0.8, 3), "#fffaf0", opacity=0.7) for _ in range(150)
    )
    clouds = "".join(
        area(blob(x, y, r, seed, 0.12, stretch=(1.5, 0.9), coarse=True), "#fffaf0", opacity=0.32)
        for x, y, r, seed in ((320, 210, 190, 1), (150, 300, 80, 2), (520, 100, 80, 3), (-190, 220, 90, 4))
    )
    return clouds + dust


def _bowl(x: float, y: float, key: str) -> str:
    rnd = random.Random(key)
    pieces = "".join(
        at(
            math.cos(i * 2.4) * 30 * math.sqrt(i / 9),
            math.sin(i * 2.4) * 30 * math.sqrt(i / 9),
            TOPPINGS[key].draw(),
            turn=rnd.uniform(0, 360),
            scale=0.85,
        )
        for i in range(9)
    )
    return at(
        x,
        y,
        disc(3, 8, 62, DARK, opacity=0.2),
        disc(0, 0, 61, "#f4efe6"),
        disc(0, 0, 61, "none", stroke="#d8cdb8", stroke_width=3),
        disc(0, 0, 50, "#d8cdb8"),
        pieces,
        line("M-50-20A54 54 0 0 1-20-50", "#fff", 4, opacity=0.8),
    )


def _dough_ball(x: float, y: float) -> str:
    return at(
        x,
        y,
        oval(4, 10, 56, 50, DARK, opacity=0.18),
        area(blob(0, 0, 54, 21, 0.025), "#ecd5a4"),
        area(blob(-6, -7, 42, 22, 0.04), "#f8e8c2"),
        line("M-30-22Q-12-40 14-36", "#fffaf0", 6, opacity=0.9),
    )


def _rolling_pin(x: float, y: float) -> str:
    return at(
        x,
        y,
        box(-104, -12, 214, 52, DARK, rx=22, opacity=0.2),
        box(-156, -9, 312, 18, "#8a5730", rx=9),
        box(-110, -25, 220, 50, "#d9a468", rx=18),
        box(-104, -20, 208, 14, "#efc892", rx=7),
        turn=-34,
    )
