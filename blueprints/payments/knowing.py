"""What a checkout knows of a customer before they type anything."""

from app.orders import past
from app.users import phones
from app.users import service as users


def known_of(user_id: int | None) -> dict[str, str]:
    """Name, phone and email of a customer, the phone of their latest order where they keep none; nothing of guests."""
    if user_id is None:
        return {}
    mine = users.account(user_id)
    phone = mine.phone or past.phone_of(user_id)
    return {"name": mine.name, "phone": phones.in_words(phone), "email": mine.email}
