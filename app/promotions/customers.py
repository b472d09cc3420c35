"""Who somebody is to a limit per customer, pure: an account, an email address, a phone number; guests count too.

An order is made under each of these at once: whoever changes one of them is still known by the others (price law,
section 8).
"""

ACCOUNT, PHONE = "account:", "phone:"
DOTLESS = frozenset({"gmail.com", "googlemail.com"})  # to them, ana.lopez is analopez


def identities(*, account: int | None = None, email: str = "", phone: str = "") -> tuple[str, ...]:
    """Everything that an order's customer is known by, in one fixed order; empty for somebody still unknown."""
    known = [f"{ACCOUNT}{account}"] if account is not None else []
    known += [email_identity(email)] if email else []
    known += [f"{PHONE}{phone}"] if phone else []
    return tuple(known)


def email_identity(email: str) -> str:
    """An address as a mailbox: `Ana+pizza@Example.com` reaches the same person as `ana@example.com`."""
    name, _, host = email.strip().lower().rpartition("@")
    name = name.partition("+")[0] or name
    return f"email:{name.replace('.', '') if host in DOTLESS else name}@{host}"
