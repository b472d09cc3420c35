"""Cheeses that lie on top of the mozzarella, each drawn around 0,0 in about 40 by 40 units."""

from app.pictures.ink import area, at, disc, line
from app.pictures.outline import blob


def feta() -> str:
    """A crumb of feta."""
    crumb = "M-9-6L2-10L10-3L8 8L-5 10L-11 3Z"
    return (
        at(0, 1.8, area(crumb, "#b79a6d", opacity=0.5))
        + area(crumb, "#fffaf0")
        + area("M-9-6L2-10L10-3L0 1Z", "#fff")
        + area("M0 1L10-3L8 8L1 9Z", "#ece0cb")
    )


def ricotta() -> str:
    """A spoonful of ricotta."""
    return (
        area(blob(0, 2.2, 15.5, 81, 0.12), "#a87a3d", opacity=0.45)
        + area(blob(0, 0, 15, 81, 0.12), "#f1e6d0")
        + area(blob(-1.5, -2, 11.5, 82, 0.14), "#fffaf1")
        + line("M-7 3Q-1 8 7 4M-3-3Q2-1 6-4", "#dccdb0", 1.7)
        + line("M-8-6Q-3-11 4-9", "#fff", 2.2)
    )


def parmesan() -> str:
    """A shaving of parmesan."""
    curl = "M-15 5C-8-6 6-9 16-5C11-1 12 3 13 6C3 3-6 5-13 10Z"
    return (
        at(0.4, 1.6, area(curl, "#8f6418", opacity=0.45))
        + area(curl, "#f3dd9a")
        + area("M-15 5C-8-6 6-9 16-5C4-5-6-1-13 7Z", "#fdf2c8")
        + line("M-9 4Q0-2 11-2", "#d9b968", 1.3)
    )


def blue_cheese() -> str:
    """A crumb of blue cheese."""
    crumb = "M-10-5L-1-11L9-6L11 4L3 10L-9 8Z"
    return (
        at(0, 1.8, area(crumb, "#8d7a5e", opacity=0.5))
        + area(crumb, "#f6f0df")
        + area("M-10-5L-1-11L9-6L1-1Z", "#fffdf5")
        + area("M1-1L9-6L11 4L3 10Z", "#e3d9c0")
        + line("M-8 1Q-5 0-4 3T0 6M-6-5Q-3-3-1-5M3 2Q6 3 7 0T10-2", "#56789a", 2.1)
        + disc(-3, 1, 1.5, "#7b97b0")
        + disc(5, 6, 1.3, "#56789a")
    )
