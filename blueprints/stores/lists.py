"""New stores by a list: a file, a page that says what it would do and what is wrong with it, and a word to do it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.menu.opening import open_menus
from app.stores import importing
from app.users import service as users
from app.users.service import Right
from blueprints import desk, who
from blueprints.gateway import limiter

pages = Blueprint("store_lists", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/staff/stores/list", "import"
FAULTS_SHOWN, ROWS_SHOWN = 200, 20


@pages.get(PATH)
def list_page() -> ResponseReturnValue:
    who.of_chain(Right.OPEN_STORES)
    return _start()


@pages.post(PATH)
@limiter.limit("20/minute")
def check_list() -> ResponseReturnValue:
    who.of_chain(Right.OPEN_STORES)
    try:
        text = _sent()
        checked = importing.check(text)
    except Refusal as refusal:
        return _start(422, refusal.message)
    faults, first = checked.faults[:FAULTS_SHOWN], checked.stores[:ROWS_SHOWN]
    return desk.page("stores/list_checked.html", DOOR, checked=checked, text=text, faults=faults, first=first)


@pages.post(f"{PATH}/confirmation")
@limiter.limit("20/minute")
def confirm_list() -> ResponseReturnValue:
    person = who.of_chain(Right.OPEN_STORES)
    checked, made = importing.take_in(_sent())
    open_menus({store_id: one.columns["timezone"] for store_id, one in zip(made, checked.stores, strict=True)})
    desk.at_work(person)
    users.audit(person.user_id, "stores.import", "stores", opened=len(made), left_out=checked.bad_rows)
    return desk.done(f"Stores opened: {len(made):,}. Rows left out: {checked.bad_rows:,}.", PATH)


def _sent() -> str:
    """The list, from the file or from the page that checked it. Raises Refusal `bad_list`."""
    if (request.content_length or 0) > importing.MOST_BYTES:  # nothing of it is read
        raise Refusal("bad_list", "This file is larger than 2 MB. Please send it in parts.", field="file")
    request.max_content_length = request.max_form_memory_size = importing.MOST_BYTES
    upload, text = request.files.get("file"), request.form.get("list", "")
    if upload and upload.filename:
        text = upload.stream.read().decode("utf-8-sig", errors="replace")
    if not text.strip():
        raise Refusal("bad_list", "Please choose a file.", field="file")
    return text


def _start(status: int = 200, problem: str = "") -> ResponseReturnValue:
    needed, optional = importing.NEEDED, importing.OPTIONAL
    return desk.page("stores/list.html", DOOR, status=status, problem=problem, needed=needed, optional=optional)
