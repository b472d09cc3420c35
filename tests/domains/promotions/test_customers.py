"""A customer is known by each thing that an order says of them."""

import pytest

from app.promotions.customers import email_identity, identities


def test_an_order_is_made_under_everything_that_is_known():
    assert identities(account=7, email="ana@example.com", phone="+13125550142") == (
        "account:7",
        "email:ana@example.com",
        "phone:+13125550142",
    )
    assert identities(phone="+13125550142") == ("phone:+13125550142",)
    assert identities() == ()


@pytest.mark.parametrize("email", ["Ana@Example.com", "ana+pizza@example.com", " ana+2@EXAMPLE.com "])
def test_a_mailbox_is_one_customer_however_its_address_is_written(email):
    assert email_identity(email) == "email:ana@example.com"


def test_dots_tell_people_apart_unless_their_host_ignores_them():
    assert email_identity("an.a@example.com") != email_identity("ana@example.com")
    assert email_identity("an.a@gmail.com") == email_identity("ana+x@gmail.com")


def test_an_address_that_is_all_tag_is_somebody_of_their_own():
    assert email_identity("+one@example.com") != email_identity("+two@example.com")
