"""A payment stand-in: speaks Stripe's wire protocol on loopback for what the shop uses, with cards that are not real.

Read it from the outside in: `server` answers, `api` says what an endpoint is, `intents`, `refunds`, `sessions`,
`customers` and `events` are the endpoints, `charging` is what happens to a card, `hosted` is what a browser sees.

Left out, and refused aloud where asked for: saved-card setup, disputes, refunds that fail or take days, fees and
payouts, taxes and discounts on a payment page, and holds that lapse after seven days.
"""
