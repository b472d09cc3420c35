"""The yardstick: the least that Flask can do."""

from flask import Flask


def create_app() -> Flask:
    """An application with one page of five letters."""
    app = Flask("hello")
    app.add_url_rule("/", "hello", lambda: "hello")
    return app
