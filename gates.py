"""What stands in front of every process that somebody outside reaches; and the whole of one that only has sockets."""

from flask import Flask

from blueprints import assets, errors, gateway, pictures, showing, who
from blueprints.tracking import socket


def add(app: Flask) -> None:
    """Put the gate up, and give templates what every piece wants."""
    who.init_app(app)
    gateway.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    showing.init_app(app)
    pictures.init_app(app)


def add_sockets(app: Flask) -> None:
    """Open an application to sockets alone: pages would only be weight in it."""
    add(app)
    socket.init_app(app)
