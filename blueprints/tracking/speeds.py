"""How fast kitchens and drivers were, and how far the promises held, by the hour at which orders came in."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.errors import NotFound, Refusal
from app.tracking import speeds
from app.tracking.speeds import Minutes, SpeedReport, Speeds
from blueprints import desk, reporting
from blueprints.plots import Curves, curves, hour_words
from blueprints.reporting import Row

pages = Blueprint("speeds", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH = f"{reporting.PATH}/speeds"
MEASURES: dict[str, Callable[[Speeds], Minutes]] = {"prep": lambda each: each.prep, "road": lambda each: each.road}
FILES = frozenset({*MEASURES, "promises"})


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at the head of the report, and what it was before."""

    name: str
    amount: str
    before: str


@dataclass(frozen=True, slots=True)
class Course:
    """What one measure was by the hour: drawn, and as rows of (hour, minutes)."""

    plot: Curves
    rows: tuple[tuple[str, Minutes], ...]


@pages.get(PATH)
def speeds_page() -> ResponseReturnValue:
    found = reporting.scope()
    wanted = reporting.days(found)
    report = speeds.report(wanted.period, found.ids)
    return reporting.draw(
        PATH,
        "tracking/desk/speeds.html",
        found,
        wanted,
        report=report,
        tiles=_tiles(report),
        courses={name: _course(report, name) for name in MEASURES},
        kept=_kept(report),
        hours=[(hour_words(hour), each) for hour, each in report.hours],
        percent=percent,
    )


@pages.get(f"{PATH}/<measure>.csv")
def hand_out(measure: str) -> ResponseReturnValue:
    found = reporting.scope()
    if measure not in FILES:
        raise NotFound
    period = reporting.days(found).period
    return reporting.file(measure, found, period, _rows(measure, speeds.report(period, found.ids)))


def percent(part: int, whole: int) -> str:
    """`87 of 100`; a dash where there is nothing to say."""
    return f"{100 * part // whole} of 100" if whole else "–"


def _tiles(report: SpeedReport) -> tuple[Tile, ...]:
    figures: tuple[tuple[str, Callable[[Speeds], str]], ...] = (
        ("There by the promised time", lambda each: percent(each.in_time, each.orders)),
        ("Late ones, half of them by", lambda each: _minutes(each.late.half, each.late.count)),
        ("Ranges told that held", lambda each: percent(each.held, each.ranges)),
        ("Made within, nine in ten", lambda each: _minutes(each.prep.most, each.prep.count)),
        ("On the road, nine in ten", lambda each: _minutes(each.road.most, each.road.count)),
    )
    return tuple(Tile(name, say(report.all), say(report.before)) for name, say in figures)


def _minutes(minutes: int, count: int) -> str:
    return f"{minutes} min" if count else "–"


def _course(report: SpeedReport, name: str) -> Course:
    known = [(hour_words(hour), MEASURES[name](each)) for hour, each in report.hours]
    rows = tuple((hour, minutes) for hour, minutes in known if minutes.count)
    halves = [(each.half, f"{hour}: half within {each.half} minutes, {each.count} orders") for hour, each in rows]
    mosts = [(each.most, f"{hour}: nine in ten within {each.most} minutes") for hour, each in rows]
    return Course(curves([hour for hour, _ in rows], [halves, mosts]), rows)


def _kept(report: SpeedReport) -> Curves:
    rows = [(hour_words(hour), each) for hour, each in report.hours if each.orders]
    values = [
        (100 * each.in_time // each.orders, f"{hour}: {percent(each.in_time, each.orders)}") for hour, each in rows
    ]
    return curves([hour for hour, _ in rows], [values])


def _rows(plot: str, report: SpeedReport) -> list[Row]:
    if plot == "promises":
        head = ("hour", "orders", "in time", "late", "half of the late by", "ranges told", "ranges held")
        return [head, *((hour, *_promises(each)) for hour, each in report.hours)]
    known = [(hour, MEASURES[plot](each)) for hour, each in report.hours]
    return [("hour", "orders", "half within", "nine in ten within"), *((h, e.count, e.half, e.most) for h, e in known)]


def _promises(each: Speeds) -> tuple[int, ...]:
    return (each.orders, each.in_time, each.orders - each.in_time, each.late.half, each.ranges, each.held)
