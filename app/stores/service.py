"""Public verbs of the stores domain: who delivers here, when, for how much, and one honest promise."""

from app.stores.breaks import end_of_day, pause, paused_until, requote, resume
from app.stores.calendar import schema, special_words
from app.stores.choosing import Chosen, chosen, in_words, written, written_one
from app.stores.directory import by_slug, count, first, listed, opening, regions, several, store
from app.stores.geo import Point
from app.stores.headcount import Headcount, headcount
from app.stores.hours import open_together
from app.stores.nearest import Spot, closest, delivering, in_reach, nearby
from app.stores.places import codes_within, locate, search, spot_of
from app.stores.promises import (
    accepts,
    accepts_at,
    days,
    drive_minutes,
    later_times,
    next_time,
    shapes,
    store_for,
    terms,
)
from app.stores.slots import book, release
from app.stores.values import Address, Ask, Method, Nearby, Opening, Promise, StoreInfo, Terms

__all__ = [
    "Address",
    "Ask",
    "Chosen",
    "Headcount",
    "Method",
    "Nearby",
    "Opening",
    "Point",
    "Promise",
    "Spot",
    "StoreInfo",
    "Terms",
    "accepts",
    "accepts_at",
    "book",
    "by_slug",
    "chosen",
    "closest",
    "codes_within",
    "count",
    "days",
    "delivering",
    "drive_minutes",
    "end_of_day",
    "first",
    "headcount",
    "in_reach",
    "in_words",
    "later_times",
    "listed",
    "locate",
    "nearby",
    "next_time",
    "open_together",
    "opening",
    "pause",
    "paused_until",
    "regions",
    "release",
    "requote",
    "resume",
    "schema",
    "search",
    "several",
    "shapes",
    "special_words",
    "spot_of",
    "store",
    "store_for",
    "terms",
    "written",
    "written_one",
]
