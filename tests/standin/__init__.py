"""The payment stand-in, driven by Stripe's own library and by a browser."""
