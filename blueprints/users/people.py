"""People: who works where and as what, inviting, giving and taking roles, closing a sign-in."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.stores import service as stores
from app.users import invitations, staff
from app.users import service as users
from app.users.service import Right, Role, Who
from app.users.staff import PAGE
from blueprints import account, desk, who
from blueprints.desk import at_work, done
from blueprints.users.posts import EVERYWHERE, InviteForm, PostForm, Scope

pages = Blueprint("people", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/manage/people", "people"
LAST_ROW = 2**31 - 1
ONE = f"{PATH}/<row:user_id>"


@pages.get(PATH)
def people_page() -> ResponseReturnValue:
    scope = _scope()
    return _list(scope, scope.fill(InviteForm(data=scope.here)))


@pages.post(f"{PATH}/invitations")
@account.confirmed
def invite() -> ResponseReturnValue:
    scope = _scope()
    form = scope.fill(InviteForm(request.form))
    if not form.validate():
        return _list(scope, form, 422)
    role, store_id = form.wanted
    try:
        number = invitations.invite(scope.person, form.name.data or "", form.email.data or "", role, store_id)
    except Refusal as refusal:
        _told(form, refusal)
        return _list(scope, form, refusal.status)
    users.audit(at_work(scope.person).user_id, "person.invite", f"invitation:{number}", store_id, role=role.value)
    return done(f"{form.name.data} gets a link by mail. It works once, for three days.", scope.url)


@pages.post(f"{PATH}/invitations/<row:number>/end")
@account.confirmed
def withdraw(number: int) -> ResponseReturnValue:
    scope = _scope()
    store_id = invitations.withdraw(scope.person, number)
    users.audit(at_work(scope.person).user_id, "person.withdraw", f"invitation:{number}", store_id)
    return done("The invitation is withdrawn. Its link no longer works.", scope.url)


@pages.get(ONE)
def person_page(user_id: int) -> ResponseReturnValue:
    scope = _scope()
    now = staff.colleague(user_id, scope.among).posts[0]
    form = PostForm(data={"role": now.role.value, "store": str(now.store_id or EVERYWHERE[0])})
    return _person(scope, user_id, scope.fill(form))


@pages.post(f"{ONE}/roles")
@account.confirmed
def give(user_id: int) -> ResponseReturnValue:
    scope = _scope()
    form = scope.fill(PostForm(request.form))
    if not form.validate():
        return _person(scope, user_id, form, 422)
    role, store_id = form.wanted
    try:
        staff.give(scope.person, user_id, role, store_id)
    except Refusal as refusal:
        _told(form, refusal)
        return _person(scope, user_id, form, refusal.status)
    users.audit(at_work(scope.person).user_id, "person.role.give", f"user:{user_id}", store_id, role=role.value)
    return done("Done. They have to sign in again.", f"{PATH}/{user_id}")


@pages.post(f"{ONE}/roles/<row:post_id>/end")
@account.confirmed
def take(user_id: int, post_id: int) -> ResponseReturnValue:
    scope = _scope()
    gone = staff.take(scope.person, user_id, post_id)
    users.audit(
        at_work(scope.person).user_id, "person.role.take", f"user:{user_id}", gone.store_id, role=gone.role.value
    )
    return done("That role is taken away, and they are signed out.", PATH)


@pages.post(f"{ONE}/closing")
@account.confirmed
def close(user_id: int) -> ResponseReturnValue:
    return _deed(user_id, staff.close, "person.disable", "They are signed out and cannot sign in.")


@pages.post(f"{ONE}/closing/end")
@account.confirmed
def reopen(user_id: int) -> ResponseReturnValue:
    return _deed(user_id, staff.reopen, "person.enable", "They can sign in again.")


@pages.post(f"{ONE}/second-step/end")
@account.confirmed
def take_step(user_id: int) -> ResponseReturnValue:
    words = "Their second step is off, and they are signed out. They hear of it by mail."
    return _deed(user_id, staff.take_step, "person.second_step_off", words)


def _deed(user_id: int, act: Callable[[Who, int], object], deed: str, words: str) -> ResponseReturnValue:
    """Something done to a person's account, written down, and said."""
    scope = _scope()
    act(scope.person, user_id)
    users.audit(at_work(scope.person).user_id, deed, f"user:{user_id}")
    return done(words, f"{PATH}/{user_id}")


def _scope() -> Scope:
    """Who asks, and whose people: those of the store at `?store=`, or of all stores at which they manage people."""
    person, wanted = who.somewhere(Right.MANAGE_PEOPLE), request.args.get("store", type=int)
    if wanted is None:
        return Scope(person, None)
    who.at_store(Right.MANAGE_PEOPLE, wanted)
    return Scope(person, stores.store(wanted))


def _list(scope: Scope, form: InviteForm, status: int = 200) -> ResponseReturnValue:
    words, role = request.args.get("q", "").strip()[:60], request.args.get("role", "")
    wanted = Role(role) if role in set(Role) else None
    found = staff.people(scope.among, words=words, role=wanted, after=_after(), most=PAGE + 1)
    waiting = invitations.waiting(scope.among)
    return desk.page(
        "users/people.html",
        DOOR,
        store=scope.store,
        status=status,
        people=found[:PAGE],
        last=found[PAGE - 1] if len(found) > PAGE else None,
        waiting=waiting,
        names=scope.names([*waiting, *(post for one in found for post in one.posts)]),
        form=form,
        q=words,
        role=role,
        roles=list(Role),
    )


def _person(scope: Scope, user_id: int, form: PostForm, status: int = 200) -> ResponseReturnValue:
    found, by = staff.colleague(user_id, scope.among), scope.person
    own = user_id == by.user_id
    takes = {post.id for post in found.posts if not own and by.gives(post.role, post.store_id)}
    closes = not own and not found.elsewhere and len(takes) == len(found.posts)
    frees = not own and found.secured and by.gives(Role.ADMIN, None)
    words: dict[str, Any] = {"takes": takes, "closes": closes, "frees": frees, "own": own}
    words["names"] = scope.names(found.posts)
    return desk.page("users/person.html", DOOR, status=status, found=found, form=form, **words)


def _after() -> tuple[str, int] | None:
    number = request.args.get("after", type=int)
    return None if number is None else (request.args.get("name", "")[:80], min(max(number, 0), LAST_ROW))


def _told(form: PostForm, refusal: Refusal) -> None:
    """Show a refusal at its field. Raises it when it is about none."""
    if refusal.field is None or refusal.field not in form:
        raise refusal
    form[refusal.field].errors = [refusal.message]
