"""Secrets of this machine: made once, kept where only the owner reads, never in the repository."""

import json
import os
import secrets
from pathlib import Path

NAMES = ("SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
PREFIXES = {"STRIPE_SECRET_KEY": "sk_test_", "STRIPE_PUBLISHABLE_KEY": "pk_test_", "STRIPE_WEBHOOK_SECRET": "whsec_"}


def load(path: Path) -> dict[str, str]:
    """The secrets in the file, with those that were missing made and written (mode 0600)."""
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: PREFIXES.get(name, "") + secrets.token_hex(24) for name in NAMES if name not in known}
    if missing:
        write_private(path, json.dumps(known | missing, indent=2))
    return known | missing


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
    fresh.replace(path)
