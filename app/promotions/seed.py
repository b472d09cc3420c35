"""The seeded deals: read from seed.toml, live at every store."""

import tomllib
from pathlib import Path

from sqlalchemy import select

from app.core.db import db
from app.promotions.drafting import add_code, publish, write
from app.promotions.models import Deal

FILE = Path(__file__).with_name("seed.toml")


def load() -> None:
    """Write the deals, in the open unit of work, unless there are any."""
    if db.session.scalar(select(Deal.id).limit(1)) is not None:
        return
    for terms in tomllib.loads(FILE.read_text())["deal"]:
        codes = terms.pop("codes", ())
        deal_id = write(terms)
        for code in codes:
            add_code(deal_id, code)
        publish(deal_id)
