"""What must hold after any storm. Each check gives the cases that break it, in words; none, and it holds."""

import email
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from functools import cached_property
from itertools import groupby, pairwise
from typing import Any

from app.orders.status import DEAD, IN_KITCHEN
from app.orders.status import MOVES as ORDER_MOVES
from app.payments.status import MOVES as PAYMENT_MOVES
from app.payments.status import WAITING
from app.stores.values import Method
from app.tracking.stages import Stage, may_move
from tests.chaos.customers import Diary
from tests.chaos.shop import Shop

KEEPS = ("requires_capture", "succeeded")  # what an intent's status is while there is money in it
Check = Callable[["Evidence"], list[str]]
PAYMENTS = """
SELECT p.*, o.status AS order_status, o.cart_id FROM payments p JOIN orders o ON o.id = p.order_id ORDER BY p.id
"""


@dataclass
class Evidence:
    """What is there after a storm: the shop's tables, the provider's books, and what customers were told."""

    shop: Shop
    diary: Diary
    deaths: int

    def rows(self, query: str) -> list[Any]:
        return self.shop.rows(query)

    @cached_property
    def books(self) -> Mapping[str, list[dict[str, Any]]]:
        return self.shop.books()

    @cached_property
    def payments(self) -> dict[int, Any]:
        return {row.id: row for row in self.rows(PAYMENTS)}

    @cached_property
    def intents(self) -> dict[str, dict[str, Any]]:
        return {intent["id"]: intent for intent in self.books["payment_intents"]}

    def payment_of(self, intent: dict[str, Any]) -> Any:
        """Our payment that an intent names; None when there is none."""
        return self.payments.get(int(intent["metadata"].get("payment", 0)))

    def charges(self, intent_id: str) -> list[dict[str, Any]]:
        """An intent's charges that the bank approved."""
        found = self.books["charges"]
        return [one for one in found if one["payment_intent"] == intent_id and one["status"] == "succeeded"]


def money_without_an_order(seen: Evidence) -> list[str]:
    """Whoever's money is held or taken has an order, and it knows of that money."""
    kept = [intent for intent in seen.intents.values() if intent["status"] in KEEPS]
    strays = [one for one in kept if (row := seen.payment_of(one)) is None or row.intent_id != one["id"]]
    return [f"{one['id']} keeps {one['amount']}" for one in strays]


def a_cart_charged_twice(seen: Evidence) -> list[str]:
    kept = (seen.payment_of(intent) for intent in seen.intents.values() if intent["status"] in KEEPS)
    times = Counter(row.cart_id for row in kept if row is not None)
    return [f"cart {cart}: {count} intents" for cart, count in times.items() if count > 1]


def an_intent_charged_twice_or_of_another_amount(seen: Evidence) -> list[str]:
    return [
        f"{intent['id']}: {len(charges)} charges of {[one['amount'] for one in charges]}"
        for intent in seen.intents.values()
        if (charges := seen.charges(intent["id"])) and (len(charges) > 1 or not _as_agreed(seen, intent, charges[0]))
    ]


def _as_agreed(seen: Evidence, intent: dict[str, Any], charge: dict[str, Any]) -> bool:
    row = seen.payment_of(intent)
    return row is None or (charge["amount"], charge["amount_captured"]) in {
        (row.amount_cents, 0),
        (row.amount_cents,) * 2,
    }


def a_hold_left_on_a_dead_order(seen: Evidence) -> list[str]:
    held = (intent for intent in seen.intents.values() if intent["status"] == "requires_capture")
    return [one["id"] for one in held if (row := seen.payment_of(one)) is not None and row.order_status in DEAD]


def an_approved_card_in_a_failed_order(seen: Evidence) -> list[str]:
    """A card that the bank approved in time never ends in an order that failed or expired."""
    return [
        f"order {row.order_id} ({row.order_status}): {intent['id']}"
        for intent in seen.intents.values()
        if (row := seen.payment_of(intent)) is not None and row.order_status in {"payment_failed", "expired"}
        for charge in seen.charges(intent["id"])
        if charge["created"] + 1 < _moment(row.created_at).timestamp() + seen.shop.plan.to_pay
    ]


def cooked_without_authorisation(seen: Evidence) -> list[str]:
    """Nobody starts on an order before its money is there, or after it was called off."""
    cooked = {row.order_id for row in seen.rows("SELECT order_id FROM stage_moves")}
    authorised = {row.order_id for row in seen.rows(_PAID)}
    return [
        f"order {order_id}: {' '.join(said)}"
        for order_id, said in _orders_told(seen)
        if order_id in cooked and (order_id not in authorised or not _before("making", DEAD, said))
    ]


_PAID = """
SELECT p.order_id FROM payments p JOIN payment_events e ON e.payment_id = p.id WHERE e.status = 'authorised'
"""


def _before(step: str, ends: frozenset[Any], said: list[str]) -> bool:
    return step in said and not any(end in said[: said.index(step)] for end in ends)


def not_exactly_one_ticket(seen: Evidence) -> list[str]:
    """Every order that its store accepted has its ticket, and every ticket had its money."""
    tickets = Counter(row.order_id for row in seen.rows("SELECT order_id FROM tickets"))
    said = dict(_orders_told(seen))
    missing = [order_id for order_id, moves in said.items() if "accepted" in moves and tickets[order_id] != 1]
    return [f"order {order_id}: {tickets[order_id]}" for order_id in missing] + [
        f"ticket {order_id} of an order that was never placed" for order_id in tickets if "placed" not in said[order_id]
    ]


def cooked_and_not_captured(seen: Evidence) -> list[str]:
    due = [row for row in seen.payments.values() if row.order_status in _due(row)]
    return [f"order {row.order_id}: {row.status}" for row in due if row.captured_cents != row.amount_cents]


def _due(row: Any) -> frozenset[str]:
    return frozenset({"completed"}) if row.method == "cash" else IN_KITCHEN


def redemptions_over_a_limit_or_counter_off(seen: Evidence) -> list[str]:
    """What counters say is what the uses add up to, within every limit; each order that has a deal has its use, each
    that came to nothing has none, and no customer has more than theirs."""
    return [
        *(
            f"{row.what} {row.id}: {row.reserved}+{row.redeemed} of {row.most}, used {row.held}+{row.used}"
            for row in seen.rows(_COUNTED)
            if (row.reserved, row.redeemed) != (row.held, row.used)
            or (row.most is not None and row.held + row.used > row.most)
        ),
        *(f"deal {row.deal_id}: {row.identity} {row.times} times" for row in seen.rows(_CLAIMED)),
        *(f"use {row.id} of order {row.order_id} ({row.state}, {row.status})" for row in seen.rows(_ASTRAY)),
        *_unlike_their_orders(seen),
    ]


def _unlike_their_orders(seen: Evidence) -> Iterator[str]:
    used: dict[int, set[int]] = {}
    for row in seen.rows("SELECT order_id, deal_id FROM redemptions"):
        used.setdefault(row.order_id, set()).add(row.deal_id)
    for row in seen.rows("SELECT id, deals FROM orders"):
        frozen = json.loads(row.deals) if isinstance(row.deals, str) else row.deals
        if {deal_id for deal_id, *_ in frozen} != used.get(row.id, set()):
            yield f"order {row.id} has deals {frozen}, uses {used.get(row.id)}"


_USED = """
  (SELECT count(*) FROM redemptions r WHERE r.{key} = c.id AND r.state = 'reserved') AS held,
  (SELECT count(*) FROM redemptions r WHERE r.{key} = c.id AND r.state = 'redeemed') AS used
"""
_COUNTED = f"""
SELECT 'deal' AS what, c.id, c.reserved, c.redeemed, c."limit" AS most, {_USED.format(key="deal_id")} FROM deals c
UNION ALL
SELECT 'code' AS what, c.id, c.reserved, c.redeemed, c."limit" AS most, {_USED.format(key="code_id")} FROM deal_codes c
"""  # noqa: S608 (texts from above)
_CLAIMED = """
SELECT c.deal_id, c.identity, count(*) AS times FROM deal_claims c JOIN deals d ON d.id = c.deal_id
GROUP BY c.deal_id, c.identity, d.limit_per_customer HAVING count(*) > d.limit_per_customer
"""
# A use comes back when its order ends before making starts; else it is redeemed with the payment.
_ASTRAY = """
SELECT r.id, r.order_id, r.state, o.status FROM redemptions r JOIN orders o ON o.id = r.order_id WHERE r.state <> CASE
  WHEN o.status IN ('payment_failed', 'expired', 'rejected', 'cancelled')
    AND NOT EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = o.id AND e.status = 'making') THEN 'released'
  WHEN o.status = 'pending_payment' THEN 'reserved' ELSE 'redeemed' END
"""


def slot_overbooked(seen: Evidence) -> list[str]:
    """No quarter of an hour has more than its places, and its counter is what its orders add up to."""
    return [
        f"slot {row.id}: {row.booked} booked of {row.capacity}, orders hold {row.held}"
        for row in seen.rows(_SLOTS)
        if row.booked > row.capacity or row.booked != row.held
    ]


# Places come back when an order ends before its making starts.
_SLOTS = """
SELECT s.id, s.booked, s.capacity, coalesce((
  SELECT sum(o.places) FROM orders o WHERE o.store_id = s.store_id AND o.slot_at = s.starts_at AND NOT (
    o.status IN ('payment_failed', 'expired', 'rejected', 'cancelled')
    AND NOT EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = o.id AND e.status = 'making'))), 0) AS held
FROM store_slots s
"""


def our_money_unlike_the_providers(seen: Evidence) -> list[str]:
    return [
        f"payment {row.id} ({row.status}): ours {ours}, theirs {theirs}"
        for row in seen.payments.values()
        if row.method != "cash" and row.intent_id
        if (ours := (row.captured_cents, row.refunded_cents)) != (theirs := _theirs(seen, row.intent_id))
        or (row.status == "authorised") != (seen.intents[row.intent_id]["status"] == "requires_capture")
    ]


def _theirs(seen: Evidence, intent_id: str) -> tuple[int, int]:
    charges = [charge for charge in seen.charges(intent_id) if charge["captured"]]
    return sum(one["amount_captured"] for one in charges), sum(one["amount_refunded"] for one in charges)


def ledger_out_of_balance(seen: Evidence) -> list[str]:
    """Each transfer sums to zero, and the provider and the drawers hold what was captured and not refunded."""
    uneven = [f"{row.transfer}: {row.cents}" for row in seen.rows(_UNEVEN)]
    booked = {row.payment_id: row.cents for row in seen.rows(_EARNED)}
    return uneven + [
        f"payment {row.id}: booked {booked.get(row.id, 0)}, kept {kept}"
        for row in seen.payments.values()
        if (kept := row.captured_cents - row.refunded_cents) != booked.get(row.id, 0)
    ]


_UNEVEN = "SELECT transfer, sum(cents) AS cents FROM ledger GROUP BY transfer HAVING sum(cents) <> 0"
_EARNED = (
    "SELECT payment_id, sum(cents) AS cents FROM ledger WHERE account IN ('provider', 'drawer') GROUP BY payment_id"
)


def stuck(seen: Evidence) -> list[str]:
    """Nothing waits for anybody: no event, payment, refund or order."""
    return [
        *(f"event {row.id} ({row.kind})" for row in seen.rows("SELECT id, kind FROM outbox WHERE done_at IS NULL")),
        *(
            f"refund {row.id} ({row.state})"
            for row in seen.rows("SELECT id, state FROM refunds WHERE state <> 'succeeded'")
        ),
        *(f"payment {row.id} ({row.status}, order {row.order_status})" for row in seen.rows(PAYMENTS) if _stuck(row)),
    ]


def _stuck(row: Any) -> bool:
    if row.status in WAITING or row.order_status == "pending_payment":
        return True
    if row.status == "authorised":
        return row.order_status in DEAD or (row.order_status in IN_KITCHEN and row.method != "cash")
    return row.order_status in DEAD and row.refunded_cents != row.captured_cents


def two_orders_for_a_cart_or_one_that_is_not_there(seen: Evidence) -> list[str]:
    """A cart became one order, whoever was shown an order has it, and no tracker said otherwise."""
    said = dict(_orders_told(seen))
    doubled = seen.rows("SELECT cart_id FROM orders GROUP BY cart_id HAVING count(*) > 1")
    return [
        *(f"cart {row.cart_id}" for row in doubled),
        *(f"order {order_id} was shown" for order_id in seen.diary.orders if order_id not in said),
        *(
            f"order {order_id} was called paid"
            for order_id in seen.diary.placed
            if "placed" not in said.get(order_id, ())
        ),
        *(
            f"order {order_id} was called off"
            for order_id in seen.diary.called_off
            if not DEAD.intersection(said.get(order_id, ()))
        ),
    ]


def an_effect_not_exactly_once(seen: Evidence) -> list[str]:
    """Every event took effect, and none twice, however often it was handed out."""
    return [f"event {row.id} ({row.kind}): {row.times} times" for row in seen.rows(_TIMES)]


_TIMES = """
SELECT o.id, o.kind, count(e.event_id) AS times FROM outbox o LEFT JOIN storm_effects e ON e.event_id = o.id
WHERE o.done_at IS NOT NULL GROUP BY o.id, o.kind HAVING count(e.event_id) <> 1
"""


def a_mail_missing_or_doubled(seen: Evidence) -> list[str]:
    """Each placed order has its mail, and so has each refund; none went twice, but over a death."""
    due = Counter({("is in", row.order_id): 1 for row in seen.rows(_PLACED)})
    due.update(("back", row.order_id) for row in seen.rows(_RETURNED))
    sent = Counter(_mails(seen.shop))
    more = {mail: times - max(due[mail], 1) for mail, times in sent.items() if times > max(due[mail], 1)}
    return [f"order {number}, {kind}: {sent[kind, number]} of {due[kind, number]}" for kind, number in due - sent] + [
        f"order {number}, {kind}: {times} more"
        for (kind, number), times in more.items()
        if sum(more.values()) > seen.deaths
    ]


ORDER, BACK = re.compile(r"Order (\d+) (.+)"), re.compile(r".+ back for order (\d+)")
_PLACED = "SELECT DISTINCT order_id FROM order_events WHERE status = 'placed'"
_RETURNED = """
SELECT p.order_id FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.state = 'succeeded'
"""


def _mails(shop: Shop) -> Iterator[tuple[str, int]]:
    """What customers were mailed, by its subject: "Order 7 is in" tells `is in` of 7, "$8.10 back for order 7" `back`.

    What a store's people are told of an order that nobody touches goes to several of them, and is none of it.
    """
    for file in shop.house.place.mail.glob("*.eml"):
        subject = email.message_from_bytes(file.read_bytes(), policy=policy.default)["Subject"]
        if told := ORDER.fullmatch(subject):
            yield told[2], int(told[1])
        elif told := BACK.fullmatch(subject):
            yield "back", int(told[1])
        elif not subject.startswith("Nobody touches order "):
            raise ValueError(f"a mail that no invariant knows: {subject}")


def an_illegal_or_gapped_history(seen: Evidence) -> list[str]:
    """Every history is numbered without gaps, makes only allowed moves, and ends where its subject stands."""
    return [
        *_bad_histories(seen, "order", ORDER_MOVES),
        *_bad_histories(seen, "payment", PAYMENT_MOVES),
        *_bad_taps(seen),
    ]


def _bad_histories(seen: Evidence, kind: str, moves: Mapping[Any, frozenset[Any]]) -> Iterator[str]:
    stands = {row.id: (row.seq, row.status) for row in seen.rows(_STANDS[kind])}
    for key, rows in groupby(seen.rows(_TOLD[kind]), key=lambda row: row.key):
        told = [(row.seq, row.status) for row in rows]
        legal = all(late in moves[early] for (_, early), (_, late) in pairwise(told))
        if [seq for seq, _ in told] != list(range(len(told))) or told[-1] != stands[key] or not legal:
            yield f"{kind} {key}: {told}, stands at {stands[key]}"


def _bad_taps(seen: Evidence) -> Iterator[str]:
    tickets = {row.order_id: row for row in seen.rows("SELECT order_id, seq, stage, method, baked FROM tickets")}
    query = 'SELECT order_id, seq, source, "to", reversal FROM stage_moves ORDER BY order_id, seq'
    for order_id, rows in groupby(seen.rows(query), key=lambda row: row.order_id):
        ticket, taps = tickets[order_id], list(rows)
        legal = all(
            tap.reversal or may_move(Stage(tap.source), Stage(tap.to), Method(ticket.method), baked=bool(ticket.baked))
            for tap in taps
        )
        ends = (taps[-1].seq, taps[-1].to) == (ticket.seq, ticket.stage)
        if [tap.seq for tap in taps] != list(range(1, len(taps) + 1)) or not legal or not ends:
            yield f"ticket {order_id}: {[(tap.source, tap.to) for tap in taps]}, stands at {ticket.stage}"


_STANDS = {"order": "SELECT id, seq, status FROM orders", "payment": "SELECT id, seq, status FROM payments"}
_TOLD = {
    "order": "SELECT order_id AS key, seq, status FROM order_events ORDER BY order_id, seq",
    "payment": "SELECT payment_id AS key, seq, status FROM payment_events ORDER BY payment_id, seq",
}


def _orders_told(seen: Evidence) -> Iterator[tuple[int, list[str]]]:
    """Each order's statuses, one after the other."""
    for order_id, rows in groupby(seen.rows(_TOLD["order"]), key=lambda row: row.key):
        yield order_id, [row.status for row in rows]


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


ALL: Mapping[str, Check] = {
    "money without an order": money_without_an_order,
    "a cart charged twice": a_cart_charged_twice,
    "an intent charged twice or of another amount": an_intent_charged_twice_or_of_another_amount,
    "a hold left on a dead order": a_hold_left_on_a_dead_order,
    "an approved card in a failed order": an_approved_card_in_a_failed_order,
    "cooked without authorisation": cooked_without_authorisation,
    "not exactly one ticket per accepted order": not_exactly_one_ticket,
    "cooked and not captured": cooked_and_not_captured,
    "redemptions over a limit or counter off": redemptions_over_a_limit_or_counter_off,
    "slot overbooked": slot_overbooked,
    "our captured or refunded unlike the provider's": our_money_unlike_the_providers,
    "ledger out of balance": ledger_out_of_balance,
    "anything stuck or undone": stuck,
    "two orders for one cart, or an order shown that is not there": two_orders_for_a_cart_or_one_that_is_not_there,
    "an effect not exactly once": an_effect_not_exactly_once,
    "a mail missing or doubled": a_mail_missing_or_doubled,
    "an illegal or gapped history": an_illegal_or_gapped_history,
}
