import pytest
import stripe
from stripe import params
from stripe.params import checkout

from dev.stripe.errors import ApiError
from dev.stripe.params import nest, read

ORDER = {"amount": 1000, "currency": "usd"}
METHODS = "automatic_payment_methods"


@pytest.mark.parametrize(
    ("sent", "code", "param"),
    [
        ({**ORDER, "amuont": 1}, "parameter_unknown", "amuont"),
        ({"currency": "usd"}, "parameter_missing", "amount"),
        ({"amount": 1000}, "parameter_missing", "currency"),
        ({**ORDER, "amount": "a lot"}, "parameter_invalid_integer", "amount"),
        ({**ORDER, "amount": 49}, "amount_too_small", "amount"),
        (
            {**ORDER, METHODS: {"allow": "x", "enabled": True}},
            "parameter_unknown",
            f"{METHODS}[allow]",
        ),
        (
            {**ORDER, METHODS: {"allow_redirects": "never"}},
            "parameter_missing",
            f"{METHODS}[enabled]",
        ),
        ({**ORDER, "capture_method": "later"}, None, "capture_method"),
        ({**ORDER, "description": ""}, "parameter_invalid_empty", "description"),
        ({**ORDER, "metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        ({**ORDER, "transfer_group": "x"}, "standin_unsupported", "transfer_group"),
        ({**ORDER, "customer": "cus_nobody"}, "resource_missing", "customer"),
    ],
)
def test_a_wrong_parameter_is_named(api, sent, code, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.create(sent)
    assert (refused.value.code, refused.value.param) == (code, param)


def test_a_refused_call_leaves_nothing_behind(api, standin):
    with pytest.raises(stripe.InvalidRequestError):
        api.payment_intents.create({**ORDER, "amuont": 1})
    assert standin.state()["payment_intents"] == []


def test_nested_lists_are_read_to_the_bottom():
    line = "line_items[0][price_data]"
    pairs = [(f"{line}[currency]", "usd"), (f"{line}[unit_amount]", "1999"), (f"{line}[product_data][name]", "Pizza")]
    heard = frozenset({"line_items"})
    given = read(checkout.SessionCreateParams, nest(pairs), heard)
    assert given["line_items"][0]["price_data"] == {
        "currency": "usd",
        "unit_amount": 1999,
        "product_data": {"name": "Pizza"},
    }
    with pytest.raises(ApiError) as refused:
        read(checkout.SessionCreateParams, nest([*pairs, (f"{line}[unit_price]", "1")]), heard)
    assert refused.value.error["param"] == "line_items[0][price_data][unit_price]"


@pytest.mark.parametrize("pair", [("expand[]", "a"), ("expand[0]", "a")])
def test_both_spellings_of_a_list_are_understood(pair):
    assert read(params.RefundRetrieveParams, nest([pair]), frozenset({"expand"})) == {"expand": ["a"]}


@pytest.mark.parametrize("pairs", [[("a", "1"), ("a[b]", "2")], [("metadata", "x")], [("amount[x]", "1")]])
def test_a_shape_that_does_not_fit_is_refused(pairs):
    with pytest.raises(ApiError):
        read(params.RefundCreateParams, nest(pairs), frozenset({"metadata", "amount"}))


@pytest.mark.parametrize("key", ["sk_live_real", "nonsense"])
def test_only_test_keys_are_let_in(standin, key):
    client = stripe.StripeClient(key, base_addresses={"api": standin.url}, max_network_retries=0)
    with pytest.raises(stripe.AuthenticationError):
        client.v1.payment_intents.create(ORDER)


def test_a_publishable_key_opens_only_what_its_secret_names(api, standin):
    browser = stripe.StripeClient("pk_test_x", base_addresses={"api": standin.url}, max_network_retries=0).v1
    mine, other = (api.payment_intents.create(ORDER) for _ in range(2))
    assert browser.payment_intents.retrieve(mine.id, {"client_secret": mine.client_secret}).id == mine.id
    with pytest.raises(stripe.InvalidRequestError, match="client_secret"):
        browser.payment_intents.retrieve(mine.id, {"client_secret": other.client_secret})
    with pytest.raises(stripe.PermissionError):
        browser.payment_intents.create(ORDER)
