"""How much of one order each role may give back without asking a second person."""

from app.users.service import Role, Who

# Cents of one order in all, so that no one goes past a limit in small steps. None: without limit.
ALONE: dict[Role, int | None] = {Role.COUNTER: 25_00, Role.MANAGER: 100_00, Role.ADMIN: None}


def alone_cents(person: Who, store_id: int) -> int | None:
    """What somebody may give back of one order at a store on their own word; None for as much as there is."""
    limits = [ALONE.get(role, 0) for role in person.roles_at(store_id)]
    known = [limit for limit in limits if limit is not None]
    return max(known, default=0) if len(known) == len(limits) else None


def may_alone(person: Who, store_id: int, cents: int) -> bool:
    """Whether that much of one order is within their word."""
    limit = alone_cents(person, store_id)
    return limit is None or cents <= limit
