"""The session cookie: Flask's own, with its signer made once a process and not twice a request."""

from functools import cache

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie, cheaper where nothing was changed: most requests only look."""

    def __init__(self) -> None:
        self._signer = cache(super().get_signing_serializer)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The one signer of a program; its keys are settled when it starts."""
        return self._signer(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie when it was changed; else only say that the answer depends on it."""
        if session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            response.headers.add("Vary", "Cookie")
