"""What the users domain knows about somebody: told, put into a file, and erased under a tombstone (decision 42)."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from app.core import clock, personal
from app.core.db import db, transaction
from app.core.errors import Conflict, NotFound
from app.core.events import PersonErased, emit
from app.users.audit import audit
from app.users.events import ExportAsked
from app.users.models import Address, AuditRow, DataExport, Invitation, MailCode, Membership, RecoveryCode, SignIn, User
from app.users.sessions import end_all

KEPT = timedelta(days=7)
AGAIN = timedelta(hours=1)  # a file is not made anew more often
GONE = "Erased account"


@dataclass(frozen=True, slots=True)
class Export:
    """A file that somebody asked for; `made_at` is None while it is put together."""

    id: int
    asked_at: datetime
    made_at: datetime | None

    @property
    def fresh(self) -> bool:
        """Whether it is too new for another one."""
        return self.asked_at > clock.now() - AGAIN


def ask_for_export(user_id: int) -> Export:
    """Have a file made, in the open unit of work; the latest one while it is fresh. Tells ExportAsked."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
    latest = latest_export(user_id)
    if latest is not None and latest.fresh:
        return latest
    row = DataExport(user_id=user_id, asked_at=clock.now())
    db.session.add(row)
    db.session.flush()
    audit(user_id, "account.export", f"user:{user_id}")
    emit(ExportAsked(row.id))
    return Export(row.id, row.asked_at, None)


def latest_export(user_id: int) -> Export | None:
    """The newest file of somebody, made or being made; None when there is none, or no longer."""
    columns = (DataExport.id, DataExport.asked_at, DataExport.made_at)
    query = select(*columns).where(DataExport.user_id == user_id, DataExport.asked_at > clock.now() - KEPT)
    row = db.session.execute(query.order_by(DataExport.id.desc()).limit(1)).first()
    return Export(*row) if row else None


def make_export(event: ExportAsked) -> None:
    """Put the file together, in the open unit of work: every domain tells its part."""
    row = db.session.get(DataExport, event.export_id)
    if row is None or row.made_at is not None:
        return
    told = {"made_at": clock.now().isoformat(), **personal.export(row.user_id)}
    row.content = zlib.compress(json.dumps(told, indent=2, ensure_ascii=False).encode())
    row.made_at = clock.now()


def exported(user_id: int, export_id: int) -> bytes:
    """The file, as JSON in UTF-8. Raises NotFound for somebody else's, and for one that is not there."""
    mine = (DataExport.id == export_id, DataExport.user_id == user_id, DataExport.asked_at > clock.now() - KEPT)
    content = db.session.scalar(select(DataExport.content).where(*mine))
    if content is None:
        raise NotFound("That file is not there any more. Ask for a new one.")
    return zlib.decompress(content)


def forget_exports() -> None:
    """Drop files after a week, in a unit of work of its own."""
    with transaction():
        db.session.execute(delete(DataExport).where(DataExport.asked_at < clock.now() - KEPT))


def export(user_id: int) -> Mapping[str, Any]:
    """Account, roles, sign-ins, codes of the last day and deeds of somebody."""
    user = db.session.get_one(User, user_id, populate_existing=True)
    return {
        "account": {
            "number": user.id,
            "name": user.name,
            "email": user.email,
            "phone": user.phone,
            "since": user.created_at,
            "email_confirmed_at": user.verified_at,
            "signs_in_with_a_password": user.password_hash is not None,
            "signs_in_with_a_second_step": user.totp_secret is not None,
            "agreed_to_mails_about_deals_at": user.news_since,
        },
        "addresses": _rows(Address, user_id, "name", "street", "unit", "city", "zip", "note"),
        "roles": _rows(Membership, user_id, "role", "store_id"),
        "sign_ins": _rows(SignIn, user_id, "browser", "started_at", "seen_at"),
        "codes": _rows(MailCode, user_id, "purpose", "email", "asked_at", "used_at"),
        "files_like_this": _rows(DataExport, user_id, "asked_at", "made_at"),
        "deeds": _rows(AuditRow, user_id, "at", "deed", "subject", "store_id", "detail"),
    }


def _rows(model: Any, user_id: int, *names: str) -> list[dict[str, Any]]:
    query = select(*(getattr(model, name) for name in names)).where(model.user_id == user_id).order_by(model.id)
    return [dict(zip(names, row, strict=True)) for row in db.session.execute(query)]


def waits(user_id: int) -> str | None:
    """Whoever works here is let go first."""
    works = db.session.scalar(select(Membership.id).where(Membership.user_id == user_id).limit(1))
    return "You work here. Whoever manages your store has to take your role first." if works else None


def erase(user_id: int) -> None:
    """Make somebody's account a tombstone, in the open unit of work; nobody signs in to it or mails it any more.

    Tells PersonErased, on which every domain erases its own. Raises Conflict `not_yet` while something runs. Twice does
    no harm.
    """
    user = db.session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    if user.erased_at is not None:
        return
    if waiting := personal.waits_for(user_id):
        raise Conflict("not_yet", " ".join(waiting))
    email, user.email = user.email, f"erased:{user_id}"
    user.name, user.phone, user.password_hash, user.totp_secret, user.totp_step = GONE, None, None, None, 0
    user.verified_at, user.news_since, user.disabled, user.erased_at = None, None, True, clock.now()
    _drop(user_id, email)
    audit(user_id, "account.erase", f"user:{user_id}")
    emit(PersonErased(user_id))


def _drop(user_id: int, email: str) -> None:
    end_all(user_id)
    for model in (Address, RecoveryCode, DataExport):
        db.session.execute(delete(model).where(model.user_id == user_id))
    db.session.execute(delete(MailCode).where(or_(MailCode.user_id == user_id, MailCode.email == email)))
    theirs = or_(Invitation.user_id == user_id, Invitation.email == email)
    ended = {"ended_at": clock.now()}
    db.session.execute(update(Invitation).where(theirs, Invitation.ended_at.is_(None)).values(ended))
    db.session.execute(update(Invitation).where(theirs).values(name="", email=""))
