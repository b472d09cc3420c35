"""The deals as those see them who run them: how each stands, what it cost, and starting, pausing and ending it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.day import business_date
from app.core.errors import Conflict, Refusal
from app.orders import flights
from app.promotions import service as promotions
from app.promotions.service import Deal, Listed, Phase, Standing
from app.stores import service as stores
from app.users import service as users
from app.users.service import Who
from blueprints import desk
from blueprints.deal_words import card
from blueprints.desk import at_work, done, key
from blueprints.htmx import answer, piece_only
from blueprints.promotions import scope, trials
from blueprints.promotions.kinds import KINDS
from blueprints.promotions.scope import DOOR, PATH

pages = Blueprint("deals_staff", __name__)
pages.register_error_handler(Refusal, desk.refuse)
MOST_SHOWN = 200
SORTS = (("newest", "Newest first"), ("name", "Name"), ("uses", "Most used"), ("cost", "Most taken off"))


@dataclass(frozen=True, slots=True)
class Row:
    """A deal in the list: how it stands, and that in words."""

    standing: Standing
    phase: Phase
    words: str
    mine: bool

    @property
    def deal(self) -> Deal:
        """The deal in its present version."""
        return self.standing.deal

    @property
    def kind(self) -> str:
        """What kind of deal it is, in words."""
        return KINDS[self.deal.kind].name

    @property
    def uses(self) -> int:
        """Uses held and redeemed."""
        return self.standing.reserved + self.standing.redeemed


@dataclass(frozen=True, slots=True)
class Look:
    """What of the list is shown, and in which order."""

    q: str
    phase: str
    kind: str
    sort: str

    @classmethod
    def asked(cls) -> "Look":
        """As the address says."""
        args = request.args
        sort = args.get("sort", "newest")
        known = sort if sort in dict(SORTS) else "newest"
        return cls(args.get("q", "").strip()[:40], args.get("phase", "")[:20], args.get("kind", "")[:20], known)

    def shows(self, row: Row) -> bool:
        """Whether a deal is in the list."""
        said = f"{row.deal.name} {row.kind}".casefold()
        wanted = (self.phase in {"", row.phase}) and (self.kind in {"", row.deal.kind})
        return wanted and all(word in said for word in self.q.casefold().split())

    def order(self, row: Row) -> tuple[object, ...]:
        """What rows are sorted by."""
        keys = {"name": (row.deal.name.casefold(),), "uses": (-row.uses,), "cost": (-row.standing.off_cents,)}
        return (*keys.get(self.sort, ()), -row.deal.id)

    @property
    def url(self) -> str:
        """The page's address."""
        words = {"q": self.q, "phase": self.phase, "kind": self.kind, "sort": self.sort}
        said = {name: value for name, value in words.items() if value and (name, value) != ("sort", "newest")}
        return f"{PATH}?{urlencode(said)}" if said else PATH


@pages.get(PATH)
def list_page() -> ResponseReturnValue:
    return desk.page("promotions/desk/deals.html", DOOR, **_words(scope.anywhere()))


@pages.get("/x/manage/deals")
def list_piece() -> ResponseReturnValue:
    piece_only()
    words = _words(scope.anywhere())
    return answer(render_template("promotions/desk/_deals.html", **words), HX_Replace_Url=words["look"].url)


def _words(person: Who) -> dict[str, Any]:
    look = Look.asked()
    seen = [row for row in rows(person) if scope.sees(person, row.deal)]
    found = sorted((row for row in seen if look.shows(row)), key=look.order)
    return {
        "rows": found[:MOST_SHOWN],
        "more": max(0, len(found) - MOST_SHOWN),
        "any": bool(seen),
        "look": look,
        "phases": list(Phase),
        "kinds": [(kind, asked.name) for kind, asked in KINDS.items()],
        "sorts": SORTS,
    }


def rows(person: Who) -> list[Row]:
    """Every deal, the newest first."""
    return [_row(person, found) for found in promotions.standings()]


def _row(person: Who, found: Standing) -> Row:
    today = business_date(clock.now(), scope.place(person).zone)
    return Row(
        standing=found,
        phase=promotions.phase(found, today),
        words=promotions.phase_words(found, today),
        mine=scope.edits(person, found.deal),
    )


@pages.get(f"{PATH}/<row:deal_id>")
def deal_page(deal_id: int) -> ResponseReturnValue:
    return draw(deal_id)


def draw(deal_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    """A deal's page; after a refusal with its words, beside what was typed if they are about a field."""
    person, found = scope.of_deal(deal_id)
    codes = promotions.codes_of(deal_id, 1)
    menu = scope.offered(person)
    return desk.page(
        "promotions/desk/deal.html",
        DOOR,
        status=refusal.status if refusal else 200,
        wrong={refusal.field or "": refusal.message} if refusal else {},
        typed=request.form,
        row=_row(person, found),
        deal=found.deal,
        reading=card(Listed(found.deal, codes[0].code if codes else None, None), menu),
        flights=[(job, flights.result(job)) for job in flights.flights(f"{PATH}/{deal_id}/flights/{{id}}")],
        where=stores.in_words(found.deal.stores) if found.deal.stores else "",
        idem=key(),
        **trials.words(person, found.deal),
    )


@pages.post(f"{PATH}/<row:deal_id>/start")
def start(deal_id: int) -> ResponseReturnValue:
    return _did(deal_id, "start", promotions.publish, "It is on offer from the next order on.")


@pages.post(f"{PATH}/<row:deal_id>/pause")
def pause(deal_id: int) -> ResponseReturnValue:
    return _did(deal_id, "pause", promotions.pause, "Paused. Nobody gets it until it goes on.")


@pages.post(f"{PATH}/<row:deal_id>/pause/end")
def go_on(deal_id: int) -> ResponseReturnValue:
    return _did(deal_id, "go_on", promotions.publish, "It is on offer again.")


@pages.post(f"{PATH}/<row:deal_id>/end")
def end(deal_id: int) -> ResponseReturnValue:
    return _did(deal_id, "end", promotions.end, "Ended. The next order is priced without it.")


def _did(deal_id: int, deed: str, act: Callable[[int], None], said: str) -> ResponseReturnValue:
    """Do it, and write it down unless it was so already; what does not go any more is said on the page of the deal."""
    person, found = scope.of_deal(deal_id)
    try:
        act(deal_id)
    except Conflict as conflict:
        return draw(deal_id, conflict)
    at_work(person)
    if promotions.standing(deal_id).state != found.state:
        users.audit(person.user_id, f"deal.{deed}", f"deal:{deal_id}", version=found.deal.version)
    return done(said, f"{PATH}/{deal_id}")
