"""What a pizzeria's customers really ordered on one day of 2015 (Maven Pizza, public), in the words of our menu."""

import csv
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(os.environ.get("SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data") / "maven_pizza"
# Theirs to the nearest of ours; what is like none of ours is the pizza of its kind.
OURS = {
    "hawaiian": "island",
    "pepperoni": "pepperoni",
    "pep_msh_pep": "pepperoni",
    "four_cheese": "four-cheese",
    "five_cheese": "four-cheese",
    "green_garden": "green-garden",
    "big_meat": "butchers-block",
    "the_greek": "harvest",
    "spicy_ital": "diavola",
    "veggie_veg": "garden",
    "bbq_ckn": "smokehouse",
}
KINDS = {"Chicken": "smokehouse", "Classic": "margherita", "Supreme": "farmhouse", "Veggie": "garden"}
SIZES = {"S": "s", "M": "m", "L": "l", "XL": "xl", "XXL": "xl"}


@dataclass(frozen=True, slots=True)
class Wish:
    """One order of the day: its number, seconds after the first one, and (product, size, how many) of each line."""

    number: int
    seconds: int
    lines: tuple[tuple[str, str, int], ...]


def found() -> bool:
    """Whether the real orders lie beside the project."""
    return (FOLDER / "orders.csv").exists()


def wishes(day: str, most: int) -> tuple[Wish, ...]:
    """The first orders of a day like `2015-11-27`. Raises FileNotFoundError, LookupError when nobody ordered then."""
    times = {row["order_id"]: _seconds(row["time"]) for row in _rows("orders") if row["date"] == day}
    if not times:
        raise LookupError(f"nobody ordered on {day}")
    chosen = sorted(times, key=lambda number: (times[number], int(number)))[:most]
    kinds, pizzas = {row["pizza_type_id"]: row["category"] for row in _rows("pizza_types")}, _rows("pizzas")
    known = {row["pizza_id"]: (row["pizza_type_id"], row["size"]) for row in pizzas}
    lines: defaultdict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for row in _rows("order_details"):
        if row["order_id"] in times:
            kind, size = known[row["pizza_id"]]
            lines[row["order_id"]].append((OURS.get(kind, KINDS[kinds[kind]]), SIZES[size], int(row["quantity"])))
    first = times[chosen[0]]
    return tuple(Wish(int(number), times[number] - first, tuple(lines[number])) for number in chosen)


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(newline="", encoding="latin-1") as file:
        return list(csv.DictReader(file))


def _seconds(time: str) -> int:
    hours, minutes, seconds = (int(part) for part in time.split(":"))
    return (hours * 60 + minutes) * 60 + seconds
