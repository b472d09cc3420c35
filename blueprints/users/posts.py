"""The forms of people: what somebody becomes, and where, of what whoever asks may give."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from wtforms import Form, SelectField, StringField
from wtforms.validators import DataRequired, Length

from app.stores import service as stores
from app.stores.service import StoreInfo
from app.users.invitations import Invited
from app.users.service import Right, Role, Who
from app.users.staff import Post
from blueprints import who
from blueprints.forms import OneLine

MOST_PLACES, FIT_TOLD = 50, 4
EVERYWHERE = ("every", "Every store")
ASKED = ("", "Choose a store")  # nobody lands in the first store because whoever invites was in a hurry


class PostForm(Form):
    """What somebody becomes, and where; `place` stands in for a list of stores that would be too long."""

    role = SelectField("Role", [DataRequired("Choose a role.")])
    store = SelectField("Store", [DataRequired("Choose a store.")])
    place = StringField("Store", [Length(max=60), OneLine()])
    searched = False

    @property
    def wanted(self) -> tuple[Role, int | None]:
        """The role and the store that were chosen."""
        return Role(self.role.data), None if self.store.data == EVERYWHERE[0] else int(self.store.data)


class InviteForm(PostForm):
    """Whom to invite."""

    name = StringField("Name", [DataRequired("Enter their name."), Length(max=80), OneLine()])
    email = StringField("Email", [DataRequired("Enter their email address."), Length(max=254), OneLine()])


Posted = TypeVar("Posted", bound=PostForm)


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, and the store that the page is about; None for all at which they manage people."""

    person: Who
    store: StoreInfo | None

    @property
    def among(self) -> Collection[int] | None:
        """The stores whose people are shown; None for all of the chain."""
        return who.scope(Right.MANAGE_PEOPLE).stores if self.store is None else [self.store.id]

    @property
    def url(self) -> str:
        """The list that the page belongs to."""
        return f"/manage/people?store={self.store.id}" if self.store else "/manage/people"

    @property
    def here(self) -> dict[str, str | None]:
        """What a new form starts with: the page's store, else none, where there are several."""
        return {"role": Role.KITCHEN.value, "store": str(self.store.id) if self.store else None}

    def fill(self, form: Posted) -> Posted:
        """The same form, offering what this person may give."""
        chain = self.person.gives(Role.ADMIN, None)
        places = [self.store] if self.store else who.my_stores(Right.MANAGE_PEOPLE, most=MOST_PLACES + 1)
        form.role.choices = [
            (role.value, role.value.capitalize())
            for role in Role
            if chain or any(self.person.gives(role, place.id) for place in places)
        ]
        form.searched = len(places) > MOST_PLACES
        if form.searched:
            places = self._found(form, chain=chain)
        offered = [*((str(place.id), place.name) for place in places), *([EVERYWHERE] if chain else [])]
        form.store.choices = offered if len(offered) == 1 else [ASKED, *offered]
        return form

    def _found(self, form: PostForm, *, chain: bool) -> tuple[StoreInfo, ...]:
        """The one store that was meant by what was typed; none where several fit or none does, which the field says."""
        if form.place.data is None and (form.store.data or "").isdecimal():
            form.place.data = stores.store(int(form.store.data)).name
        typed = (form.place.data or "").strip()
        if chain and typed.lower() == EVERYWHERE[0]:
            form.store.data = EVERYWHERE[0]
            return ()
        fit = who.my_stores(Right.MANAGE_PEOPLE, words=typed, most=FIT_TOLD + 1) if typed else ()
        fit = tuple(info for info in fit if typed.lower() in {info.name.lower(), info.slug}) or fit
        form.store.data = str(fit[0].id) if len(fit) == 1 else ""
        form.store.validators = [DataRequired(_which(fit, typed))]
        return fit if len(fit) == 1 else ()

    def names(self, posts: Collection[Post | Invited]) -> dict[int | None, str]:
        """How the stores of some posts are called."""
        found = stores.several({post.store_id for post in posts if post.store_id is not None})
        return {None: "every store", **{store_id: info.name for store_id, info in found.items()}}


def _which(fit: Collection[StoreInfo], typed: str) -> str:
    """What to write where it is not one store that fits."""
    if not fit:
        return f"None of your stores fits “{typed}”." if typed else "Write which store: its name, city or ZIP code."
    told = "; ".join(f"{info.name}, {info.city}" for info in list(fit)[:FIT_TOLD])
    return f"Several fit, write one name whole: {told}{'; and more' if len(fit) > FIT_TOLD else ''}."
