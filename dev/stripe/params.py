"""Reads a form as Stripe would, by the parameter types that Stripe's own library ships."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from stripe import RequestOptions
from typing_extensions import get_type_hints, is_typeddict

from dev.stripe.errors import ApiError, refuse

# Names that the library imports for type checkers only, so evaluating its annotations does not find them.
_UNSEEN = {"StripeContext": str, "Mapping": Mapping}
_TRANSPORT = frozenset(RequestOptions.__annotations__)


def nest(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Turn `a[b][0]=c` into `{"a": {"b": {"0": "c"}}}`; `a[]=c` counts up by itself."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name) or [name]
        branch = tree
        for step in path:
            branch = branch.setdefault(step, {})
            if not isinstance(branch, dict):
                raise refuse(f"Invalid object: {name}", param=name)
        branch[last or str(len(branch))] = value
    return tree


def read(shape: type, tree: dict[str, Any], heard: frozenset[str]) -> dict[str, Any]:
    """Check and convert what was sent against a `...Params` type of Stripe's library.

    `heard` names the top-level parameters that the stand-in acts on. One that Stripe knows and we do not is refused
    aloud, because ignoring it would let the shop believe in something that never happened.
    """
    given = _fields(shape, tree, "")
    for name in sorted(set(given) - heard):
        raise refuse(f"The payment stand-in does not do `{name}`.", code="standin_unsupported", param=name)
    return given


@cache
def _known(shape: type) -> dict[str, Any]:
    hints = get_type_hints(shape, localns=_UNSEEN)
    return {name: kind for name, kind in hints.items() if name not in _TRANSPORT}


def _fields(shape: type, tree: dict[str, Any], at: str) -> dict[str, Any]:
    known = _known(shape)
    for name in tree:
        if name not in known:
            path = _join(at, name)
            raise refuse(f"Received unknown parameter: {path}", code="parameter_unknown", param=path)
    for name in sorted(getattr(shape, "__required_keys__", frozenset()) & known.keys()):
        if name not in tree:
            path = _join(at, name)
            raise refuse(f"Missing required param: {path}.", code="parameter_missing", param=path)
    return {name: _value(known[name], value, _join(at, name)) for name, value in tree.items()}


def _join(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name


def _value(kind: Any, value: Any, at: str) -> Any:
    choices = _alternatives(kind)
    return _tree(choices, value, at) if isinstance(value, dict) else _word(choices, value, at)


def _alternatives(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) in (Union, UnionType):
        return tuple(deep for one in get_args(kind) for deep in _alternatives(one))
    return (kind,)


def _tree(choices: tuple[Any, ...], value: dict[str, Any], at: str) -> Any:
    for choice in choices:
        if is_typeddict(choice):
            return _fields(choice, value, at)
        if get_origin(choice) is list and all(key.isdigit() for key in value):
            (item,) = get_args(choice)
            return [_value(item, value[key], f"{at}[{key}]") for key in sorted(value, key=int)]
        if get_origin(choice) is dict and all(isinstance(one, str) for one in value.values()):
            return value
    raise refuse("Invalid object", code="parameter_invalid_object", param=at)


def _word(choices: tuple[Any, ...], value: str, at: str) -> Any:
    words = {word for choice in choices if get_origin(choice) is Literal for word in get_args(choice)}
    if value in words:
        return value
    if value == "":
        message = f"You passed an empty string for '{at}'. We assume empty values are an attempt to unset a parameter."
        raise refuse(message, code="parameter_invalid_empty", param=at)
    if bool in choices and value in ("true", "false"):
        return value == "true"
    if int in choices:
        return _integer(value, at)
    if words - {""}:
        raise refuse(f"Invalid {at}: must be one of {', '.join(sorted(words - {''}))}", param=at)
    if str in choices:
        return value
    raise _not_a_word(choices, value, at)


def _integer(value: str, at: str) -> int:
    if not re.fullmatch(r"-?\d{1,18}", value):
        raise refuse(f"Invalid integer: {value}", code="parameter_invalid_integer", param=at)
    return int(value)


def _not_a_word(choices: tuple[Any, ...], value: str, at: str) -> ApiError:
    if bool in choices:
        return refuse(f"Invalid boolean: {value}", param=at)
    return refuse("Invalid object", code="parameter_invalid_object", param=at)
