"""Who may do what with deals: the chain's are marketing's and admins', those of single stores their managers' too."""

from collections.abc import Sequence

from app.core.errors import Refusal
from app.menu import service as menu
from app.menu.service import Catalogue
from app.promotions import service as promotions
from app.promotions.service import Deal, Standing
from app.stores import service as stores
from app.stores.service import Chosen, StoreInfo
from app.users.service import Right, Who
from blueprints import who

PATH, DOOR = "/manage/deals", "deals"
MOST_OFFERED = 20


def anywhere() -> Who:
    """The member of staff, who may edit deals of some store. Raises Refusal 401 `sign_in`, Forbidden."""
    return who.somewhere(Right.EDIT_DEALS)


def of_stores(store_ids: Sequence[int]) -> Who:
    """The member of staff, who may edit deals that hold at these stores; none named means all. Raises Forbidden."""
    person = who.staff()
    for store_id in store_ids or (None,):
        if not person.may(Right.EDIT_DEALS, store_id):
            raise who.not_yours(Right.EDIT_DEALS, store_id)
    return person


def of_deal(deal_id: int) -> tuple[Who, Standing]:
    """The member of staff, and a deal that they may edit. Raises NotFound, Forbidden."""
    anywhere()
    found = promotions.standing(deal_id)
    return of_stores(found.deal.stores), found


def edits(person: Who, deal: Deal) -> bool:
    """Whether somebody may edit a deal."""
    return all(person.may(Right.EDIT_DEALS, store_id) for store_id in deal.stores or (None,))


def sees(person: Who, deal: Deal) -> bool:
    """Whether a deal holds at a store of somebody's."""
    return not deal.stores or any(person.may(Right.EDIT_DEALS, store_id) for store_id in deal.stores)


def places(person: Who) -> frozenset[int] | None:
    """The stores whose deals somebody may edit; None for every one there is."""
    return who.scope(Right.EDIT_DEALS, lambda: person).stores


def offered_places(person: Who) -> list[str]:
    """Some of their stores, as they are written in a field: to choose from instead of typing."""
    return [stores.written_one(info) for info in stores.listed(among=places(person), most=MOST_OFFERED)]


def chosen(person: Who, text: str) -> list[int]:
    """Their stores that a text names. Raises Refusal `unknown_store`, its field `stores`."""
    found = stores.chosen(text, places(person))
    if found.unknown:
        raise Refusal("unknown_store", unknown_words(found), field="stores")
    return list(found.ids)


def unknown_words(found: Chosen) -> str:
    """What to say of parts of a text that name no store of somebody's."""
    parts = " and ".join(f"“{part[:40]}”" for part in found.unknown[:3])
    return f"We know no store of yours for {parts}. Write numbers, ZIP codes, states, cities or names."


def place(person: Who, wanted: str = "") -> StoreInfo:
    """The store whose menu and clock a page goes by: the first that is named, else of theirs. Raises Refusal."""
    named, mine = chosen(person, wanted), places(person)
    return stores.store(named[0] if named else min(mine) if mine else stores.first())


def offered(person: Who) -> Catalogue:
    """The menu that deals are written from."""
    return menu.catalogue(place(person).id)


def chain_wide(person: Who) -> bool:
    """Whether somebody may edit deals that hold at every store."""
    return person.may(Right.EDIT_DEALS, None)
