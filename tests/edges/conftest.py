import pytest
from flask import Flask

from app.core.db import db
from app.core.settings import Settings
from blueprints.gateway import limiter
from wsgi import create_app


@pytest.fixture
def limited(shop, environment, monkeypatch) -> Flask:
    """The shop with its limits on."""
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)  # one limiter for every program in this process
    made = create_app(settings=Settings.from_env({**environment, "RATE_LIMITS": "on"}))
    yield made
    with made.app_context():
        limiter.reset()
        db.session.remove()
        db.engine.dispose()
