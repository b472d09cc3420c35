"""What the book of deeds calls each deed, as people read it."""

from collections.abc import Mapping

DEEDS: dict[str, str] = {
    "access.refused": "Was refused",
    "account.erase": "Erased their account",
    "account.export": "Asked for their own data",
    "audit.export": "Exported this list",
    "cash.hand_in": "Took a driver's cash in",
    "deal.change": "Changed a deal",
    "deal.code": "Made a code",
    "deal.codes": "Made many codes",
    "deal.create": "Wrote a deal",
    "deal.end": "Ended a deal",
    "deal.export": "Exported codes",
    "deal.flight": "Tried a deal on past orders",
    "deal.go_on": "Let a deal go on",
    "deal.import": "Took in a list of codes",
    "deal.pause": "Paused a deal",
    "deal.sheet": "Uploaded a list of codes",
    "deal.start": "Started a deal",
    "email_changed": "Changed their e-mail",
    "job.again": "Let long work go on",
    "job.cancel": "Stopped long work",
    "menu.import": "Imported the menu",
    "menu.price.end": "Took a price back",
    "menu.product": "Edited a product",
    "menu.stock": "Changed what is sold out",
    "menu.store_price": "Set a store's price",
    "menu.store_price.end": "Took a store's price back",
    "menu.topping": "Edited toppings",
    "money.export": "Exported what money came and went",
    "news.off": "Wants no more mails about deals",
    "news.on": "Agreed to mails about deals",
    "order.accept": "Accepted an order",
    "order.cancel": "Cancelled an order",
    "order.export": "Exported orders",
    "order.reject": "Turned an order down",
    "order.claim": "Brought an order into their account",
    "order.message": "Wrote to a customer",
    "order.place": "Took an order",
    "order.remake": "Made an order again at no charge",
    "order.search.drop": "Dropped a search",
    "order.search.keep": "Kept a search",
    "password_changed": "Changed their password",
    "person.disable": "Closed somebody's sign-in",
    "person.enable": "Opened somebody's sign-in",
    "person.import": "Invited people from a file",
    "person.invite": "Invited somebody",
    "person.join": "Took an invitation",
    "person.role.give": "Gave a role",
    "person.role.take": "Took a role away",
    "person.second_step_off": "Took somebody's second step off",
    "person.sheet": "Uploaded a file of people",
    "person.withdraw": "Withdrew an invitation",
    "recovery_code_used": "Signed in by a recovery code",
    "refund.again": "Tried a refund again",
    "refund.approve": "Approved a refund",
    "refund.ask": "Gave money back, or asked to",
    "refund.decline": "Declined a refund",
    "report.export": "Exported a report",
    "run.deliver": "Delivered an order",
    "run.fail": "Could not deliver an order",
    "run.take": "Took orders on the road",
    "second_step_off": "Turned their second step off",
    "second_step_on": "Turned their second step on",
    "store.day": "Changed a special day",
    "store.details": "Changed a store's details",
    "store.hours": "Changed hours",
    "store.kitchen": "Changed how the kitchen runs",
    "store.pause": "Paused orders",
    "store.quote": "Changed how long an order takes",
    "store.resume": "Took orders again",
    "store.zone": "Changed a delivery zone",
    "store.zone.drop": "Dropped a delivery zone",
    "stores.import": "Opened stores from a list",
    "ticket.move": "Moved a ticket",
    "ticket.print": "Printed a ticket",
    "ticket.printed": "Saw a ticket come out of the printer",
    "ticket.recall": "Brought a finished ticket back",
    "ticket.touch": "Touched a new ticket",
    "ticket.undo": "Moved a ticket back",
}


def detail_words(detail: Mapping[str, object]) -> str:
    """What a deed changed, on one line: `key: basil, sold out: yes`. Seals of words say nothing to anybody."""
    said = ((name, value) for name, value in detail.items() if value not in ("", None) and not name.endswith("_seal"))
    return ", ".join(f"{name.replace('_', ' ')}: {_word(value)}" for name, value in said)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_word(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{name} {_word(one)}" for name, one in value.items())
    return str(value)
