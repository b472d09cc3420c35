"""Cookie, brownie, cinnamon rolls, tiramisu."""

import math
import random

from app.pictures.ink import area, at, box, disc, group, line
from app.pictures.outline import blob
from app.pictures.tableware import SHADE, cup, parchment


def cookie() -> str:
    """A cookie as large as a plate, cut in three."""
    rnd = random.Random(5)
    chips = []
    for i in range(24):
        angle, r = i * 2.39996, 78 * math.sqrt((i + 0.5) / 24)
        chips.append(at(120 + r * math.cos(angle), 120 + r * math.sin(angle), _chip(i), turn=rnd.uniform(0, 360)))
    return (
        area(blob(120, 128, 92, 91, 0.02, points=24), SHADE, opacity=0.16)
        + area(blob(120, 120, 92, 91, 0.02, points=24), "#b36f2f")
        + area(blob(119, 118, 84, 92, 0.025, points=24), "#d8964a")
        + area(blob(116, 114, 62, 93, 0.05, points=20), "#e6ac60", opacity=0.8)
        + "".join(chips)
        + line("M120 120L120 26M120 120L201 167M120 120L39 167", "#5a2c10", 2.4, opacity=0.4)
        + line("M58 76A78 78 0 0 1 96 48", "#f7d49a", 5, opacity=0.7)
    )


def _chip(i: int) -> str:
    return (
        area(blob(0, 1.2, 7.5, 500 + i, 0.14, points=8), "#7a4316")
        + area(blob(0, 0, 7, 500 + i, 0.14, points=8), "#3c1c10")
        + line("M-3.6-2.4Q0-5 3-3.4", "#8a5844", 1.8)
    )


def brownie() -> str:
    """Four brownies with nuts."""
    rnd = random.Random(31)
    squares = [(76, 82), (150, 78), (80, 156), (154, 152)]
    return parchment() + "".join(at(x, y, _square(rnd), turn=rnd.uniform(-5, 5)) for x, y in squares)


def _square(rnd: random.Random) -> str:
    crackle = "".join(
        f"M{rnd.uniform(-26, 16):.0f} {rnd.uniform(-26, 22):.0f}q{rnd.uniform(2, 8):.0f} {rnd.uniform(-6, 6):.0f} 12 2"
        for _ in range(7)
    )
    nuts = "".join(
        at(
            rnd.uniform(-20, 20),
            rnd.uniform(-22, 18),
            area(blob(0, 0, 5.5, 560 + i, 0.2, points=7), "#e2b26a"),
            line("M-2-2q2-2 4 0", "#fff0c4", 1.6),
        )
        for i in range(4)
    )
    return (
        box(-34, -30, 68, 70, SHADE, rx=6, opacity=0.3)
        + box(-34, -34, 68, 70, "#2c140b", rx=6)
        + box(-34, -34, 68, 60, "#54291a", rx=6)
        + box(-30, -31, 60, 52, "#6b3724", rx=5)
        + line(crackle, "#935d41", 2)
        + nuts
    )


def cinnamon_rolls() -> str:
    """Four rolls under icing."""
    spots = [(76, 82), (154, 78), (80, 160), (158, 156)]
    return parchment() + "".join(
        at(x, y, _roll(), turn=turn) for (x, y), turn in zip(spots, (0, 70, 150, 250), strict=True)
    )


def _roll() -> str:
    spiral = "M2 2C6-4-6-8-9 0S0 16 10 10S16-16 0-18S-26 0-18 14S12 30 22 16"
    icing = "M-28-8Q-10-2 6-20M-26 10Q-2 6 24-10M-12 28Q4 12 28 6"
    return (
        disc(0, 4, 38, SHADE, opacity=0.2)
        + disc(0, 0, 37, "#a8632a")
        + disc(0, -1, 34, "#dda35a")
        + disc(-2, -4, 26, "#eab970", opacity=0.8)
        + line(spiral, "#7d4015", 6)
        + line(spiral, "#a8632a", 2.4)
        + line(icing, "#fffaf0", 6.5, opacity=0.95)
    )


def tiramisu() -> str:
    """A piece of tiramisu from the side."""
    rnd = random.Random(44)
    cocoa = "".join(
        disc(rnd.uniform(62, 178), rnd.uniform(58, 92), rnd.uniform(1.2, 3.2), "#3c1c10", opacity=0.5)
        for _ in range(46)
    )
    fingers = "".join(
        box(56 + i * 26, y, 24, 26, "#c98b4a", rx=6) + box(58 + i * 26, y + 3, 20, 10, "#e2ae6e", rx=5)
        for y in (116, 160)
        for i in range(5)
    )
    return (
        box(40, 200, 164, 14, SHADE, rx=7, opacity=0.18)
        + area("M48 66Q48 52 62 52H178Q192 52 192 66V196Q192 206 182 206H58Q48 206 48 196Z", "#f7ead0")
        + group(fingers)
        + area("M50 142H190V162H50ZM50 186H190V204H50Z", "#fff6e2")
        + area("M48 66Q48 52 62 52H178Q192 52 192 66V100Q180 92 168 100T144 98T118 102T92 97T68 101T48 98Z", "#6b3a22")
        + area("M56 66Q56 58 66 58H140Q120 66 96 66T56 82Z", "#8d5636", opacity=0.8)
        + cocoa
    )


def dip_trio() -> str:
    """Three pots together, for a set."""
    flecks = line("M152 100l5 3M170 104l4-4M160 122l5 2M176 122l-4 4M70 82l4 3M90 96l4-3", "#3c8438", 2.4)
    pots = (
        cup(82, 88, 48, "#c93a22", "#f2876b")
        + cup(164, 112, 44, "#fbf4e2", "#fff")
        + cup(98, 172, 42, "#6f8f33", "#b6cf78")
    )
    return pots + flecks
