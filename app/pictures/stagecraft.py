"""What the tracker's scenes share: the wide picture, walls, the bag, and the customer's own pizza set into them.

A scene is 1260 by 420 with its subject between 0 and 640, so that a phone may crop both ends.
"""

import random

from app.pictures.drinks import lettering
from app.pictures.ink import area, at, box, disc, el, group, line, oval, picture
from app.pictures.pizza import pizza_group
from app.pictures.recipe import Recipe

DARK = "#1b0703"
RED = "#c4321f"
LEFT, WIDE, HIGH = -310, 1260, 420


def scene(*inside: str) -> str:
    """A whole scene, hidden from screen readers: the words beside it say the same."""
    return picture(*inside, view=f"{LEFT} 0 {WIDE} {HIGH}", preserveAspectRatio="xMidYMax slice")


def backdrop(fill: str, **attrs: str | float) -> str:
    """One color from edge to edge, and beyond."""
    return box(-640, 0, 1920, HIGH, fill, **attrs)


def gradient(name: str, *stops: tuple[float, str], kind: str = "linearGradient", **attrs: str | float) -> str:
    """A shading to be filled with; `x2=0, y2=1` makes a linear one run down."""
    inside = "".join(f'<stop offset="{offset:.3g}" stop-color="{color}"/>' for offset, color in stops)
    return el(kind, inside, id=name, **attrs)


def glow(name: str, color: str, strength: float) -> str:
    """A light that fades to nothing."""
    stops = f'<stop offset="0" stop-color="{color}" stop-opacity="{strength}"/>'
    return el("radialGradient", stops + f'<stop offset="1" stop-color="{color}" stop-opacity="0"/>', id=name)


def set_pizza(
    recipe: Recipe, x: float, y: float, scale: tuple[float, float], *, uid: str = "z", **look: bool | int
) -> str:
    """The pizza with its middle at a place of the scene, flattened to the view by its two scales."""
    drawn = pizza_group(recipe, uid=uid, cut=bool(look.get("cut")), shadow=bool(look.get("shadow")), pull=_slice(look))
    return group(drawn, transform=f"translate({x:g} {y:g})scale({scale[0]:g} {scale[1]:g})translate(-200 -200)")


def _slice(look: dict[str, bool | int]) -> int | None:
    pull = look.get("pull")
    return None if pull is None else int(pull)


def bag(x: float, y: float, scale: float = 1) -> str:
    """A paper bag with the shop's mark, standing with the middle of its bottom at a place."""
    paper = "M-62-150L-56-158L-44-150L-30-158L-16-150L0-158L16-150L30-158L44-150L56-158L62-150L68 0H-68Z"
    return at(
        x,
        y,
        oval(4, 2, 82, 12, DARK, opacity=0.25),
        area(paper, "#d8b27a"),
        area("M62-150L68 0H40L38-154Z", "#b98f55", opacity=0.6),
        line("M-61-132H62", "#b98f55", 2, opacity=0.7),
        disc(0, -72, 36, RED),
        at(-24, -98, area("M6 48V4A44 44 0 0 1 50 48Z", "#f3c877"), area("M6 48V13A35 35 0 0 1 41 48Z", "#fff3d2")),
        disc(-10, -66, 5, "#8f1d12"),
        disc(0, -58, 4, "#8f1d12"),
        lettering(0, -14, "Hot Corner", 18),
        scale=scale,
    )


def bricks(top: float, height: float, tones: tuple[str, ...], *, seed: int = 1, wide: int = 44, high: int = 20) -> str:
    """A wall of bricks, each row shifted by half."""
    rnd, out = random.Random(seed), []
    for row in range(int(height // high) + 1):
        start = LEFT - 20 - (wide // 2 if row % 2 else 0)
        out += [
            box(x + 1, top + row * high + 1, wide - 2, high - 2, rnd.choice(tones), rx=2)
            for x in range(start, LEFT + WIDE + 20, wide)
        ]
    return "".join(out)


def planks(top: float, height: float, tones: tuple[str, ...], high: int = 70) -> str:
    """Boards across the whole width, with a little grain."""
    rnd, out = random.Random(12), [box(-640, top, 1920, height, "#4a2a14")]
    for row in range(int(height // high) + 1):
        y = top + row * high
        out.append(box(-640, y, 1920, high - 2, tones[row % len(tones)]))
        grain = "".join(
            f"M{rnd.uniform(-300, 880):.0f} {y + rnd.uniform(8, high - 8):.0f}"
            f"q40 {rnd.uniform(-5, 5):.0f} {rnd.uniform(60, 160):.0f} 0"
            for _ in range(12)
        )
        out.append(line(grain, DARK, 2, opacity=0.12))
    return "".join(out)


def cloth(color: str, check: str, size: int = 70) -> str:
    """A checked cloth."""
    squares = "".join(
        f"M{x} {y}h{size}v{size}h-{size}Z"
        for row, y in enumerate(range(0, HIGH, size))
        for x in range(LEFT - 10 + (row % 2) * size, LEFT + WIDE + size, size * 2)
    )
    return backdrop(color) + area(squares, check)
