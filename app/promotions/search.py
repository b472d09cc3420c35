"""The search for the seating that gains most: exact, unit by unit, with a bound that cuts off what cannot win.

Units come in their fixed order. After each, one record is kept for every way in which the deals may stand, with the
most that was gained so far. Records that cannot reach the goal any more are dropped. A rough search may look ahead
first: it learns what is still to come at the most from every standing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.money import PPM
from app.promotions.layout import FRACTION_MASK, Choice, Layout

FEW_RECORDS = 16  # so few are not worth thinning

Path = tuple[Any, ...] | None  # the seats taken, the last first: (unit, number of its seat, what came before)
Layer = dict[int, tuple[int, Path]]  # by record, the most that was gained, and how
Ahead = Sequence[Mapping[int, int]]  # by unit and state, the most that is still to come


@dataclass(frozen=True, slots=True)
class Found:
    """Complete seatings, the most gained first; `lost` is a bound on those that were given up for want of steps.

    `layers` are the records before each unit, and after the last.
    """

    seatings: list[tuple[int, Path]]
    steps: int
    lost: int | None
    layers: list[Layer]


def search(layout: Layout, goal: int, most_steps: int, ahead: Ahead | None = None) -> Found:
    """The seatings that gain `goal` or more, after as many steps as `most_steps` allow (price law, section 5)."""
    layers: list[Layer] = [{0: (layout.hopes(0), None)}]
    lost, steps, units = None, 0, len(layout.seats)
    for unit in range(units):
        layer, choices = layers[-1], layout.choices(unit)
        width = max(1, (most_steps - steps) // ((units - unit) * len(choices)))
        if len(layer) > width:
            layer, given_up = _best_of(layer, width, layout, unit, ahead)
            lost = given_up if lost is None else max(given_up, lost)
        steps += len(layer) * len(choices)
        if ahead is None:
            layer = _seat(layer, choices, unit, goal - layout.rest[unit + 1])
            layer = _closed(layer, layout, unit)
        else:
            layer = _seat(layer, choices, unit, goal - max(ahead[unit + 1].values(), default=0))
            layer = _able(layer, ahead[unit + 1], layout.state_mask, goal)
        layers.append(_thinned(layer, layout))
    return Found(_complete(layers[-1], layout, goal), steps, lost, layers)


def look_ahead(layout: Layout, layers: Sequence[Layer]) -> Ahead:
    """What is still to come at the most from each standing that a rough search has met."""
    after = {record: -layout.hopes(record) for record in layers[-1]}
    rows = [after]
    for unit in range(len(layers) - 2, -1, -1):
        choices, before = layout.choices(unit), {}
        for record in layers[unit]:
            ways = [gain + after[then] for then, gain in _ways(record, choices) if then in after]
            if ways:
                before[record] = max(ways)
        after = before
        rows.append(after)
    rows.reverse()
    return rows


def _ways(record: int, choices: Sequence[Choice]) -> Iterator[tuple[int, int]]:
    """What a rough record may become, and what that gains."""
    for choice in choices:
        if choice.moves is None:
            yield record, choice.gain
        elif move := choice.moves[(record >> choice.shift) & choice.width]:
            yield record + move[0], choice.gain + move[1]


def _seat(layer: Layer, choices: Sequence[Choice], unit: int, floor: int) -> Layer:
    """Every record with every choice of one unit; of equal ones the better is kept."""
    seated: Layer = {}
    for key, (gained, path) in layer.items():
        for gain, bit, adds, moves, shift, width, fraction, place, number in choices:
            after, now = (key | bit) + adds, gained + gain
            if moves is not None:
                move = moves[(key >> shift) & width]
                if move is None:
                    continue
                after += move[0]
                now += move[1]
            if now < floor:
                continue
            if fraction:
                after += fraction << place
                if ((key >> place) & FRACTION_MASK) + fraction >= PPM:
                    after -= PPM << place
            known = seated.get(after)
            if known is None or now > known[0]:
                seated[after] = (now, (unit, number, path) if number >= 0 else path)
    return seated


def _best_of(layer: Layer, width: int, layout: Layout, unit: int, ahead: Ahead | None) -> tuple[Layer, int]:
    """The most promising records, and what the best of the others might have come to."""

    def promise(item: tuple[int, tuple[int, Path]]) -> int:
        return item[1][0] + (ahead[unit][item[0] & layout.state_mask] if ahead else layout.rest[unit])

    ranked = sorted(layer.items(), key=lambda item: -promise(item))
    return dict(ranked[:width]), promise(ranked[width])


def _able(layer: Layer, ahead: Mapping[int, int], mask: int, goal: int) -> Layer:
    """Those that can still reach the goal, by what is known of what is to come."""
    return {
        key: record
        for key, record in layer.items()
        if (more := ahead.get(key & mask)) is not None and record[0] + more >= goal
    }


def _closed(layer: Layer, layout: Layout, unit: int) -> Layer:
    """Those in which everything that was begun can still be completed."""
    for shift, width, ways in layout.closing(unit):
        layer = {key: record for key, record in layer.items() if (key >> shift) & width in ways}
    return layer


def _thinned(layer: Layer, layout: Layout) -> Layer:
    """Those than which no other that stands alike is better in any case."""
    if layout.aim.strict or layout.aim.rough or len(layer) < FEW_RECORDS:
        return layer
    best: dict[int, int] = {}
    mask, tolerance = layout.state_mask, layout.aim.tolerance
    for key, (gained, _) in layer.items():
        state = key & mask
        if gained > best.get(state, gained - 1):
            best[state] = gained
    return {key: record for key, record in layer.items() if record[0] + tolerance >= best[key & mask]}


def _complete(layer: Layer, layout: Layout, goal: int) -> list[tuple[int, Path]]:
    """What was gained in truth, by those that reach the goal."""
    gains = ((gained - layout.hopes(record), path) for record, (gained, path) in layer.items())
    return sorted((each for each in gains if each[0] >= goal), key=lambda each: -each[0])


def seated(path: Path) -> Iterator[tuple[int, int]]:
    """The units of a path and the numbers of their seats."""
    while path is not None:
        unit, number, path = path
        yield unit, number
