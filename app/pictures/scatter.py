"""Where the pieces of each topping lie.

The places are a table that was grown once and is kept beside this file, so that a new topping on the menu never moves
an old one. It was grown by best candidate sampling: each piece takes, of 70 random places on its half, the one
farthest from its own kind and a little away from all others. Halves alternate. So any prefix of a list is even, on
the whole pizza and on each half, and "extra" only adds. `python -m app.pictures.scatter` grows what is missing.
"""

import json
import math
import random
from functools import cache
from pathlib import Path

from app.pictures.toppings import TOPPINGS, Topping

TABLE = Path(__file__).with_name("scatter.json")
Place = tuple[float, float, float, float]


@cache
def places() -> dict[str, list[Place]]:
    """For each topping its places, in the order they are taken: x, y from the middle, turn in degrees, scale."""
    return {key: [(p[0], p[1], p[2], p[3]) for p in rows] for key, rows in json.loads(TABLE.read_text()).items()}


def grow(key: str, topping: Topping, others: list[tuple[float, float, float]]) -> list[Place]:
    """Twice the usual number of places for one topping, away from the (x, y, reach) of others."""
    rnd = random.Random(f"1889 {key}")
    mine: list[Place] = []
    for i in range(topping.count * 2 + 2):
        side = -1 if i % 2 else 1
        x, y = max(
            (_candidate(rnd, topping, side) for _ in range(70)),
            key=lambda spot: _room(spot, mine, others),
        )
        scale = round(rnd.uniform(topping.smallest, topping.largest), 2)
        mine.append((round(x, 1), round(y, 1), round(rnd.uniform(0, 360)), scale))
    return mine


def _candidate(rnd: random.Random, topping: Topping, side: int) -> tuple[float, float]:
    """A random place on one half, clear of the middle line so that halves read cleanly."""
    while True:
        far, angle = topping.spread * math.sqrt(rnd.uniform(0.004, 1)), rnd.uniform(0, math.tau)
        x, y = far * math.cos(angle), far * math.sin(angle)
        if abs(x) >= topping.reach * 0.72:
            return abs(x) * side, y


def _room(spot: tuple[float, float], mine: list[Place], others: list[tuple[float, float, float]]) -> float:
    own = min((math.hypot(spot[0] - x, spot[1] - y) for x, y, _, _ in mine), default=150.0)
    other = min((math.hypot(spot[0] - x, spot[1] - y) - (reach - 12) for x, y, reach in others), default=60.0)
    return min(own, 90) + 0.38 * min(other, 34)


def grow_missing() -> dict[str, list[Place]]:
    """The kept table plus places for toppings that have none, the largest first."""
    table = places() if TABLE.exists() else {}
    taken = [(x, y, TOPPINGS[key].reach) for key in table for x, y, _, _ in table[key][: TOPPINGS[key].count]]
    for key in sorted(TOPPINGS.keys() - table.keys(), key=lambda k: (-TOPPINGS[k].reach, k)):
        table[key] = grow(key, TOPPINGS[key], taken)
        taken += [(x, y, TOPPINGS[key].reach) for x, y, _, _ in table[key][: TOPPINGS[key].count]]
    return table


if __name__ == "__main__":
    rows = ",\n".join(f'"{key}": {json.dumps(table, separators=(",", ":"))}' for key, table in grow_missing().items())
    TABLE.write_text(f"{{\n{rows}\n}}\n")
