"""A real Chromium in front of the whole running shop. Nothing may leave this machine, no script may fail."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from tests import databases, house

expect.set_options(timeout=10_000)  # two cores, shared with every process of the shop
LOOPBACK = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
# A browser writes these to its console by itself; each is an answer that a test asks for.
EXPECTED = (
    *("status of 402", "status of 404", "status of 409", "status of 422", "status of 503"),
    *(
        "ERR_CONNECTION_",
        "ERR_EMPTY_RESPONSE",
        "ERR_INTERNET_DISCONNECTED",
        "htmx:error",
        "WebSocket",
        "htmx:ws:error",
    ),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two cores carry the browser and all of the shop: what failed is run once more, and said (decision 39)."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def running_shop(tmp_path_factory) -> Iterator[house.House]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with (
        house.database(databases.KIND, f"house_{worker}") as settings,
        house.running(tmp_path_factory.mktemp("house"), settings) as shop,
    ):
        yield shop


@pytest.fixture(scope="session")
def base_url(running_shop) -> str:
    return running_shop.url


@pytest.fixture(scope="session")
def browser_context_args(base_url) -> dict[str, object]:
    return {
        "base_url": base_url,
        "viewport": {"width": 390, "height": 844},
        "locale": "en-US",
        "timezone_id": "America/Chicago",
        "reduced_motion": "reduce",
    }


@pytest.fixture(autouse=True)
def nothing_leaves(context: BrowserContext) -> Iterator[list[str]]:
    """What a page asks for is only watched: a request that is held up for a word of ours would miss the cache."""
    left: list[str] = []

    def watch(request: Request) -> None:
        if not request.url.startswith(LOOPBACK):
            left.append(request.url)

    context.on("request", watch)
    yield left
    assert not left


@pytest.fixture(autouse=True)
def no_script_fails(context: BrowserContext) -> Iterator[None]:
    failures: list[str] = []

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.on("console", hear)

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in EXPECTED):
            failures.append(message.text)

    context.on("page", listen)
    yield
    assert not failures


@pytest.fixture(autouse=True)
def impatience(context: BrowserContext) -> None:
    context.set_default_timeout(10_000)


@pytest.fixture(params=[390, 1280], ids=["phone", "desk"])
def sized(page: Page, request) -> Page:
    """The page on a phone and on a desk."""
    page.set_viewport_size({"width": request.param, "height": 844})
    return page


@pytest.fixture
def empty_board(running_shop: house.House) -> None:
    """Nothing of the tests before is left on a board: neither drawn each time, nor printed before what is to come."""
    running_shop.change("UPDATE tickets SET closed_at = received_at WHERE closed_at IS NULL")
