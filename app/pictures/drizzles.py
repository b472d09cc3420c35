"""What is poured over a pizza at the end, each stroke drawn around 0,0 in about 40 by 40 units."""

from app.pictures.ink import at, disc, line

STROKE = "M-19 5C-15-9-8-11-5-2S0 11 4 1S11-12 18-4"


def _drizzle(dark: str, body: str, light: str) -> str:
    return (
        at(0.4, 1.6, line(STROKE, dark, 5.4, opacity=0.45))
        + line(STROKE, body, 4.6)
        + disc(-19, 5, 3.1, body)
        + disc(18, -4, 2.7, body)
        + line("M-16 0C-13-7-9-8-7-3M6-2Q10-8 15-5", light, 1.5, opacity=0.9)
    )


def hot_honey() -> str:
    """A stroke of honey with chili."""
    return _drizzle("#7a3d06", "#e08a12", "#ffe08a") + disc(-3, 3, 1.4, "#b3220f") + disc(9, -7, 1.2, "#b3220f")


def balsamic() -> str:
    """A stroke of balsamic glaze."""
    return _drizzle("#1c0a08", "#4a1a18", "#a8605a")


def ranch() -> str:
    """A stroke of ranch, with chives."""
    return _drizzle("#9c8a5a", "#fbf6e6", "#fff") + disc(-6, -3, 1.2, "#4d8f2e") + disc(5, 2, 1.2, "#4d8f2e")
