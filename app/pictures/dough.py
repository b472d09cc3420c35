"""The crust: its radius and rim, the puffed light along it, the char of the oven."""

import math
import random
from functools import cache

from app.pictures.ink import disc, group, line, num, oval
from app.pictures.outline import blob

MIDDLE = 200
RADIUS = {"classic": 184, "thin": 180, "pan": 178, "stuffed": 190}
RIM = {"classic": 27, "thin": 15, "pan": 22, "stuffed": 35}
Stops = tuple[tuple[float, str], ...]


def well(crust: str) -> int:
    """The radius inside the rim, where sauce and cheese lie."""
    return RADIUS[crust] - RIM[crust]


def crust_colors(crust: str, raw: bool) -> Stops:
    """The shading of the crust from the middle out."""
    if raw:
        return (0, "#f3dfb4"), (0.86, "#f3dfb4"), (0.95, "#e7cb93"), (1, "#d3ae6c")
    share = RIM[crust] / RADIUS[crust]
    return (
        (0, "#e8b566"),
        (1 - share, "#d8923c"),
        (1 - share * 0.5, "#e9b768"),
        (1 - share * 0.16, "#c47a2b"),
        (1, "#8c4a18"),
    )


@cache
def crust_edge(crust: str) -> str:
    """The outline of the whole pizza, to be filled."""
    return blob(MIDDLE, MIDDLE, RADIUS[crust], 11, 0.006, points=24, waves=(3, 9), coarse=True)


@cache
def crust_detail(crust: str, raw: bool) -> str:
    """Everything on the crust but its filling."""
    rnd = random.Random(crust)
    pan = line(_circle(RADIUS["pan"] - 3), "#7a3f14", 6, opacity=0.75) if crust == "pan" else ""
    puffs = _puffs(crust, raw, rnd)
    floor = disc(MIDDLE, MIDDLE, well(crust) + 2, "#e9cf9c" if raw else "#c98638")
    return pan + puffs + ("" if raw else _char(crust, rnd)) + floor


def _circle(r: float) -> str:
    return f"M{num(MIDDLE - r)} {MIDDLE}a{num(r)} {num(r)} 0 1 0 {num(2 * r)} 0a{num(r)} {num(r)} 0 1 0 {num(-2 * r)} 0"


def _on(r: float, angle: float) -> str:
    return f"{num(MIDDLE + r * math.cos(angle))} {num(MIDDLE + r * math.sin(angle))}"


def _puffs(crust: str, raw: bool, rnd: random.Random) -> str:
    """Light along the rim, where the dough rose."""
    rim = RIM[crust]
    arcs = []
    for i in range(9 if crust == "thin" else 13):
        start = math.tau * i / 13 + rnd.uniform(-0.1, 0.1)
        end = start + rnd.uniform(0.18, 0.36)
        r = RADIUS[crust] - rim * 0.5 + rnd.uniform(-rim * 0.12, rim * 0.18)
        d = f"M{_on(r, start)}A{num(r)} {num(r)} 0 0 1 {_on(r, end)}"
        arcs.append(line(d, "#fbeccb" if raw else "#f6d79a", round(rim * rnd.uniform(0.16, 0.30), 1)))
    return group(*arcs, opacity=0.75 if raw else 0.62)


def _char(crust: str, rnd: random.Random) -> str:
    """Blisters from the oven, longer along the rim than across it."""
    rim = RIM[crust]
    spots = []
    for _ in range(34):
        angle, r = rnd.uniform(0, math.tau), RADIUS[crust] - rim * rnd.uniform(0.10, 0.92)
        wide = rnd.uniform(1.6, 6.4) * (rim / 27) ** 0.4
        x, y = MIDDLE + r * math.cos(angle), MIDDLE + r * math.sin(angle)
        turn = f"rotate({math.degrees(angle) + 90:.0f} {num(x)} {num(y)})"
        dark = rnd.choice((0.25, 0.4, 0.55, 0.7))
        spots.append(oval(x, y, wide, wide * rnd.uniform(0.45, 0.8), "#6b3110", transform=turn, opacity=dark))
    return "".join(spots)
