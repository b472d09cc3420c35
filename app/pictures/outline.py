"""Organic outlines: a circle disturbed by a few seeded waves, drawn smoothly. One seed, one shape."""

import math
import random
from functools import lru_cache

from app.pictures.ink import num

Point = tuple[float, float]


@lru_cache(4096)
def blob(  # noqa: PLR0913 - all that a shape is
    x: float,
    y: float,
    r: float,
    seed: int,
    wobble: float = 0.06,
    *,
    points: int = 18,
    waves: tuple[int, int] = (2, 6),
    stretch: Point = (1.0, 1.0),
    coarse: bool = False,
) -> str:
    """A closed path around (x, y). `coarse` writes whole relative units: a third of the bytes, for large layers."""
    rnd = random.Random(seed)
    harmonics = [(k, rnd.uniform(0, math.tau), rnd.uniform(0.4, 1.0) / math.sqrt(k)) for k in range(waves[0], waves[1])]

    def corner(i: int) -> Point:
        t = math.tau * i / points
        far = r * (1 + wobble * sum(size * math.sin(k * t + phase) for k, phase, size in harmonics))
        return x + far * math.cos(t) * stretch[0], y + far * math.sin(t) * stretch[1]

    ring = [corner(i) for i in range(points)]
    return _coarse(ring) if coarse else _fine(ring)


def _handles(ring: list[Point], i: int) -> tuple[Point, Point, Point]:
    """The Bezier handles and end of the i-th piece of a closed Catmull-Rom curve."""
    n = len(ring)
    before, start, end, after = ring[i - 1], ring[i], ring[(i + 1) % n], ring[(i + 2) % n]
    first = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
    second = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
    return first, second, end


def _fine(ring: list[Point]) -> str:
    curves = ("C" + " ".join(f"{num(px)} {num(py)}" for px, py in _handles(ring, i)) for i in range(len(ring)))
    return f"M{num(ring[0][0])} {num(ring[0][1])}{''.join(curves)}Z"


def _coarse(ring: list[Point]) -> str:
    here = (round(ring[0][0]), round(ring[0][1]))
    path, numbers = f"M{here[0]} {here[1]}c", ""
    for i in range(len(ring)):
        for px, py in _handles(ring, i):
            for step in (round(px) - here[0], round(py) - here[1]):
                numbers += f" {step}" if step >= 0 and numbers else str(step)
        end = _handles(ring, i)[2]
        here = (round(end[0]), round(end[1]))
    return f"{path}{numbers}z"
