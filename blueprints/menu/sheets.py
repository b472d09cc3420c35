"""The whole menu as a file: out with one link; in by way of a page that tells every change and every fault first."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.errors import Conflict, Refusal
from app.menu import imports, sheet
from app.menu.book import book
from app.menu.columns import COLUMNS, RECORDS
from app.users import service as users
from app.users.service import Who
from blueprints import desk
from blueprints.forms import CONTROL
from blueprints.gateway import limiter
from blueprints.htmx import go
from blueprints.menu.drafts import editor

pages = Blueprint("menu_sheet", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/manage/menu/sheet", "menu"
CHANGES_SHOWN, FAULTS_SHOWN = 20, 200
ROOM = 64 * 1024  # for what a form has besides its file


@pages.get(PATH)
def sheet_page() -> ResponseReturnValue:
    editor()
    return _start()


@pages.get(f"{PATH}/menu.csv")
def download() -> ResponseReturnValue:
    editor()
    answer = Response(sheet.write(book().values()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=menu.csv"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post(PATH)
@limiter.limit("20/minute")
def upload() -> ResponseReturnValue:
    person = editor()
    request.max_content_length = imports.MOST_BYTES + ROOM
    try:
        number = imports.keep(person.user_id, *_file())
    except Refusal as refusal:
        return _start(422, refusal.message)
    desk.at_work(person)
    return go(f"{PATH}/{number}")


def _file() -> tuple[str, bytes]:
    """The uploaded file, its name as far as it can stand in a page. Raises Refusal `file_too_large`."""
    try:
        file = request.files.get("file")
    except RequestEntityTooLarge:
        raise imports.too_large() from None
    if file is None:
        return "", b""
    name = CONTROL.sub("", (file.filename or "").replace("\\", "/").rpartition("/")[2]).strip()
    return name or "menu.csv", file.read()


@pages.get(f"{PATH}/<row:number>")
def check_page(number: int) -> ResponseReturnValue:
    return _checked(editor(), number)


@pages.post(f"{PATH}/<row:number>/confirmation")
def confirm(number: int) -> ResponseReturnValue:
    person = editor()
    try:
        checked = imports.confirm(person.user_id, number, request.form.get("mark", ""))
    except Conflict as conflict:
        return _checked(person, number, conflict)
    desk.at_work(person)
    said = {"file": checked.name, "changes": len(checked.changes), "mark": checked.mark}
    users.audit(person.user_id, "menu.import", "menu", **said)
    return desk.done(f"{checked.name} is written: {len(checked.changes):,} changes.", PATH)


@pages.post(f"{PATH}/<row:number>/end")
def discard(number: int) -> ResponseReturnValue:
    imports.discard(editor().user_id, number)
    return desk.done("Nothing was changed.", PATH)


def _start(status: int = 200, problem: str = "") -> ResponseReturnValue:
    columns = {name: [c for c in COLUMNS if c in record.cells] for name, record in RECORDS.items()}
    return desk.page("menu/desk/sheet.html", DOOR, status=status, problem=problem, columns=columns)


def _checked(person: Who, number: int, conflict: Conflict | None = None) -> ResponseReturnValue:
    checked = imports.check(person.user_id, number)
    return desk.page(
        "menu/desk/check.html",
        DOOR,
        status=conflict.status if conflict else 200,
        checked=checked,
        number=number,
        said=conflict.message if conflict else "",
        changes=checked.changes[:CHANGES_SHOWN],
        faults=checked.faults[:FAULTS_SHOWN],
    )
