"""A program in the tests' hands: it holds tokens, and speaks JSON."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.core.db import transaction
from app.users import grants, sessions
from app.users import service as users
from app.users.service import Role
from tests.conftest import browser
from tests.factories.orders import ELM_STREET
from tests.factories.staff import PASSWORD, hired

CONTACT = {"name": "Ana Lopez", "phone": "(312) 555-0142", "email": "ana@example.com"}
HOME = {
    "method": "delivery",
    "address": {"street": "12 Elm Street", "city": "Chicago", "zipCode": "60610"},
    "time": "asap",
}
COUNTER = {"method": "carryout", "storeId": str(ELM_STREET), "time": "asap"}


class Program:
    """A client of the API. `token` is what it sends as bearer."""

    def __init__(self, shop: Flask, token: str = "") -> None:
        self.client, self.token, self.keys = browser(shop), token, 0

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            said.setdefault("Authorization", f"Bearer {self.token}")
        sent = {} if body is None else {"json": body}
        return self.client.open(f"/api{path}", method=method, headers=said, **sent)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.ask("POST", path, {} if body is None else body, **headers)

    def keyed(self, path: str, body: Any, key: str = "") -> TestResponse:
        self.keys += 1
        return self.post(path, body, Idempotency_Key=key or f"a-key-of-mine-{self.keys}")

    def put(self, path: str, body: Any) -> TestResponse:
        return self.ask("PUT", path, body)

    def patch(self, path: str, body: Any) -> TestResponse:
        return self.ask("PATCH", path, body)

    def delete(self, path: str) -> TestResponse:
        return self.ask("DELETE", path)

    def checkout(self, *, method: str = "cash", key: str = "", **more: Any) -> TestResponse:
        """Check the cart out for what it costs now."""
        cart = self.get("/cart").json
        body = {"cartVersion": cart["version"], "expectedTotal": cart["quote"]["total"], "contact": CONTACT}
        return self.keyed("/orders/checkout", {**body, "payment": {"method": method}, **more}, key)


def guest(shop: Flask) -> Program:
    """A program of a guest."""
    made = Program(shop)
    made.token = made.post("/auth/guest").json["accessToken"]
    return made


def held_by(shop: Flask, user_id: int) -> Program:
    """A program in which somebody signed in a moment ago."""
    with transaction():
        return Program(shop, grants.grant(sessions.begin(user_id, "An app")).access)


def staff(shop: Flask, name: str = "Mina", role: Role = Role.MANAGER, store_id: int | None = ELM_STREET) -> Program:
    """A program of a new member of staff, with whatever second step they need."""
    email = hired(name, role, store_id)
    with transaction():
        entry = users.sign_in(email, PASSWORD)
        token = users.renew(entry.token) if role in users.SECURED_ROLES else entry.token
        return Program(shop, grants.grant(token).access)
