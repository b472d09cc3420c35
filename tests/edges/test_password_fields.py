"""Fields for passwords are such that browsers and their keepers of passwords can fill them, and nobody reads along."""

import re
from pathlib import Path

import pytest

from tests.factories.customers import at_home, customer
from tests.factories.hands import Hands

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).parents[2]
FIELDS = re.compile(r"<input[^>]*(?:name=\"[a-z_]*password\"|type=\"password\")[^>]*>")
PAGES = {
    "/sign-in": "current-password",
    "/register": "new-password",
    "/account/security": "new-password",
    "/confirm?next=/account/privacy": "current-password",
}


@pytest.mark.parametrize("path", PAGES)
def test_a_password_is_hidden_named_for_its_keeper_and_as_long_as_one_likes(shop, path, monkeypatch):
    hands = Hands(monkeypatch)
    client = at_home(shop, customer()) if path.startswith(("/account", "/confirm")) else shop.test_client()
    hands.move(minutes=6 if path.startswith("/confirm") else 0)
    found = FIELDS.findall(client.get(path).text)
    assert found, path
    for field in found:
        assert 'type="password"' in field
        assert f'autocomplete="{PAGES[path]}"' in field
        assert int((re.search(r'maxlength="(\d+)"', field) or ["", "128"])[1]) >= 128


def test_nothing_stops_who_pastes_one():
    for script in (ROOT / "static" / "js").glob("*.js"):
        assert "paste" not in script.read_text(), script.name
    for template in (ROOT / "templates").rglob("*.html"):
        assert "onpaste" not in template.read_text(), template.name
