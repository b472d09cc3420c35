"""What the payment provider says, read from its answers into frozen values; and the ways in which it says nothing."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

CURRENCY = "usd"
SUPERSEDED, ABANDONED = "duplicate", "abandoned"


class ProviderSilent(Exception):
    """No answer that says what happened. `broke`: it answered 5xx, and will to the same idempotency key."""

    def __init__(self, why: str, *, broke: bool = False) -> None:
        super().__init__(why)
        self.broke = broke


class ProviderRefused(Exception):
    """The provider understood and said no; `declined`: the customer's bank did."""

    def __init__(self, code: str, words: str, *, declined: bool = False) -> None:
        super().__init__(f"{code}: {words}")
        self.code, self.words, self.declined = code, words, declined


class Forged(Exception):
    """A message that the provider did not sign."""


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A card as its owner knows it; its number is nowhere in our house."""

    method_id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int

    @classmethod
    def read(cls, method_id: str | None, card: dict[str, Any]) -> "CardSeen":
        """From a payment method, or from what a charge says of one."""
        return cls(
            method_id or "",
            (card.get("brand") or "")[:20],
            (card.get("last4") or "")[:4],
            card.get("exp_month") or 0,
            card.get("exp_year") or 0,
        )


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment as the provider has it. `payment_id` is the one that we wrote into its metadata, in digits.

    `keeps_card` says that the card may be kept for its customer; `bank_url` is where the bank asks its question.
    """

    id: str
    status: str
    amount_cents: int
    received_cents: int
    currency: str
    payment_id: str
    superseded: bool = False
    failed_try: str = ""
    decline_words: str = ""
    card: CardSeen = CardSeen("", "", "", 0, 0)
    refunded_cents: int = 0
    keeps_card: bool = False
    bank_url: str = ""
    client_secret: str = field(default="", repr=False)

    @classmethod
    def read(cls, seen: dict[str, Any]) -> "Intent":
        """From the provider's answer."""
        failed: dict[str, Any] = seen.get("last_payment_error") or {}
        charge = seen.get("latest_charge")
        charge = charge if isinstance(charge, dict) else {}
        action = (seen.get("next_action") or {}).get("redirect_to_url") or {}
        return cls(
            id=seen["id"],
            status=seen["status"],
            amount_cents=seen["amount"],
            received_cents=seen.get("amount_received") or 0,
            currency=seen["currency"],
            payment_id=(seen.get("metadata") or {}).get("payment", ""),
            superseded=seen.get("cancellation_reason") == SUPERSEDED,
            failed_try=failed.get("charge")
            or (failed.get("payment_method") or {}).get("id")
            or failed.get("code")
            or "",
            decline_words=failed.get("message") or "",
            card=CardSeen.read(
                charge.get("payment_method"), (charge.get("payment_method_details") or {}).get("card") or {}
            ),
            refunded_cents=charge.get("amount_refunded") or 0 if charge.get("captured") else 0,
            keeps_card=bool(seen.get("setup_future_usage") and seen.get("customer")),
            bank_url=action.get("url") or "",
            client_secret=seen.get("client_secret") or "",
        )


@dataclass(frozen=True, slots=True)
class Session:
    """A payment page at the provider: `open`, `complete` or `expired`, and the intent behind it once somebody tried."""

    id: str
    status: str
    intent_id: str | None
    url: str

    @classmethod
    def read(cls, seen: dict[str, Any]) -> "Session":
        """From the provider's answer."""
        return cls(seen["id"], seen["status"], seen.get("payment_intent"), seen.get("url") or "")


@dataclass(frozen=True, slots=True)
class Returned:
    """A refund as the provider has it; `why` it failed, in its words."""

    id: str
    status: str
    refund_id: str
    why: str = ""

    @classmethod
    def read(cls, seen: dict[str, Any]) -> "Returned":
        """From the provider's answer."""
        ours = (seen.get("metadata") or {}).get("refund", "")
        return cls(seen["id"], seen.get("status") or "pending", ours, seen.get("failure_reason") or "")


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute as the provider has it: what its bank claims back, why, and until when an answer counts."""

    id: str
    status: str
    cents: int
    reason: str
    due_at: datetime | None

    @classmethod
    def read(cls, seen: dict[str, Any]) -> "Disputed":
        """From the provider's answer."""
        due = (seen.get("evidence_details") or {}).get("due_by")
        moment = datetime.fromtimestamp(due, UTC) if due else None
        return cls(seen["id"], seen["status"], seen["amount"], seen.get("reason") or "", moment)


@dataclass(frozen=True, slots=True)
class Setup:
    """A card that is being kept without a payment: `succeeded` once it may be used."""

    id: str
    status: str
    customer_id: str
    method_id: str
    client_secret: str = field(default="", repr=False)

    @classmethod
    def read(cls, seen: dict[str, Any]) -> "Setup":
        """From the provider's answer."""
        return cls(
            seen["id"],
            seen["status"],
            seen.get("customer") or "",
            seen.get("payment_method") or "",
            seen.get("client_secret") or "",
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """A message: what kind, and which of our payments it names, by our number or by its intent."""

    id: str
    kind: str
    payment_id: int | None
    intent_id: str | None

    @classmethod
    def read(cls, event: dict[str, Any]) -> "Notice":
        """From an event. Raises LookupError, AttributeError or TypeError for what is none."""
        about = event["data"]["object"]
        ours = _number((about.get("metadata") or {}).get("payment"))
        intent_id = about.get("payment_intent")
        return cls(event["id"], event["type"], ours, intent_id if isinstance(intent_id, str) else None)


def _number(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 18 else None
