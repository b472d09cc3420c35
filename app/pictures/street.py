"""Scenes of the street at dusk: the scooter on its way, and before a door that stays shut."""

import random

from app.pictures.drinks import lettering
from app.pictures.ink import area, at, box, disc, el, group, line, oval
from app.pictures.recipe import Recipe
from app.pictures.stagecraft import DARK, RED, backdrop, bag, glow, gradient, scene, set_pizza


def road(recipe: Recipe | None) -> str:
    """On its way: the scooter under the lamps at dusk, the order's picture on its box."""
    speed = line("M34 262H122M6 292H96M48 322H110", "#fff3d2", 6, opacity=0.45)
    return scene(*_street(0.55), _lamp(150), _lamp(492), speed, _scooter(recipe, _rider(), _beam()))


def doorstep(recipe: Recipe | None) -> str:
    """Could not be delivered: the scooter stands before a door that stays shut, and still has the order on it."""
    return scene(*_street(0.1), _house(516), _lamp(20), _scooter(recipe, _stand()))


def _street(lit: float) -> tuple[str, ...]:
    """The street at dusk with its outer lamps, so much of its windows lit."""
    dusk = ((0, "#2b2a4f"), (0.45, "#6a3f63"), (0.75, "#d3704f"), (1, "#f3b061"))
    sky = gradient("sk", *dusk, x1=0, y1=0, x2=0, y2=1)
    return (
        el("defs", sky, glow("lg", "#ffd98a", 0.85), glow("mo", "#ffe9b0", 0.5)),
        backdrop("url(#sk)"),
        _stars(),
        disc(566, 84, 90, "url(#mo)"),
        disc(566, 84, 30, "#ffe9b0"),
        _houses("#4a2c4a", 10, 240, 0.0, 5),
        _houses("#2c1b30", 22, 286, lit, 9),
        _lamp(-150),
        _lamp(800),
        box(-640, 318, 1920, 110, "#3a2a33"),
        box(-640, 318, 1920, 8, "#6b5460"),
        area("".join(f"M{x} 378h64v7h-64Z" for x in range(-300, 960, 130)), "#e9dcc4", opacity=0.75),
    )


def _house(x: float) -> str:
    """The front of a house, its door shut and its windows dark."""
    panes = "".join(f"M{a} {b}h62v62h-62Z" for a in (-136, 74) for b in (-206, -108))
    return at(
        x,
        326,
        area("M-168-236H168V0H-168Z", "#7a3f35"),
        area("M-186-226L0-312L186-226Z", "#2c1b30"),
        area(panes, "#1f1420", stroke="#d9c39a", stroke_width=6),
        box(-56, -176, 112, 176, "#d9c39a", rx=4),
        box(-46, -166, 92, 166, "#225733"),
        area("M-34-152H34V-104H-34ZM-34-88H34V-22H-34Z", "#1a4428"),
        disc(32, -82, 6, "#f3c877"),
        box(-76, -8, 152, 12, "#a08b8f", rx=2),
    )


def _stars() -> str:
    rnd = random.Random(2)
    return "".join(
        disc(rnd.uniform(-300, 940), rnd.uniform(8, 120), rnd.uniform(0.8, 2.2), "#fff3d2", opacity=0.8)
        for _ in range(46)
    )


def _houses(color: str, seed: int, foot: float, lit: float, count: int) -> str:
    rnd, out, x = random.Random(seed), [], -330.0
    while x < 960:
        wide, high = rnd.uniform(90, 150), rnd.uniform(70, 130)
        roof = f"M{x:.0f} {foot - high:.0f}L{x + wide / 2:.0f} {foot - high - rnd.uniform(24, 52):.0f}"
        roof += f"L{x + wide:.0f} {foot - high:.0f}V330H{x:.0f}Z"
        out.append(area(roof, color))
        for i in range(count):
            if rnd.random() < lit:
                wx, wy = x + 16 + (i % 3) * (wide - 40) / 2, foot - high + 16 + (i // 3) * 36
                out.append(box(wx, wy, 15, 20, "#ffcf70", rx=2, opacity=0.9))
        x += wide + rnd.uniform(-6, 26)
    return "".join(out)


def _lamp(x: float) -> str:
    return (
        disc(x + 34, 176, 70, "url(#lg)")
        + line(f"M{x} 320V178Q{x} 160 {x + 18} 160H{x + 30}", "#1f1420", 7)
        + area(f"M{x + 20} 160h30l-5 14h-20Z", "#1f1420")
        + oval(x + 35, 175, 11, 4, "#ffe9b0")
    )


def _scooter(recipe: Recipe | None, *upon: str) -> str:
    emblem = set_pizza(recipe, 214, 214, (0.21, 0.21)) if recipe else bag(214, 252, 0.46)
    body = (
        "M150 312C150 286 176 272 214 272H300C318 272 326 292 340 306L372 310"
        "C384 284 388 250 378 214L402 206C418 262 412 306 392 332H170C158 332 150 324 150 312Z"
    )
    return group(
        oval(290, 366, 190, 12, DARK, opacity=0.45),
        _wheel(184, 332),
        _wheel(410, 332),
        area(body, RED),
        area("M170 300C176 286 194 282 214 282H292C304 282 310 294 318 304Z", "#e2543c", opacity=0.8),
        line("M372 312L404 206", "#8f1d12", 6),
        box(196, 258, 108, 16, "#2c1b16", rx=8),
        box(152, 152, 124, 108, "#8f1d12", rx=12),
        box(152, 148, 124, 104, "#f4efe6", rx=12),
        area("M152 160Q152 148 164 148H264Q276 148 276 160V170H152Z", RED),
        lettering(214, 166, "Hot Corner", 15),
        emblem,
        *upon,
        line("M388 212L368 190M388 212L414 196", "#2c1b16", 9),
        disc(410, 214, 13, "#ffe9b0"),
        disc(410, 214, 13, "none", stroke="#8f1d12", stroke_width=4),
    )


def _wheel(x: float, y: float) -> str:
    return disc(x, y, 34, "#1b1215") + disc(x, y, 21, "#8f9397") + disc(x, y, 12, "#d9dcde") + disc(x, y, 4, "#1b1215")


def _beam() -> str:
    return area("M404 196L470 224L640 300V352H470Z", "#ffe9b0", opacity=0.16)


def _stand() -> str:
    return line("M270 332L252 364M270 332L290 364", "#1b1215", 8)


def _rider() -> str:
    return (
        line("M286 254L330 262L342 304", "#22304a", 26, stroke_linejoin="round")
        + area("M326 298h34q8 0 8 8v8h-42Z", "#1b1215")
        + line("M288 248L302 186", "#225733", 46)
        + line("M304 186L338 214L372 196", "#2c6b40", 19, stroke_linejoin="round")
        + disc(374, 195, 10, "#c98a5c")
        + area("M296 150q4 22 20 22t18-14l-2-20Z", "#c98a5c")
        + area(
            "M280 140C278 106 300 94 320 96C346 98 354 118 350 138L344 146"
            "C330 138 316 142 306 152L288 156C282 152 280 146 280 140Z",
            RED,
        )
        + area("M312 142C322 132 340 130 350 138L346 152C332 148 322 152 316 156Z", "#2c1b30", opacity=0.85)
        + line("M290 122Q296 106 314 104", "#f2876b", 5, opacity=0.9)
    )
