"""A payment stand-in: speaks Stripe's wire protocol on loopback for what the shop uses, with cards that are not real.

Read it from the outside in: `server` answers, `api` says what an endpoint is, `intents`, `refunds`, `sessions`,
`customers` and `events` are the endpoints, `charging` is what happens to a card, `hosted` is what a browser sees.
"""
