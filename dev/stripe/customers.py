"""Customers and the cards that are kept for them."""

from stripe import params

from dev.stripe.api import Given, endpoint, metadata, page
from dev.stripe.intents import saved_method
from dev.stripe.store import Object
from dev.stripe.world import World


@endpoint(
    "customers.create", "POST /v1/customers", params.CustomerCreateParams, "description email metadata name phone"
)
def create(world: World, given: Given) -> Object:
    """Make a customer."""
    named = {key: given.get(key) for key in ("description", "email", "name", "phone")}
    customer = world.store.new("cus", "customer", **named, metadata=metadata(given))
    world.emit("customer.created", customer)
    return customer


@endpoint("customers.retrieve", "GET /v1/customers/<name>", params.CustomerRetrieveParams)
def retrieve(world: World, _given: Given, name: str) -> Object:
    """One customer."""
    return world.store.get(name, "customer")


@endpoint("customers.delete", "DELETE /v1/customers/<name>", params.CustomerDeleteParams)
def delete(world: World, _given: Given, name: str) -> Object:
    """Keep nothing of a customer any longer, and none of their cards."""
    customer = world.store.get(name, "customer")
    for method in world.store.every("payment_method"):
        if method["customer"] == customer["id"]:
            world.store.touch(method, customer=None)
    world.store.remove(customer)
    world.emit("customer.deleted", customer)
    return {"id": customer["id"], "object": "customer", "deleted": True}


@endpoint(
    "customers.payment_methods.list",
    "GET /v1/customers/<name>/payment_methods",
    params.CustomerPaymentMethodListParams,
    "limit starting_after type",
)
def payment_methods(world: World, given: Given, name: str) -> Object:
    """The cards kept for a customer."""
    customer = world.store.get(name, "customer")
    kept = [method for method in world.store.every("payment_method") if method["customer"] == customer["id"]]
    return page(kept, given, f"/v1/customers/{name}/payment_methods")


@endpoint("payment_methods.retrieve", "GET /v1/payment_methods/<name>", params.PaymentMethodRetrieveParams)
def method(world: World, _given: Given, name: str) -> Object:
    """One card."""
    return world.store.get(name, "payment_method")


@endpoint(
    "payment_methods.attach",
    "POST /v1/payment_methods/<name>/attach",
    params.PaymentMethodAttachParams,
    "customer",
)
def attach(world: World, given: Given, name: str) -> Object:
    """Keep a card for a customer."""
    customer = world.store.get(given.get("customer"), "customer", "customer")
    method = world.store.touch(saved_method(world, name), customer=customer["id"])
    world.emit("payment_method.attached", method)
    return method


@endpoint("payment_methods.detach", "POST /v1/payment_methods/<name>/detach", params.PaymentMethodDetachParams)
def detach(world: World, _given: Given, name: str) -> Object:
    """Keep a card no longer."""
    method = world.store.touch(world.store.get(name, "payment_method"), customer=None)
    world.emit("payment_method.detached", method)
    return method
