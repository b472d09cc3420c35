"""The one way to say no: Stripe's error object with its HTTP status."""

from typing import Any


class ApiError(Exception):
    """A refusal as Stripe words it on the wire. `extra` joins the error object (`payment_intent`, `charge`)."""

    def __init__(
        self, status: int, message: str, *, code: str = "", param: str = "", kind: str = "", **extra: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        named = {"code": code, "param": param}
        self.error: dict[str, Any] = {
            "type": kind or "invalid_request_error",
            "message": message,
            **{name: value for name, value in named.items() if value},
            **extra,
        }


def refuse(message: str, *, code: str = "", param: str = "", **extra: Any) -> ApiError:
    """The common 400: what was asked cannot be done, now or ever."""
    return ApiError(400, message, code=code, param=param, **extra)


def wrong_state(message: str, intent: dict[str, Any]) -> ApiError:
    """A 400 that says which status the intent is in, with the intent itself."""
    return refuse(message, code="payment_intent_unexpected_state", payment_intent=intent)
