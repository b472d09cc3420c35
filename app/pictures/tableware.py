"""What food is served on: paper, dip cups, bowls, trays, and the shade under things. Food pictures are 240 by 240."""

from app.pictures.ink import area, box, disc, group, line, oval

FOOD_VIEW = "0 0 240 240"
SHADE = "#1c0d05"


def shade(x: float, y: float, rx: float, ry: float) -> str:
    """The shadow under a thing."""
    return oval(x, y, rx, ry, SHADE, opacity=0.16)


def parchment() -> str:
    """A sheet of paper, a little askew."""
    return group(
        box(32, 46, 182, 168, SHADE, rx=5, opacity=0.14),
        area("M30 42L208 38L212 204L34 208Z", "#fbf3e0"),
        area("M30 42L208 38L209 62L31 70ZM34 208L212 204L211 190L33 192Z", "#f1e3c4"),
        transform="rotate(-6 120 122)",
    )


def cup(x: float, y: float, r: float, sauce: str, light: str) -> str:
    """A paper cup of dip from above."""
    shine = (
        f"M{x - r * 0.5:.1f} {y - r * 0.2:.1f}Q{x - r * 0.1:.1f} {y - r * 0.6:.1f} {x + r * 0.45:.1f} {y - r * 0.3:.1f}"
    )
    return (
        disc(x, y + 3, r + 1, SHADE, opacity=0.18)
        + disc(x, y, r, "#f4efe6", stroke="#c9bda8", stroke_width=1.5)
        + disc(x, y, r * 0.8, sauce)
        + line(shine, light, round(r * 0.13, 1), opacity=0.8)
    )


def bowl(floor: str) -> str:
    """A wide bowl from above."""
    return (
        disc(120, 128, 96, SHADE, opacity=0.16)
        + disc(120, 120, 96, "#e9dfcd", stroke="#cdbfa4", stroke_width=2)
        + disc(120, 120, 84, "#bfae8e")
        + disc(120, 122, 83, floor)
    )


def bowl_shine() -> str:
    """The light on the rim of a bowl."""
    return line("M44 92A82 82 0 0 1 92 44", "#fff", 5, opacity=0.55)


def tray(color: str, edge: str, light: str) -> str:
    """A foil or paper tray from above."""
    return (
        box(34, 52, 176, 150, SHADE, rx=20, opacity=0.16)
        + box(30, 44, 180, 152, edge, rx=20)
        + box(38, 52, 164, 136, color, rx=14)
        + line("M44 76V66Q44 58 54 58H110", light, 4, opacity=0.7)
    )
