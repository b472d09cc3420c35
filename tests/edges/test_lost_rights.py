"""Long work of whoever lost the right to it, whatever it is: it ends before its next batch, and says why."""

import io

import pytest
from sqlalchemy import update

from app.core import batches, longwork
from app.core.db import db, transaction
from app.core.errors import NotFound
from app.core.longwork import JobState
from app.users import service as users
from app.users.models import Membership, User
from app.users.service import Role
from tests.edges.pages import fields
from tests.factories.deals import QUARTER_OFF, deal
from tests.factories.orders import COLA, COUNTER, ELM_STREET, MILWAUKEE_AVENUE, placed
from tests.factories.staff import lose, number, signed_in

STORES = "city,state,zip,lat,lon\nSaraland,AL,36571,30.79,-88.07\n"
MENU = "record,product,size,crust,price,key,name,group\nvariant,cola,can,,2.75,,,\n"
PEOPLE = "name,email,role,store\nRosa Ruiz,rosa@example.com,counter,elm-street\n"


def job_of(answer) -> int:
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def sheet(client, path: str, content: str) -> int:
    page = client.get(client.post(path, data={"file": (io.BytesIO(content.encode()), "a.csv")}).location)
    assert page.status_code == 200, page.text
    return job_of(client.post(f"{page.request.path}/start", data=fields(page)))


def codes_made(client) -> int:
    path = f"/manage/deals/{deal(QUARTER_OFF, by_code=True)}/codes"
    return job_of(client.post(f"{path}/many", data={**fields(client.get(path)), "count": "7"}))


def flight(client) -> int:
    placed(COLA, place=COUNTER)
    path = f"/manage/deals/{deal(QUARTER_OFF)}"
    return job_of(client.post(f"{path}/flights", data={**fields(client.get(path)), "days": "7"}))


def orders_file(client) -> int:
    placed(COLA, place=COUNTER)
    return job_of(client.post("/staff/orders/exports"))


def deeds_file(client) -> int:
    with transaction():
        users.audit(None, "menu.stock", f"store:{ELM_STREET}")
    return job_of(client.post("/manage/audit/exports"))


BEGIN = {
    "deal.codes": codes_made,
    "deal.import": lambda client: sheet(
        client, f"/manage/deals/{deal(QUARTER_OFF, by_code=True)}/codes/sheets", "code,limit\nSPRING1,2\n"
    ),
    "deal.export": lambda client: job_of(
        client.post(f"/manage/deals/{deal(QUARTER_OFF, code='FALL20')}/codes/exports")
    ),
    "deal.flight": flight,
    "order.export": orders_file,
    "deed.export": deeds_file,
    "person.import": lambda client: sheet(client, "/manage/people/sheets", PEOPLE),
    "menu.import": lambda client: sheet(client, "/manage/menu/sheet", MENU),
    "stores.import": lambda client: sheet(client, "/staff/stores/list", STORES),
}


@pytest.fixture
def ada(shop):
    return signed_in(shop, "Ada", Role.ADMIN, None)


def ended(job_id: int, client) -> str:
    """What the page of work says that was stopped with nothing done, and no file."""
    batches.work(job_id)
    db.session.rollback()
    job = longwork.job(job_id)
    assert (job.state, job.done) == (JobState.FAILED, 0)
    with pytest.raises(NotFound):
        longwork.parts(job_id)
    page = client.get(f"/manage/jobs/{job_id}").text
    assert "Nothing was done." in page
    assert job.why.replace("'", "&#39;") in page
    return job.why


def test_every_kind_is_tried_here(shop):
    assert set(BEGIN) == set(shop.extensions["long_work"])


@pytest.mark.parametrize("kind", BEGIN)
def test_it_ends_when_whoever_began_it_lost_the_right(ada, kind):
    job_id = BEGIN[kind](ada)
    assert longwork.job(job_id).kind == kind
    db.session.rollback()
    lose("Ada")
    assert ended(job_id, ada).startswith("Whoever began this lost the right to it: ")
    assert ada.post(f"/manage/jobs/{job_id}/again").status_code == 403


@pytest.mark.parametrize("kind", BEGIN)
def test_it_is_done_when_they_did_not(ada, kind):
    job_id = BEGIN[kind](ada)
    batches.work(job_id)
    db.session.rollback()
    assert longwork.job(job_id).state is JobState.DONE


@pytest.mark.parametrize("kind", ["order.export", "deed.export", "deal.flight", "person.import"])
def test_a_right_at_another_store_is_none_to_this(shop, kind):
    mina = signed_in(shop, "Mina", Role.MANAGER, ELM_STREET)
    made = BEGIN[kind] if kind != "deal.flight" else flight_of_elm_street
    job_id = made(mina)
    with transaction():
        mine = Membership.user_id == number("Mina")
        db.session.execute(update(Membership).where(mine).values(store_id=MILWAUKEE_AVENUE))
    assert ended(job_id, mina).startswith("Whoever began this lost the right to it: ")


def flight_of_elm_street(client) -> int:
    placed(COLA, place=COUNTER)
    path = f"/manage/deals/{deal(QUARTER_OFF, stores=[ELM_STREET])}"
    return job_of(client.post(f"{path}/flights", data={**fields(client.get(path)), "days": "7"}))


def test_who_works_here_no_more_is_told_apart(shop, ada):
    job_id = orders_file(ada)
    with transaction():
        db.session.execute(update(User).where(User.name == "Ada").values(disabled=True))
    eva = signed_in(shop, "Eva", Role.ADMIN, None)
    assert ended(job_id, eva) == "Whoever began this works here no more."
