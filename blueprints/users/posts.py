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

MOST_PLACES = 50
EVERYWHERE = ("every", "Every store")
ASKED = ("", "Choose a store")  # nobody lands in the first store because whoever invites was in a hurry


class PostForm(Form):
    """What somebody becomes, and where."""

    role = SelectField("Role", [DataRequired("Choose a role.")])
    store = SelectField("Store", [DataRequired("Choose a store.")])

    @property
    def wanted(self) -> tuple[Role, int | None]:
        """The role and the store that were chosen."""
        return Role(self.role.data), None if self.store.data == EVERYWHERE[0] else int(self.store.data)


class InviteForm(PostForm):
    """Whom to invite."""

    name = StringField("Name", [DataRequired("Enter their name."), Length(max=80), OneLine()])
    email = StringField("E-mail", [DataRequired("Enter their e-mail address."), Length(max=254), OneLine()])


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
        places = [self.store] if self.store else who.my_stores(Right.MANAGE_PEOPLE, most=MOST_PLACES)
        form.role.choices = [
            (role.value, role.value.capitalize())
            for role in Role
            if chain or any(self.person.gives(role, place.id) for place in places)
        ]
        offered = [*((str(place.id), place.name) for place in places), *([EVERYWHERE] if chain else [])]
        form.store.choices = offered if len(offered) == 1 else [ASKED, *offered]
        return form

    def names(self, posts: Collection[Post | Invited]) -> dict[int | None, str]:
        """How the stores of some posts are called."""
        found = stores.several({post.store_id for post in posts if post.store_id is not None})
        return {None: "every store", **{store_id: info.name for store_id, info in found.items()}}
