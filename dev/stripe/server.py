"""The stand-in as a server: the API, the pages that a browser sees, and the controls."""

import threading
from functools import partial
from io import BytesIO

from flask import Flask, Response, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from dev.stripe import control, customers, disputes, events, hosted, intents, refunds, sessions, setups
from dev.stripe.api import ENDPOINTS
from dev.stripe.errors import ApiError
from dev.stripe.gate import Gate, in_json, written
from dev.stripe.world import World

# Importing these modules registers their endpoints.
_ENDPOINT_MODULES = (customers, disputes, events, intents, refunds, sessions, setups)


def create_app(world: World) -> Flask:
    """All that answers. The app belongs to one world."""
    app = Flask("dev.stripe", template_folder="pages")
    gate = Gate(world)
    for each in ENDPOINTS:
        app.add_url_rule(each.path, each.name, partial(gate.answer, each), methods=[each.method])
    app.register_error_handler(404, _no_such_url)
    hosted.register(app, world)
    control.register(app, world)
    return app


def _no_such_url(_: Exception) -> Response:
    message = f"Unrecognized request URL ({request.method}: {request.path})."
    return in_json(written(ApiError(404, message)))


class _Quiet(WSGIRequestHandler):
    """Keeps a shop's connection for its next call, as Stripe does. Werkzeug hangs up, not to mistake the rest of a
    body that nobody read for a call; here all of it is read first.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: BaseWSGIServer

    def run_wsgi(self) -> None:
        """Answer one call, unless the stand-in was stopped meanwhile."""
        if self.server.fileno() < 0:
            self.close_connection = True
            return
        environ = self.make_environ()
        environ["wsgi.input"] = BytesIO(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        response = Response.from_app(self.server.app, environ, buffered=True)
        self.send_response(response.status_code)
        for name, value in response.headers:
            self.send_header(name, value)
        if "Authorization" not in self.headers:  # a browser repeats by itself what it lost on a kept connection
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.get_data())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the shop's own log is the one to read."""


class Server:
    """A stand-in that listens, in threads of its own. `url` says where."""

    def __init__(self, world: World, host: str = "127.0.0.1", port: int = 0) -> None:
        self.world = world
        self._server: BaseWSGIServer = make_server(host, port, create_app(world), threaded=True, request_handler=_Quiet)
        self.url = world.base_url = f"http://{f'[{host}]' if ':' in host else host}:{self._server.port}"
        world.courier.start()

    def run(self) -> None:
        """Answer until stopped."""
        self._server.serve_forever(poll_interval=0.1)

    def start(self) -> None:
        """Answer in the background."""
        threading.Thread(target=self.run, name="payment-standin", daemon=True).start()

    def stop(self) -> None:
        """Stop answering and sending."""
        self._server.shutdown()
        self.close()

    def close(self) -> None:
        """Let go of port and file."""
        self._server.server_close()
        self.world.close()
