"""Scenes after the oven: the box, the pickup shelf, the table at home."""

from app.pictures.drinks import lettering
from app.pictures.ink import area, at, box, disc, el, line, oval
from app.pictures.recipe import Recipe
from app.pictures.stagecraft import DARK, RED, backdrop, bag, cloth, glow, planks, scene, set_pizza
from app.pictures.tableware import cup

LAMPS = (-170, 75, 320, 565, 810)
CARDBOARD, CARDBOARD_LIGHT, CARDBOARD_DARK = "#d9c39a", "#f3e7cf", "#b79b6a"


def open_box(recipe: Recipe | None) -> str:
    """Checked and boxed: the pizza cut in its box, from above; without one, bags on the shelf."""
    if recipe is None:
        return pickup_shelf(None)
    inside = set_pizza(recipe, 320, 232, (0.82, 0.82), cut=True, shadow=True)
    dips = (
        cup(560, 150, 44, "#c93a22", "#f2876b")
        + cup(604, 262, 40, "#fbf4e2", "#ffffff")
        + cup(40, 300, 42, "#6f8f33", "#b6cf78")
    )
    return scene(cloth("#2f5f43", "#376c4d"), dips, _cutter(48, 168), box_from_above(320, 232), inside)


def box_from_above(x: float, y: float) -> str:
    """An open box, its lid folded back; 360 wide, its middle at a place."""
    return at(
        x,
        y,
        box(-174, -168, 360, 366, DARK, rx=10, opacity=0.32),
        area("M-178-172L-160-226H160L178-172Z", "#e9dcc4", stroke="#c5b08a", stroke_width=3),
        area("M-110-186L-102-216H102L110-186Z", RED),
        lettering(0, -193, "Hot Corner", 22),
        box(-180, -174, 360, 356, CARDBOARD, rx=9),
        box(-167, -161, 334, 330, CARDBOARD_LIGHT, rx=4),
        area("M-167-161H167L153-147H-153Z", "#cdb68a"),
        area("M-167-161L-153-147V155L-167 169Z", "#e2d0aa"),
    )


def _cutter(x: float, y: float) -> str:
    return at(
        x,
        y,
        disc(4, 7, 52, DARK, opacity=0.25),
        box(-9, 34, 18, 130, "#8a2a18", rx=9),
        box(-5, 40, 5, 112, "#c4513a", rx=2.5),
        disc(0, 0, 50, "#d9dcde"),
        disc(0, 0, 43, "#eef0f1"),
        line("M-34-14A37 37 0 0 1-10-36", "#fff", 5),
        disc(0, 0, 10, "#8f9397"),
        turn=18,
    )


def pickup_shelf(recipe: Recipe | None) -> str:
    """Ready for pickup: the box stands open on the warm shelf, under the lamps."""
    order = standing_box(320, 330, recipe) if recipe else bag(320, 330, 1.45)
    return scene(
        el("defs", glow("lp", "#ffd98a", 0.8)),
        _striped_wall(),
        *(oval(x, 210, 150, 150, "url(#lp)", opacity=0.55) + _lamp_above(x, "#fff0c0") for x in LAMPS),
        _shelf(330),
        _stack(-150, 330, 4),
        _stack(740, 330, 3),
        bag(70, 330, 0.95),
        bag(580, 330, 1.05),
        order,
    )


def dark_shelf(_recipe: Recipe | None) -> str:
    """Called off: the shelf after closing, its lamps out and nothing on it."""
    return scene(
        _striped_wall(), *(_lamp_above(x, "#6b4223") for x in LAMPS), _shelf(330), backdrop(DARK, opacity=0.55)
    )


def _striped_wall() -> str:
    stripes = "".join(f"M{x} 0h60v420h-60Z" for x in range(-310, 960, 120))
    return backdrop("#225733") + area(stripes, "#26603a") + box(-640, 0, 1920, 26, "#163c24")


def _lamp_above(x: float, bulb: str) -> str:
    shade = f"M{x - 44} 96Q{x - 38} 52 {x} 50Q{x + 38} 52 {x + 44} 96Z"
    return line(f"M{x} 0V52", "#10281a", 5) + area(shade, "#c98a2c") + oval(x, 96, 44, 8, bulb)


def _shelf(y: float) -> str:
    return (
        box(-640, y, 1920, 18, "#b57a48", rx=3)
        + box(-640, y, 1920, 6, "#d9a06a")
        + box(-640, y + 18, 1920, 90, "#6b4223")
    )


def _stack(x: float, foot: float, boxes: int) -> str:
    out = oval(x, foot, 118, 8, DARK, opacity=0.3)
    for i in range(boxes):
        y = foot - (i + 1) * 34
        out += box(x - 104 + i % 2 * 4, y, 208, 32, CARDBOARD, rx=3) + box(
            x - 104 + i % 2 * 4, y, 208, 8, CARDBOARD_LIGHT, rx=3
        )
        out += box(x - 26 + i % 2 * 4, y + 12, 52, 14, RED, rx=3)
    return out


def standing_box(x: float, foot: float, recipe: Recipe) -> str:
    """An open box from the front, its lid upright, the pizza inside as the eye sees it from above the counter."""
    return at(
        x,
        foot,
        oval(0, 0, 190, 12, DARK, opacity=0.35),
        area("M-138-96L-152-250H152L138-96Z", "#e9dcc4"),
        area("M-128-104L-140-240H140L128-104Z", "#f3e7cf"),
        area("M-88-128L-94-214H94L88-128Z", RED),
        lettering(0, -162, "Hot Corner", 30),
        area("M-138-96H138L168-26H-168Z", CARDBOARD_LIGHT),
        oval(0, -54, 138, 34, CARDBOARD_DARK, opacity=0.35),
        set_pizza(recipe, 0, -60, (0.7, 0.205), cut=True),
        area("M-168-26H168L164 0H-164Z", CARDBOARD),
        area("M-168-26H168L167-19H-167Z", "#fff6e2", opacity=0.6),
        box(-40, -18, 80, 13, RED, rx=3),
    )


def table(recipe: Recipe | None) -> str:
    """Delivered: on the table at home, from above, the first slice drawn out."""
    food = (
        box_from_above(320, 232) + set_pizza(recipe, 320, 232, (0.8, 0.8), pull=0, shadow=True)
        if recipe
        else bag(320, 372, 1.6)
    )
    return scene(
        planks(0, 420, ("#8a5730", "#7f4f2b", "#936039")),
        _setting(12, 300),
        _setting(640, 292),
        _glass(22, 96, "#a8361f"),
        _glass(610, 92, "#e8a03c"),
        _napkin(-190, 210),
        _napkin(836, 226),
        food,
    )


def _setting(x: float, y: float) -> str:
    rings = (
        disc(0, 0, 84, "#f4efe6") + disc(0, 0, 84, "none", stroke="#d8cdb8", stroke_width=3) + disc(0, 0, 58, "#fffaf0")
    )
    return at(x, y, disc(4, 9, 85, DARK, opacity=0.28), rings, line("M-56-34A66 66 0 0 1-24-60", "#fff", 5))


def _glass(x: float, y: float, drink: str) -> str:
    ice = box(-16, -14, 16, 16, "#fff", rx=3, opacity=0.55) + box(4, 0, 15, 15, "#fff", rx=3, opacity=0.45)
    return at(
        x,
        y,
        disc(3, 7, 42, DARK, opacity=0.3),
        disc(0, 0, 41, "#e7eef0", opacity=0.9),
        disc(0, 0, 34, drink),
        ice,
        line("M-24-14A28 28 0 0 1-8-27", "#fff", 4, opacity=0.8),
    )


def _napkin(x: float, y: float) -> str:
    squares = "".join(f"M{x + row % 2 * 24} {row * 24 - 60}h24v24h-24Z" for row in range(5) for x in (-72, -24, 24))
    return at(
        x,
        y,
        box(-70, -54, 144, 124, DARK, rx=4, opacity=0.25),
        box(-72, -60, 144, 120, "#fffaf0", rx=3),
        area(squares, "#d3503c"),
        turn=-12,
    )
