"""Breads, wings, salads, fries and dips from above."""

import math
import random

from app.pictures.ink import area, at, box, disc, group, line, num
from app.pictures.outline import blob
from app.pictures.tableware import SHADE, bowl, bowl_shine, cup, parchment, tray
from app.pictures.toppings import TOPPINGS

MARINARA = ("#c93a22", "#f2876b")
RANCH = ("#fbf4e2", "#ffffff")
HERB = "#3c8438"


def garlic_sticks() -> str:
    """Five sticks and a pot of marinara."""
    rnd = random.Random(3)
    return (
        parchment()
        + "".join(_stick(52 + i * 30, 62 + (i % 2) * 5, rnd) for i in range(5))
        + cup(184, 176, 32, *MARINARA)
    )


def _stick(x: float, y: float, rnd: random.Random) -> str:
    flecks = "".join(
        f"M{x + rnd.uniform(-9, 7):.0f} {y + rnd.uniform(10, 108):.0f}"
        f"l{num(rnd.uniform(-3, 3))} {num(rnd.uniform(-3, 3))}"
        for _ in range(11)
    )
    cuts = "".join(f"M{x - 12} {y + down}q12-7 24 0" for down in (34, 64, 92))
    return group(
        box(x - 13, y + 4, 28, 122, "#7a4316", rx=13, opacity=0.45),
        box(x - 14, y, 28, 122, "#d58f3d", rx=13),
        box(x - 11, y + 3, 20, 114, "#efb964", rx=10),
        box(x - 7, y + 9, 8, 98, "#fbdc98", rx=4),
        line(flecks, HERB, 2.4),
        line(cuts, "#a9621f", 2.2, opacity=0.55),
        transform=f"rotate({num(rnd.uniform(-5, 5))} {x} 120)",
    )


def cheese_bread() -> str:
    """A tray of bread under cheese."""
    rnd = random.Random(21)
    loaf = "M40 66Q38 50 54 48L186 44Q204 44 205 62L210 176Q210 194 192 195L56 198Q38 198 37 180Z"
    melt = (
        "M52 72Q54 60 66 62T96 58T132 60T168 56T194 66Q198 90 194 118T197 168"
        "Q196 184 178 182T136 186T92 184T54 182Q46 160 52 128T52 72Z"
    )
    curds = "".join(
        f'<path d="{blob(rnd.uniform(66, 182), rnd.uniform(74, 172), rnd.uniform(7, 15), 700 + i, 0.16, points=8)}"/>'
        for i in range(15)
    )
    brown = "".join(
        f'<path d="{blob(rnd.uniform(66, 182), rnd.uniform(74, 172), rnd.uniform(4, 10), 730 + i, 0.16, points=7)}"/>'
        for i in range(15)
    )
    flecks = "".join(f"M{rnd.uniform(60, 186):.0f} {rnd.uniform(66, 180):.0f}l3 2" for _ in range(34))
    return (
        at(0, 7, area(loaf, SHADE, opacity=0.18))
        + area(loaf, "#c98336")
        + at(0, -3, area(loaf, "#e2a551"))
        + area(melt, "#f8d27a")
        + group(curds, fill="#fff1c9", opacity=0.75)
        + group(brown, fill="#dd9136", opacity=0.6)
        + line(flecks, HERB, 2.2)
        + line("M82 46L84 197M122 45L124 196M162 44L165 195", "#7a4316", 2.4, opacity=0.4)
    )


def knots() -> str:
    """Eight garlic knots."""
    rnd = random.Random(6)
    spots = [(78, 82), (140, 76), (190, 112), (68, 142), (128, 138), (186, 176), (94, 194), (146, 194)]
    return parchment() + "".join(at(x, y, _knot(rnd), turn=rnd.uniform(0, 360)) for x, y in spots)


def _knot(rnd: random.Random) -> str:
    twist = "M-20 6C-16-16 4-20 14-8S8 14-6 8S-8-10 6-8"
    flecks = "".join(f"M{rnd.uniform(-16, 16):.0f} {rnd.uniform(-12, 12):.0f}l2 2" for _ in range(7))
    return (
        at(0, 3, line(twist, "#5a2c10", 18, opacity=0.25))
        + line(twist, "#b8702a", 18)
        + line(twist, "#e0a04c", 14)
        + at(-1, -2, line(twist, "#f6cf8a", 5))
        + line(flecks, HERB, 2)
    )


def fries() -> str:
    """A tray of fries with ketchup."""
    rnd = random.Random(14)
    sticks = "".join(_fry(rnd, i) for i in range(30))
    return tray("#e9dcc4", "#c4321f", "#ffffff") + sticks + cup(182, 170, 27, "#b32417", "#ef7a62")


def _fry(rnd: random.Random, i: int) -> str:
    long, tone = rnd.uniform(52, 84), ("#f2bf58", "#f8d27a", "#eab04a")[i % 3]
    return at(
        rnd.uniform(74, 168),
        rnd.uniform(78, 162),
        box(-long / 2, -4, long, 12, "#8a5216", rx=3, opacity=0.35),
        box(-long / 2, -6, long, 12, tone, rx=3),
        box(-long / 2 + 3, -4.5, long - 6, 3, "#fff0bf", rx=1.5, opacity=0.7),
        turn=rnd.uniform(-62, 62),
    )


def wings(under: str, flesh: str, glow: str, dip: tuple[str, str], seeds: str | None = None) -> str:
    """Seven wings in one glaze, from dark to light, beside a dip."""
    rnd = random.Random(8)
    spots = [
        (72, 82, 20),
        (128, 74, -30),
        (92, 132, -60),
        (150, 122, 40),
        (70, 176, 10),
        (128, 182, -14),
        (176, 82, 70),
    ]
    pieces = "".join(
        at(x, y, _wing(i, (under, flesh, glow), rnd, seeds), turn=turn) for i, (x, y, turn) in enumerate(spots)
    )
    return (
        parchment()
        + pieces
        + cup(186, 168, 31, *dip)
        + line("M178 160l4 2M190 166l3-3M184 176l4 1M195 176l-3 3", HERB, 2.2)
    )


def _wing(i: int, tones: tuple[str, str, str], rnd: random.Random, seeds: str | None) -> str:
    specks = "".join(disc(rnd.uniform(-20, 14), rnd.uniform(-8, 10), 1.6, seeds) for _ in range(6)) if seeds else ""
    return (
        area(blob(0, 4, 25, 60 + i, 0.1, stretch=(1.25, 0.72)), "#3d1405", opacity=0.5)
        + area(blob(0, 0, 25, 60 + i, 0.1, stretch=(1.25, 0.72)), tones[0])
        + area(blob(-3, -3, 17, 70 + i, 0.12, stretch=(1.3, 0.62)), tones[1])
        + line("M-18-6Q-6-14 10-9", tones[2], 3.6, opacity=0.85)
        + disc(28, 3, 6.5, "#f3e3c8")
        + disc(31, -3, 4.6, "#fbf2df")
        + specks
    )


def tenders() -> str:
    """Five tenders with honey mustard."""
    spots = [(84, 84, -18), (140, 92, 24), (88, 138, 12), (150, 142, -30), (96, 186, -8)]
    pieces = "".join(at(x, y, _tender(i), turn=turn) for i, (x, y, turn) in enumerate(spots))
    return parchment() + pieces + cup(184, 178, 31, "#e0a021", "#ffe39a")


def _tender(i: int) -> str:
    rnd = random.Random(i)
    crumbs = "".join(f"M{rnd.uniform(-38, 38):.0f} {rnd.uniform(-11, 11):.0f}l2 1.5" for _ in range(16))
    return (
        area(blob(0, 4, 25, 640 + i, 0.07, stretch=(1.85, 0.72)), "#4a2208", opacity=0.4)
        + area(blob(0, 0, 25, 640 + i, 0.07, stretch=(1.85, 0.72)), "#bd762c")
        + area(blob(-2, -3, 20, 650 + i, 0.09, stretch=(1.9, 0.62)), "#dc9a45")
        + line(crumbs, "#8f5418", 2.2)
        + line("M-30-8Q-12-17 14-13", "#f8d08c", 3.4, opacity=0.85)
    )


def salad(leaves: tuple[tuple[str, str], ...], on_top: dict[str, tuple[tuple[int, int], ...]], seed: int) -> str:
    """A bowl of leaves in (dark, light) tones, with toppings laid on it by place."""
    rnd = random.Random(seed)
    green = "".join(_leaf(i, rnd.choice(leaves), rnd) for i in range(26))
    pieces = "".join(
        at(x, y, TOPPINGS[key].draw(), turn=rnd.uniform(0, 360), scale=1.05)
        for key, spots in on_top.items()
        for x, y in spots
    )
    return bowl("#2c6a2d") + green + pieces + bowl_shine()


def _leaf(i: int, tones: tuple[str, str], rnd: random.Random) -> str:
    angle, r = i * 2.39996, 74 * math.sqrt((i + 0.5) / 26)
    return at(
        120 + r * math.cos(angle),
        121 + r * math.sin(angle),
        area(blob(0, 0, 19, 400 + i, 0.2, points=12, stretch=(1.2, 0.85), coarse=True), tones[0]),
        area(blob(-2, -2, 12, 430 + i, 0.22, points=10, stretch=(1.2, 0.8), coarse=True), tones[1]),
        line("M-16 0Q0-4 15 1", "#e3f2c6", 1.5, opacity=0.7),
        turn=rnd.uniform(0, 360),
    )


def garden_salad() -> str:
    """Leaves with tomato, onion, olives and feta."""
    leaves = (("#3f8d39", "#62b04e"), ("#4c9a3d", "#86c75f"), ("#2f7a34", "#4f9f45"), ("#7cbb55", "#a9da7c"))
    on_top = {
        "cherrytomato": ((84, 92), (150, 82), (166, 148), (92, 160)),
        "redonion": ((120, 70), (70, 128), (140, 168)),
        "olive": ((112, 112), (176, 114), (128, 140), (66, 104)),
        "feta": ((104, 136), (148, 116), (158, 168)),
    }
    return salad(leaves, on_top, 12)


def caesar_salad() -> str:
    """Leaves with chicken, parmesan and croutons."""
    leaves = (("#5ea548", "#93cb6a"), ("#7cbb55", "#b6dd88"), ("#4c9a3d", "#7fbf58"))
    on_top = {
        "chicken": ((92, 92), (150, 98), (120, 140), (78, 146), (160, 156)),
        "parmesan": ((120, 80), (70, 118), (140, 172), (176, 126), (104, 116), (136, 120)),
    }
    croutons = "".join(
        at(
            x,
            y,
            box(-9, -7, 18, 18, "#7a4316", rx=3, opacity=0.4),
            box(-9, -9, 18, 18, "#d9963f", rx=3),
            box(-6, -6, 11, 10, "#f2c77c", rx=2),
            turn=turn,
        )
        for x, y, turn in ((108, 66, 20), (66, 100, 50), (174, 96, 8), (98, 176, 34), (146, 140, 62), (186, 148, 15))
    )
    return salad(leaves, on_top, 15) + croutons


def dip(sauce: str, light: str, flecks: str | None = HERB) -> str:
    """One cup of dip, close up."""
    herbs = line("M96 104l6 4M138 96l6-4M112 140l6 3M150 136l-5 5M90 128l4 4M126 116l5 2", flecks, 4) if flecks else ""
    swirl = line("M84 126Q100 164 140 156T160 108", light, 5, opacity=0.45)
    return cup(120, 120, 86, sauce, light) + swirl + herbs
