"""Meat and fish, each drawn around 0,0 in about 40 by 40 units: a dark under-shape, two tones, one light stroke."""

import random

from app.pictures.ink import area, at, box, disc, group, line, num
from app.pictures.outline import blob


def pepperoni() -> str:
    """A slice of pepperoni."""
    rnd = random.Random(4)
    specks = "".join(
        f'<circle cx="{num(rnd.uniform(-9, 9))}" cy="{num(rnd.uniform(-9, 9))}" r="{num(rnd.uniform(1, 2.3))}"/>'
        for _ in range(9)
    )
    return (
        disc(0, 1.8, 19.5, "#7a2a10", opacity=0.35)
        + disc(0, 0, 18.5, "#a5231a")
        + disc(0, 0, 16.4, "#cf3a26")
        + line("M-15-8A17 17 0 0 1 3-16.8", "#6b120d", 2.6, opacity=0.75)
        + line("M14 9A16.6 16.6 0 0 1 2 16.4", "#6b120d", 1.8, opacity=0.5)
        + group(specks, fill="#e8765a")
        + disc(-5, 6, 1.7, "#8e1b12")
        + disc(7, -4, 1.4, "#8e1b12")
        + disc(2, 10, 1.2, "#8e1b12")
        + line("M-9-9Q-3-14 5-12", "#f5a58c", 2.4, opacity=0.75)
    )


def salami() -> str:
    """A slice of salami."""
    rnd = random.Random(19)
    fat = "".join(
        f'<path d="{blob(rnd.uniform(-11, 11), rnd.uniform(-11, 11), rnd.uniform(1.6, 3.1), 600 + i, 0.2, points=7)}"/>'
        for i in range(12)
    )
    return (
        disc(0, 1.8, 20.5, "#5c1512", opacity=0.4)
        + disc(0, 0, 20, "#6f1d18")
        + disc(0, 0, 18.4, "#a8423a")
        + disc(-1, -1, 16, "#b9544a")
        + group(fat, fill="#f3cfc0")
        + line("M-12-11Q-4-17 7-14", "#f6b8a6", 2.2, opacity=0.7)
    )


def sausage() -> str:
    """A crumble of sausage."""
    return (
        area(blob(0, 1.5, 14, 31, 0.13), "#5a2c15", opacity=0.6)
        + area(blob(0, 0, 13.6, 31, 0.13), "#955732")
        + area(blob(-2, -2, 8.5, 33, 0.16), "#b57447")
        + disc(5, 5, 2, "#6d3a1d")
        + disc(-7, 3, 1.6, "#6d3a1d")
        + disc(4, -7, 1.4, "#6d3a1d")
        + disc(-4, -5, 1.8, "#dba374")
        + disc(1, 1, 1.3, "#dba374")
    )


def meatball() -> str:
    """A meatball."""
    return (
        area(blob(0, 2.4, 16.5, 41, 0.05), "#4a1e0c", opacity=0.5)
        + area(blob(0, 0, 16, 41, 0.05), "#6b3418")
        + area(blob(-1, -1.5, 13, 42, 0.07), "#8a4a26")
        + area(blob(-3, -4, 7.5, 43, 0.12), "#a9653a")
        + disc(6, 5, 1.7, "#532509")
        + disc(-5, 7, 1.5, "#532509")
        + disc(8, -4, 1.3, "#532509")
        + line("M2 9l3 1.5M-9 2l2-2", "#3c7a33", 1.8)
        + line("M-9-8Q-4-13 3-12", "#d99a68", 2.4, opacity=0.85)
    )


def ham() -> str:
    """A piece of ham."""
    return (
        box(-13, -10.5, 26, 24, "#a5483c", rx=6, opacity=0.5)
        + box(-13, -12, 26, 24, "#f0a294", rx=6)
        + line("M-13-5Q-6-9 0-5T13-6", "#fbd3c8", 2.6)
        + line("M-13 4Q-5 0 2 4T13 2", "#e07f70", 2)
        + box(-13, -12, 26, 24, "none", rx=6, stroke="#d56f60", stroke_width=1.6)
    )


def bacon() -> str:
    """A strip of bacon."""
    strip = "M-20 3C-14-7-8-3-3-1S8 4 20-5"
    return (
        at(0, 1.4, line(strip, "#5c1c12", 12, opacity=0.6))
        + line(strip, "#a53a26", 11)
        + at(0.4, -1, line(strip, "#f0c69b", 4))
        + at(0, 4, line(strip, "#c9573f", 1.6))
    )


def chicken() -> str:
    """A piece of grilled chicken."""
    return (
        area(blob(0, 1.4, 14, 51, 0.1, stretch=(1.25, 0.78)), "#8a5a24", opacity=0.5)
        + area(blob(0, 0, 14, 51, 0.1, stretch=(1.25, 0.78)), "#f0d5a2")
        + area(blob(-2, -2, 9, 53, 0.12, stretch=(1.3, 0.6)), "#fbeccb")
        + line("M-9-6L-5 8M-1-9L3 9M8-7L11 5", "#9b632c", 2.2, opacity=0.75)
    )


def anchovy() -> str:
    """A fillet of anchovy."""
    fillet = "M-23 4C-14-8 2-9 12-5C17-3 20-5 24-9C23-4 23 0 25 4C19 2 15 2 11 4C0 9-13 11-23 4Z"
    return (
        at(0.5, 1.8, area(fillet, "#5a3016", opacity=0.45))
        + area(fillet, "#8d5c3a")
        + area("M-23 4C-14-8 2-9 12-5C2-4-10-2-23 4Z", "#b98b62")
        + line("M-17 3Q-2-4 12 0", "#6b3f22", 1.4)
        + line("M-13-1Q-4-5 6-5", "#ecd2ae", 1.9, opacity=0.9)
        + line("M-6 3l2 3M0 2l2 3M6 1l2 2", "#6b3f22", 1.1, opacity=0.7)
    )
