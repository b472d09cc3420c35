"""Roles and what each may do: one table that pages and tests read."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is at a store, or in the chain."""

    KITCHEN = "kitchen"
    COUNTER = "counter"
    DRIVER = "driver"
    MANAGER = "manager"
    MARKETING = "marketing"
    ADMIN = "admin"


class Right(StrEnum):
    """Something that staff may do at a store, or for the whole chain."""

    SEE_BOARD = "see_board"
    MOVE_TICKETS = "move_tickets"
    SEE_CONTACTS = "see_contacts"
    CANCEL_ORDERS = "cancel_orders"
    REFUND = "refund"
    SELL_OUT = "sell_out"
    SET_PRICES = "set_prices"
    EDIT_DEALS = "edit_deals"
    EDIT_MENU = "edit_menu"
    DRIVE = "drive"
    RUN_STORE = "run_store"
    EDIT_STORE = "edit_store"
    OPEN_STORES = "open_stores"
    MANAGE_PEOPLE = "manage_people"
    SEE_AUDIT = "see_audit"
    SEE_REPORTS = "see_reports"
    SEE_OVERVIEW = "see_overview"


# About every store at once: a role at one store does not carry them.
CHAIN_RIGHTS = frozenset({Right.EDIT_MENU, Right.OPEN_STORES, Right.SEE_OVERVIEW})
KITCHEN_RIGHTS = frozenset({Right.SEE_BOARD, Right.MOVE_TICKETS, Right.SELL_OUT})
COUNTER_RIGHTS = frozenset({Right.SEE_CONTACTS, Right.CANCEL_ORDERS, Right.REFUND, Right.RUN_STORE, Right.DRIVE})
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.KITCHEN: KITCHEN_RIGHTS,
    Role.COUNTER: KITCHEN_RIGHTS | COUNTER_RIGHTS,
    Role.DRIVER: frozenset({Right.DRIVE}),
    Role.MANAGER: frozenset(Right) - CHAIN_RIGHTS,
    Role.MARKETING: frozenset({Right.SET_PRICES, Right.EDIT_MENU, Right.EDIT_DEALS, Right.SEE_REPORTS}),
    Role.ADMIN: frozenset(Right),
}
# Whoever can change prices, people or a whole store signs in with a second step.
SECURED_ROLES = frozenset({Role.MANAGER, Role.MARKETING, Role.ADMIN})


# Which roles somebody may give, take and invite to: never one above their own.
GIVES: dict[Role, frozenset[Role]] = {
    Role.MANAGER: frozenset({Role.KITCHEN, Role.COUNTER, Role.DRIVER, Role.MANAGER}),
    Role.ADMIN: frozenset(Role),
}
# Each right as the page of rights tells it.
IN_WORDS: dict[Right, str] = {
    Right.SEE_BOARD: "See the kitchen board and its orders",
    Right.MOVE_TICKETS: "Accept orders or turn them down, move and print tickets",
    Right.SELL_OUT: "Mark what is sold out",
    Right.SEE_CONTACTS: "See customers' names, phones and addresses",
    Right.CANCEL_ORDERS: "Cancel orders",
    Right.REFUND: "Give money back or make an order again, up to the role's limit; see the till, take drivers' cash in",
    Right.DRIVE: "Take deliveries on the road, with name and address of each, and their cash",
    Right.RUN_STORE: "Pause orders and change how long one takes",
    Right.SET_PRICES: "Set a store's prices",
    Right.EDIT_DEALS: "Write deals and give out codes",
    Right.EDIT_STORE: "Change hours, zones and fees",
    Right.MANAGE_PEOPLE: "Invite people, give and take roles",
    Right.SEE_AUDIT: "See and export who did what",
    Right.SEE_REPORTS: "See and export what was sold",
    Right.EDIT_MENU: "Edit the menu of the chain",
    Right.OPEN_STORES: "Open new stores",
    Right.SEE_OVERVIEW: "See the whole chain at a glance",
}


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who is signed in. `roles` are pairs of a role and the store it holds at, None for every store.

    `secured` says whether they sign in with a second step.
    """

    user_id: int
    name: str
    roles: tuple[tuple[Role, int | None], ...]
    secured: bool = False

    @property
    def staff(self) -> bool:
        """Whether they work here at all."""
        return bool(self.roles)

    @property
    def needs_second_step(self) -> bool:
        """Whether a role of theirs wants one."""
        return any(role in SECURED_ROLES for role, _ in self.roles)

    @property
    def must_secure(self) -> bool:
        """Whether they need a second step and do not have it yet."""
        return self.needs_second_step and not self.secured

    def may(self, right: Right, store_id: int | None) -> bool:
        """Whether they have a right at a store; at every one of them for None, as the chain's rights need it."""
        store_id = None if right in CHAIN_RIGHTS else store_id
        return any(right in RIGHTS[role] and place in {None, store_id} for role, place in self.roles)

    def may_somewhere(self, right: Right) -> bool:
        """Whether there is any store at which they have a right."""
        return any(self.may(right, place) for _, place in self.roles)

    def may_at_each(self, right: Right, stores: Collection[int] | None) -> bool:
        """Whether they have a right somewhere, and at each of these stores; at every one there is for None."""
        if stores is None:
            return self.may(right, None)
        return self.may_somewhere(right) and all(self.may(right, place) for place in stores)

    def roles_at(self, store_id: int | None) -> tuple[Role, ...]:
        """What they are at a store; everything that they are anywhere for None."""
        return tuple(dict.fromkeys(role for role, place in self.roles if store_id in {None, place} or place is None))

    def gives(self, role: Role, store_id: int | None) -> bool:
        """Whether they may give somebody a role at a store, or take it away; at every store for None."""
        return any(role in GIVES.get(own, ()) and place in {None, store_id} for own, place in self.roles)

    @property
    def stores(self) -> frozenset[int] | None:
        """The stores at which they are anything; None for every one there is. No query of theirs sees more."""
        held = [place for _, place in self.roles]
        return None if None in held else frozenset(place for place in held if place is not None)

    def places(self, right: Right) -> frozenset[int] | None:
        """The stores at which they have a right; None for every one there is, which nobody counts here."""
        if self.may(right, None):
            return None
        return frozenset(place for _, place in self.roles if place is not None and self.may(right, place))
