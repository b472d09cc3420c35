"""Attributes of a form's fields. wtforms formats each of them as text that might be unsafe, which was a sixth of what a
checkout page costs.
"""

from markupsafe import Markup, escape
from wtforms.widgets import Input


def init_app() -> None:
    """Have every input written our way: it says the same (tests/edges/test_attributes.py)."""
    Input.html_params = staticmethod(attributes)  # type: ignore[method-assign]  # a place that wtforms leaves for it


def attributes(**given: object) -> Markup:
    """What `wtforms.widgets.html_params` says of the same, sorted by name: True stands by itself, False for nothing."""
    said = [_said(name, value) for name, value in sorted(given.items()) if value is not False]
    return Markup(" ".join(said))  # noqa: S704 - each value is escaped


def _said(name: str, value: object) -> str:
    word = name.rstrip("_")
    if word.startswith(("data_", "aria_")):
        word = word.replace("_", "-")
    if value is True:
        return word
    text = str.replace(escape(value), '"', "&quot;")  # what says that it is safe may still hold one
    return f'{word}="{text}"'
