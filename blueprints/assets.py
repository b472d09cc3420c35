"""Style sheets, scripts and fonts: joined, packed and named by their content once at start, then cached for a year."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request
from werkzeug.http import quote_etag

# Our own scripts come before htmx, so that their listeners hear its first event; hx-ws comes after it.
HTMX = ("vendor/htmx.min.js", "vendor/hx-ws.min.js")
SCRIPTS = {
    "app.js": ("js/site.js", "js/live.js", "js/places.js", *HTMX),
    "kitchen.js": ("js/board.js", "js/taps.js", "js/prints.js"),  # only the board, and a ticket's own page
    "map.js": ("vendor/leaflet/leaflet.js", "js/map.js"),  # only on the page of stores, after the list
}
# Customers do not load what only staff see.
STYLES = {"app.css": "css", "desk.css": "css/desk", "docs.css": "css/docs"}
EXPLAINED = re.compile(r"^ *//.*\n", re.MULTILINE)  # to whoever reads our scripts: browsers do without
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Packed:
    """A text that is sent as often as it is asked for: its bytes, the same gzipped, and its tag."""

    body: bytes
    packed: bytes
    mimetype: str
    tag: str

    @classmethod
    def of(cls, text: str, mimetype: str) -> "Packed":
        """Gzipped without a time in it, so that equal texts are equal bytes."""
        body = text.encode()
        return cls(body, gzip.compress(body, 9, mtime=0), mimetype, hashlib.sha256(body).hexdigest()[:16])

    def answer(self) -> Response:
        """The answer to the present request, gzipped if it may be, 304 if the browser has it."""
        zipped = request.accept_encodings["gzip"] > 0
        tag = f"{self.tag}-gz" if zipped else self.tag
        told = {"Vary": "Accept-Encoding", "Cache-Control": FOR_EVER, "ETag": quote_etag(tag)}
        if request.if_none_match.contains_weak(tag):
            return Response(status=304, headers=told)
        if zipped:
            told["Content-Encoding"] = "gzip"
        return Response(self.packed if zipped else self.body, headers=told, mimetype=self.mimetype)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything static with its address: bundles by name, single files by path."""

    bundles: dict[str, Packed]
    tags: dict[str, str]

    def address(self, name: str) -> str:
        """The name of a bundle (`app.css`, `app.js`, ...), else a path under static/. KeyError when it is neither."""
        if name in self.bundles:
            stem, _, kind = name.rpartition(".")
            return f"/static/b/{stem}.{self.bundles[name].tag}.{kind}"
        return f"/static/{name}?v={self.tags[name]}"


def init_app(app: Flask) -> None:
    """Build the bundles, serve them, and give templates `asset(name)`."""
    shelf = stocked(Path(app.static_folder or "static"))
    app.extensions["edition"] = edition(Path(app.root_path))
    app.add_template_global(shelf.address, "asset")

    @app.get("/static/b/<name>.<tag>.<kind>")
    def bundle(name: str, tag: str, kind: str) -> Response:
        found = shelf.bundles.get(f"{name}.{kind}")
        if found is None or found.tag != tag:
            abort(404)
        return found.answer()

    def static(filename: str) -> Response:
        response = app.send_static_file(filename)
        if request.args.get("v") in shelf.tags.values():
            response.headers["Cache-Control"] = FOR_EVER
        return response

    app.view_functions["static"] = static


def edition(root: Path) -> str:
    """A word for all that pages are made from: after a new release no browser may hold on to an old page."""
    parts = (file for part in ("app", "blueprints", "static", "templates") for file in (root / part).rglob("*.*"))
    made_from = sorted(file for file in parts if file.suffix != ".pyc")
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in made_from)).hexdigest()[:12]


def stocked(folder: Path) -> Shelf:
    """The shelf of a static folder."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    tags = {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()[:12] for file in files}
    bundles = {name: Packed.of(_style(folder / part, tags), "text/css") for name, part in STYLES.items()}
    for name, parts in SCRIPTS.items():
        script = ";\n".join((folder / part).read_text() for part in parts)
        bundles[name] = Packed.of(EXPLAINED.sub("", script), "text/javascript")
    return Shelf(bundles, tags)


def _style(folder: Path, tags: dict[str, str]) -> str:
    style = "\n".join(file.read_text() for file in sorted(folder.glob("*.css")))
    for name, tag in tags.items():
        style = style.replace(f'url("/static/{name}")', f'url("/static/{name}?v={tag}")')
    return style
