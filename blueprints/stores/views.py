"""The stores: which are near, when they are open, and how to order there."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.core.settings import settings
from app.stores import service as stores
from app.stores.service import Nearby, Point, Spot
from blueprints.frame import closed_words, hours_now
from blueprints.gateway import allow_tiles, limiter
from blueprints.htmx import answer
from blueprints.stores import atlas

pages = Blueprint("stores", __name__)
MOST, LONGEST = 12, 120


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody looks for: words, or the place that their browser told on the press of a button."""

    words: str
    spot: Spot | None
    found: tuple[Nearby, ...]

    @property
    def here(self) -> Point | None:
        """The place that was found."""
        return self.spot.point if self.spot else None

    @property
    def exact(self) -> bool:
        """Whether the place is one that food can be brought to: a store may deliver to one part of a city only."""
        return self.spot is not None and not self.spot.wide

    @property
    def unknown(self) -> bool:
        """Whether the words name no place that we know."""
        return bool(self.words) and self.spot is None

    @classmethod
    def asked(cls) -> "Look":
        """As the address says."""
        words = " ".join(request.args.get("q", request.args.get("zip", "")).replace("\0", "").split())[:LONGEST]
        spot = _told() or (stores.search(words) if words else None)
        return cls(words, spot, stores.in_reach(stores.nearby(spot, MOST)))


def _told() -> Spot | None:
    """Where the browser says that it is; nothing for what is not on the globe."""
    try:
        return Spot(Point(float(request.args["lat"]), float(request.args["lon"])))
    except (KeyError, ValueError):
        return None


@pages.get("/stores")
@limiter.limit("60/minute")
def stores_page() -> ResponseReturnValue:
    allow_tiles()
    look, ours = Look.asked(), settings()
    page = render_template(
        "stores/stores.html",
        look=look,
        atlas=atlas.draw(look.found, look.here, stores.shapes([near.store.id for near in look.found])),
        more=look.spot is None and stores.count() > MOST,
        tiles=ours.tile_url,
        thanks=ours.tile_words,
        hours_now=hours_now,
    )
    return answer(page, 422 if look.unknown else 200)


@pages.get("/stores/all")
def all_stores_page() -> ResponseReturnValue:
    after = (request.args.get("after", "")[:60].replace("\0", ""), request.args.get("id", 0, type=int))
    found = stores.listed(after=after if after[0] else None, most=MOST * 4 + 1)
    return answer(render_template("stores/all.html", found=found[: MOST * 4], more=len(found) > MOST * 4))


@pages.get("/stores/<slug>")
def store_page(slug: str) -> ResponseReturnValue:
    info = stores.by_slug(slug)
    words = {"closed": closed_words(info), "hours": hours_now(info), "days": stores.special_words(info)}
    return answer(render_template("stores/store.html", store=info, schema=stores.schema(info), **words))
