"""Vegetables, fruit and leaves, each drawn around 0,0 in about 40 by 40 units."""

from app.pictures.ink import area, at, disc, group, line, oval
from app.pictures.outline import blob


def mushroom() -> str:
    """A slice of mushroom."""
    slab = "M-17 2C-19-11-8-17 0-17S19-11 17 2C16 7 8 5 6 4L7 12C7 17-7 17-7 12L-6 4C-8 5-16 7-17 2Z"
    return (
        at(0.6, 2.6, area(slab, "#b0936c", opacity=0.7))
        + area(slab, "#f1e4cd")
        + line("M-17 2C-19-11-8-17 0-17S19-11 17 2", "#b48b5c", 2.6)
        + area("M-13 0Q-8-7 0-7T13 0Q8 3 5 2L4-1H-4L-5 2Q-8 3-13 0Z", "#a88259", opacity=0.85)
        + line("M-2 4V13M2 4V12", "#d8c3a0", 1.4)
    )


def green_pepper() -> str:
    """A strip of green pepper."""
    strip = "M-14 8C-19-4-8-9-5-14C0-18 4-12 9-13C17-13 16-2 13 7"
    return (
        line(strip, "#1f5a22", 7.6)
        + line(strip, "#46a03a", 5.4)
        + line("M-12.6 6C-15-3-7-7-3.6-12C0-15 4-10 9-11", "#a6dc7a", 1.6)
    )


def roasted_pepper() -> str:
    """A strip of roasted red pepper."""
    strip = "M-21 5C-14-6-6 4 1-3S14-9 21-2"
    return (
        at(0.4, 1.8, line(strip, "#5f120b", 12, opacity=0.5))
        + line(strip, "#b32417", 11)
        + at(0, -1, line(strip, "#dd4a2b", 6.4))
        + line("M-17 5Q-13-1-8 1M8-4Q13-7 17-4", "#4a1208", 2.4, opacity=0.6)
        + line("M-12-1Q-6 0 0-5", "#ffab86", 1.8, opacity=0.9)
    )


def red_onion() -> str:
    """A piece of red onion."""
    rings = [("M-16 6A17 17 0 0 1 16 6", "#6e2450", 5), ("M-15.6 5.6A16.4 16.4 0 0 1 15.6 5.6", "#b3508a", 2.6)]
    middle, inner = "M-11 7A11.6 11.6 0 0 1 11 7", "M-6 8A6.6 6.6 0 0 1 6 8"
    rings += [(middle, "#9a3d74", 3.6), (middle, "#f3dce8", 2.2), (inner, "#b3508a", 3), (inner, "#fbeef5", 1.6)]
    return "".join(line(d, color, width) for d, color, width in rings)


def olive() -> str:
    """A ring of black olive."""
    return (
        disc(0, 0, 9, "none", stroke="#2c2230", stroke_width=7)
        + disc(0, 0, 12, "none", stroke="#4d3f52", stroke_width=1)
        + line("M-8.6-5A10 10 0 0 1 0-10", "#8f8197", 2.4)
    )


def tomato() -> str:
    """A slice of cherry tomato."""
    chambers = "M-2-2L-10-6A11 11 0 0 1-2-11ZM2-2L10-6A11 11 0 0 0 2-11ZM0 3L-8 8A11 11 0 0 0 8 8Z"
    seeds = "".join(disc(x, y, 1.3, "#ffd98a") for x, y in ((-5, -6), (5, -6), (-2.6, 7.4), (3, 7)))
    return (
        disc(0, 1.4, 16.5, "#7c1a0c", opacity=0.5)
        + disc(0, 0, 16, "#d93a22")
        + disc(0, 0, 13, "#ee6a45")
        + area(chambers, "#b92715")
        + seeds
    )


def pineapple() -> str:
    """A piece of pineapple."""
    wedge = "M-14 10L-9-11Q0-16 9-11L14 10Q0 17-14 10Z"
    return (
        at(0, 1.6, area(wedge, "#a56d10", opacity=0.5))
        + area(wedge, "#f8cf45")
        + area("M-9-11Q0-16 9-11L10-6Q0-11-10-6Z", "#ffe48a")
        + line("M-5-12L-8 12M5-12L8 12M0-13V13", "#dc9f1f", 1.6)
        + line("M-13 8Q0 15 13 8", "#c9861a", 2)
    )


def jalapeno() -> str:
    """A slice of jalapeño."""
    seeds = oval(3.6, -5, 1.6, 2.2, "#f5edc0") + oval(-5, 0, 2.2, 1.6, "#f5edc0") + oval(3.4, 5, 1.6, 2.2, "#f5edc0")
    return (
        disc(0, 1, 12.5, "#1d4a1c", opacity=0.6)
        + disc(0, 0, 12, "#3b8c2e")
        + disc(0, 0, 9.4, "#c9e6a0")
        + disc(0, 0, 9.4, "none", stroke="#8cc766", stroke_width=1.4)
        + line("M0-9V9M-8-4.5L8 4.5M-8 4.5L8-4.5", "#e9f6cd", 2)
        + group(seeds, stroke="#c3b063", stroke_width=0.7)
    )


def basil() -> str:
    """A leaf of basil."""
    leaf = "M-19 3C-14-14 6-17 20-4C10 14-10 15-19 3Z"
    veins = "M-19 3Q0-3 18-4M-8 0Q-6-6-3-9M1-3Q4-8 8-9M-6 .5Q-2 5 1 8M4-3Q7 2 9 4"
    return (
        at(0.6, 1.8, area(leaf, "#16401b", opacity=0.5))
        + area(leaf, "#3a8b38")
        + area("M-19 3C-14-14 6-17 20-4C8-6-6-3-19 3Z", "#5db04a")
        + line(veins, "#256329", 1.2)
    )


def spinach() -> str:
    """A leaf of spinach."""
    return (
        area(blob(0, 0, 15, 71, 0.2, stretch=(1.2, 0.78)), "#235c25")
        + area(blob(-2, -2, 9.5, 73, 0.22, stretch=(1.2, 0.7)), "#3c8438")
        + line("M-16 3Q0-4 15 1M-5-1Q-3-7 0-8M3-2Q7 3 9 5", "#163f19", 1.3)
    )


def artichoke() -> str:
    """A quarter of an artichoke heart."""
    heart = "M-17 9C-20-4-11-15 0-18C11-15 20-4 17 9C10 14-10 14-17 9Z"
    return (
        at(0.4, 2, area(heart, "#5d6226", opacity=0.5))
        + area(heart, "#a3a94f")
        + area("M-12 8C-15-3-8-11 0-14C8-11 15-3 12 8C7 11-7 11-12 8Z", "#cfd07e")
        + area("M-6 9C-8 0-4-6 0-8C4-6 8 0 6 9C3 11-3 11-6 9Z", "#eeeab3")
        + line("M-17 9C-17-3-10-9 0-18M17 9C17-3 10-9 0-18M-12 9Q-10-3 0-13M12 9Q10-3 0-13", "#727a2e", 1.4)
        + line("M-4 8Q-3 2 0-3M4 8Q3 2 0-3", "#b4a85c", 1.2)
    )


def corn() -> str:
    """A few kernels of corn."""
    kernel = "M-5-4Q0-7 5-4L6 3Q0 7-6 3Z"
    one = (
        at(0, 1.2, area(kernel, "#8f5a08", opacity=0.5))
        + area(kernel, "#f6c22d")
        + line("M-2.5-3Q0-4.5 2.5-3", "#fff0a3", 1.7)
    )
    return at(-8, -6, one, turn=-24) + at(7, -8, one, turn=38) + at(-5, 8, one, turn=70) + at(9, 6, one, turn=-8)


def garlic() -> str:
    """A slice of roasted garlic."""
    slice_ = "M-11 7C-14-3-4-12 8-13C10-4 8 8-2 11C-6 12-10 11-11 7Z"
    return (
        at(0.3, 1.6, area(slice_, "#8a5a18", opacity=0.5))
        + area(slice_, "#d9a74e")
        + area("M-8 6C-10-2-2-9 6-10C7-3 5 6-2 8C-5 9-7 8-8 6Z", "#f7e6b8")
        + line("M-4 5Q0-2 4-6", "#d3ab5f", 1.8)
        + line("M-8 2Q-6-4-1-7", "#fffaf0", 1.5)
    )
