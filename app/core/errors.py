"""Refusals: a rule said no, in words that the customer may read."""

from collections.abc import Mapping


class Refusal(Exception):
    """A request that a rule turned down.

    `code` is for programs, `message` for people, `status` the HTTP status, `field` the input it is about,
    `action` what would mend it (`choose_place`, `reprice`, `sign_in`, ...), `extra` what the answer may show besides.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 422,
        field: str | None = None,
        action: str | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.field = field
        self.action = action
        self.extra = dict(extra or {})


class NotFound(Refusal):
    """Not there, or not this person's to see: both look the same from outside."""

    def __init__(self, message: str = "We could not find that.", code: str = "not_found") -> None:
        super().__init__(code, message, status=404)


class Conflict(Refusal):
    """The world moved on since the page was drawn."""

    def __init__(
        self, code: str, message: str, *, action: str | None = None, extra: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(code, message, status=409, action=action, extra=extra)


class Forbidden(Refusal):
    """Known, but not allowed."""

    def __init__(self, message: str = "Your role does not allow this. Ask your manager.") -> None:
        super().__init__("forbidden", message, status=403)
