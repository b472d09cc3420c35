from threading import Event, Thread

from blueprints import browser
from blueprints.frame import Frame

PATIENCE_SECONDS = 10


def test_a_page_that_waits_for_the_database_keeps_no_other_page_waiting(monkeypatch):
    """One page waits for SQLite's write lock in the middle of its frame; whoever holds that lock draws a frame too."""
    asked, freed, drawn = Event(), Event(), Event()

    def slow():
        asked.set()
        freed.wait(PATIENCE_SECONDS)

    monkeypatch.setattr(browser, "cart_head", slow)
    waiting = Thread(target=lambda: Frame().head)
    waiting.start()
    assert asked.wait(PATIENCE_SECONDS)
    monkeypatch.setattr(browser, "cart_head", lambda: None)
    other = Thread(target=lambda: (Frame().head, drawn.set()))
    other.start()
    went_on = drawn.wait(PATIENCE_SECONDS / 2)
    freed.set()
    waiting.join()
    other.join()
    assert went_on
