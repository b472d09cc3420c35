"""Roles and what each may do: one table that pages and tests read."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is at a store, or in the chain."""

    KITCHEN = "kitchen"
    COUNTER = "counter"
    MANAGER = "manager"
    MARKETING = "marketing"
    ADMIN = "admin"


class Right(StrEnum):
    """Something that staff may do at a store."""

    SEE_BOARD = "see_board"
    MOVE_TICKETS = "move_tickets"
    SEE_CONTACTS = "see_contacts"
    CANCEL_ORDERS = "cancel_orders"


KITCHEN_RIGHTS = frozenset({Right.SEE_BOARD, Right.MOVE_TICKETS})
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.KITCHEN: KITCHEN_RIGHTS,
    Role.COUNTER: KITCHEN_RIGHTS | {Right.SEE_CONTACTS, Right.CANCEL_ORDERS},
    Role.MANAGER: frozenset(Right),
    Role.MARKETING: frozenset(),
    Role.ADMIN: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who is signed in. `roles` are pairs of a role and the store it holds at, None for every store."""

    user_id: int
    name: str
    roles: tuple[tuple[Role, int | None], ...]

    @property
    def staff(self) -> bool:
        """Whether they work here at all."""
        return bool(self.roles)

    def may(self, right: Right, store_id: int) -> bool:
        """Whether they have a right at a store."""
        return any(right in RIGHTS[role] and place in {None, store_id} for role, place in self.roles)

    def stores(self, right: Right, all_ids: tuple[int, ...]) -> tuple[int, ...]:
        """Every store at which they have a right."""
        return tuple(store_id for store_id in all_ids if self.may(right, store_id))
