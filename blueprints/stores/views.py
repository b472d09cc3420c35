"""The stores: which are near, when they are open, and how to order there."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.stores import service as stores
from blueprints.forms import ZIP, ZIP_WANTED
from blueprints.frame import closed_words, hours_now
from blueprints.gateway import limiter
from blueprints.htmx import answer

pages = Blueprint("stores", __name__)


@pages.get("/stores")
@limiter.limit("60/minute")
def stores_page() -> ResponseReturnValue:
    zip_code = request.args.get("zip", "").strip()
    problem = None
    if zip_code and not ZIP.match(zip_code):
        problem = ZIP_WANTED
    found = stores.nearby(None if problem else stores.search(zip_code))
    page = render_template("stores/stores.html", nearby=found, zip=zip_code[:20], problem=problem, hours_now=hours_now)
    return answer(page, 422 if problem else 200)


@pages.get("/stores/<slug>")
def store_page(slug: str) -> ResponseReturnValue:
    info = stores.by_slug(slug)
    return answer(render_template("stores/store.html", store=info, closed=closed_words(info), hours=hours_now(info)))
