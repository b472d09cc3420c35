"""The control of what all tests with a browser promise: what would leave this machine is seen, and goes nowhere."""

import pytest
from playwright.sync_api import Error, Page

pytestmark = pytest.mark.browser


def test_what_would_leave_is_seen_and_goes_nowhere(page: Page, nothing_leaves: list[str]):
    with pytest.raises(Error, match="ERR_PROXY_CONNECTION_FAILED"):
        page.goto("http://elsewhere.example/")
    assert nothing_leaves == ["http://elsewhere.example/"]
    nothing_leaves.clear()
