"""A pizzeria's real day in front of a running shop: customers who order and kitchens that work, at many times speed."""
