from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.core.db import db
from app.core.settings import Settings
from blueprints.gateway import limiter
from tests.edges.sockets import Silent, Sockets, until
from tests.factories.orders import placed
from wsgi import create_app


@dataclass
class Serving(Sockets):
    """The socket program in a thread of this process, so that tests can set its times."""

    app: Flask

    @property
    def taken(self) -> int:
        return self.app.extensions["seats"].taken


@pytest.fixture(scope="session")
def app_with_limits(environment, template) -> Flask:
    """Making a program, and compiling the pages that it draws, takes longer than most tests of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limiter, "enabled", limiter.enabled)  # one limiter for every program in this process
        return create_app(settings=Settings.from_env({**environment, "RATE_LIMITS": "on"}))


@pytest.fixture
def limited(shop, app_with_limits, monkeypatch) -> Iterator[Flask]:
    """The shop with its limits on, and nothing counted yet."""
    monkeypatch.setattr(limiter, "enabled", True)
    with app_with_limits.app_context():
        limiter.reset()
    yield app_with_limits
    with app_with_limits.app_context():
        limiter.reset()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def serve(shop, environment) -> Iterator[Callable[..., Serving]]:
    """Starts the socket program on a port of its own, with settings as asked."""
    running = []

    def start(**settings: object) -> Serving:
        app = create_app("sockets", replace(Settings.from_env(environment), **settings))
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        running.append((app, server, thread))
        return Serving(server.port, app)

    yield start
    for app, server, thread in running:
        app.extensions["hub"].stop()
        until(lambda app=app: app.extensions["seats"].taken == 0)
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def sockets(serve) -> Serving:
    return serve()


@pytest.fixture
def order_id(shop, work_off) -> int:
    made = placed()
    work_off()
    return made
