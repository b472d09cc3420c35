"""A program of the shop, switched: `tests.chaos.rigged:create_app()` for gunicorn, `-m tests.chaos.rigged worker`."""

import sys

import worker
from tests.chaos import switches
from wsgi import create_app

__all__ = ["create_app"]

switches.install()

if __name__ == "__main__":
    worker.main(sys.argv[1])
