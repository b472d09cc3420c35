"""The session cookie: Flask's own, with its signer made once a process, and a signature checked once a minute."""

import pickle
from datetime import timedelta
from functools import cache

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from app.core.cache import Memory

MOST_KEPT = 2_000  # characters of cookies; ours have a few hundred


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie, cheaper where nothing was changed: most requests only look."""

    def __init__(self) -> None:
        self._signer = cache(super().get_signing_serializer)
        self._proved: Memory[str, bytes] = Memory(most=5_000, age=timedelta(minutes=1))

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The one signer of a program; its keys are settled when it starts."""
        return self._signer(app)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie carries: a browser sends the same ones with page after page."""
        cookies = request.environ.get("HTTP_COOKIE", "")  # as they came: taking them apart costs as much as the rest
        if proved := self._proved.recall(cookies):
            return self.session_class(pickle.loads(proved[0]))  # noqa: S301 - it never left this process
        session = super().open_session(app, request)
        if session and len(cookies) < MOST_KEPT:
            self._proved.put(cookies, pickle.dumps(dict(session)))
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie when it was changed; else only say that the answer depends on it."""
        if session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            response.headers.add("Vary", "Cookie")
