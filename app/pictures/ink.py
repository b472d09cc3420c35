"""The few strokes that every picture is made of: numbers, elements, filled and drawn paths as SVG text."""

from html import escape


def num(value: float) -> str:
    """A coordinate with at most one decimal, as short as SVG allows."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def el(tag: str, *inside: str, **attrs: str | float) -> str:
    """An element; `stroke_width=2` becomes `stroke-width="2"`. Values are ours, so none is escaped."""
    said = _said(attrs)
    return f"<{tag}{said}>{''.join(inside)}</{tag}>" if inside else f"<{tag}{said}/>"


def _said(attrs: dict[str, str | float]) -> str:
    """Attributes as text: `class_` is `class`, `stroke_width` is `stroke-width`."""
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{value if isinstance(value, str) else f"{value:.4g}"}"'
        for name, value in attrs.items()
    )


def disc(x: float, y: float, r: float, fill: str, **attrs: str | float) -> str:
    """A filled circle."""
    return el("circle", **({"cx": num(x)} if x else {}), **({"cy": num(y)} if y else {}), r=num(r), fill=fill, **attrs)


def oval(x: float, y: float, rx: float, ry: float, fill: str, **attrs: str | float) -> str:
    """A filled ellipse."""
    return el("ellipse", cx=num(x), cy=num(y), rx=num(rx), ry=num(ry), fill=fill, **attrs)


def box(x: float, y: float, width: float, height: float, fill: str, **attrs: str | float) -> str:
    """A filled rectangle."""
    return el("rect", x=num(x), y=num(y), width=num(width), height=num(height), fill=fill, **attrs)


def area(d: str, fill: str, **attrs: str | float) -> str:
    """A filled path."""
    return el("path", d=d, fill=fill, **attrs)


def line(d: str, color: str, width: float, **attrs: str | float) -> str:
    """A drawn path with round ends and no filling."""
    return el("path", d=d, fill="none", stroke=color, stroke_width=width, stroke_linecap="round", **attrs)


def group(*inside: str, **attrs: str | float) -> str:
    """Several drawings as one."""
    return el("g", *inside, **attrs)


def at(x: float, y: float, *inside: str, turn: float = 0, scale: float = 1) -> str:
    """The same drawing moved to a place, turned (degrees) and scaled there."""
    move = f"translate({num(x)} {num(y)})"
    if turn:
        move += f"rotate({num(turn)})"
    if scale != 1:
        move += f"scale({scale:.3g})"
    return group(*inside, transform=move)


def picture(*inside: str, view: str, title: str | None = None, **attrs: str | float) -> str:
    """A whole SVG document. With a title it speaks to screen readers, without one it hides from them."""
    spoken = f'role="img" aria-label="{escape(title)}"' if title else 'aria-hidden="true" focusable="false"'
    said = _said(attrs)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}"{said} {spoken}>{"".join(inside)}</svg>'
