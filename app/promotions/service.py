"""Public verbs of the promotions domain: the best offer for a cart, and uses that never pass a limit."""

from app.promotions.advice import near_misses, nudge, trials
from app.promotions.codes import normal
from app.promotions.customers import email_identity, identities
from app.promotions.drafting import add_code, change, end, pause, publish, write
from app.promotions.eligibility import Context, Obstacle, Reason, Uses, below_minimum, closed
from app.promotions.live import Live, fresh, live
from app.promotions.matching import eligible_cents, fits
from app.promotions.offers import (
    Coupon,
    Found,
    Listed,
    Reckoning,
    Wish,
    against,
    best_offer,
    code_of,
    deal,
    deals,
    look_up,
)
from app.promotions.phases import Phase, phase, phase_words
from app.promotions.standing import CodeUse, Standing, code_rows, codes_of, standing, standings, version
from app.promotions.trying import Tried, tried
from app.promotions.uses import forget_customers, redeem, release, reserve, used_with
from app.promotions.values import Application, Bill, Deal, Kind, NearMiss, Nudge, Offer, Slot, Stage, Trial, Unit
from app.promotions.windows import turns

__all__ = [
    "Application",
    "Bill",
    "CodeUse",
    "Context",
    "Coupon",
    "Deal",
    "Found",
    "Kind",
    "Listed",
    "Live",
    "NearMiss",
    "Nudge",
    "Obstacle",
    "Offer",
    "Phase",
    "Reason",
    "Reckoning",
    "Slot",
    "Stage",
    "Standing",
    "Trial",
    "Tried",
    "Unit",
    "Uses",
    "Wish",
    "add_code",
    "against",
    "below_minimum",
    "best_offer",
    "change",
    "closed",
    "code_of",
    "code_rows",
    "codes_of",
    "deal",
    "deals",
    "eligible_cents",
    "email_identity",
    "end",
    "fits",
    "forget_customers",
    "fresh",
    "identities",
    "live",
    "look_up",
    "near_misses",
    "normal",
    "nudge",
    "pause",
    "phase",
    "phase_words",
    "publish",
    "redeem",
    "release",
    "reserve",
    "standing",
    "standings",
    "trials",
    "tried",
    "turns",
    "used_with",
    "version",
    "write",
]
