"""Who may do what with deals: the chain's are marketing's and admins', those of single stores their managers' too."""

from collections.abc import Sequence

from app.core.errors import NotFound
from app.menu import service as menu
from app.menu.service import Catalogue
from app.promotions import service as promotions
from app.promotions.service import Deal, Standing
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.users.service import Right, Who
from blueprints import who

PATH, DOOR = "/manage/deals", "deals"


MOST_PLACES = 200


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


def places(person: Who) -> list[StoreInfo]:
    """The stores whose deals somebody may edit: the first to open come first, and no more than a form can show."""
    found = stores.listed(among=person.places(Right.EDIT_DEALS), most=MOST_PLACES)
    return sorted(found, key=lambda info: info.id)


def place(person: Who, wanted: int | None = None) -> StoreInfo:
    """The store whose menu and clock a page goes by: the wanted one, else the first of theirs. Raises NotFound."""
    mine = places(person)
    found = next((info for info in mine if wanted is None or info.id == wanted), None)
    if found is None:
        raise NotFound
    return found


def offered(person: Who) -> Catalogue:
    """The menu that deals are written from."""
    return menu.catalogue(place(person).id)


def chain_wide(person: Who) -> bool:
    """Whether somebody may edit deals that hold at every store."""
    return person.may(Right.EDIT_DEALS, None)
