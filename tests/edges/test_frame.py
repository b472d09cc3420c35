import re
from pathlib import Path
from threading import Event, Thread

from blueprints import browser
from blueprints.frame import Frame

PATIENCE_SECONDS = 10
TEMPLATES = Path(__file__).parents[2] / "templates"


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


def test_no_page_loses_a_macro_to_its_frame_that_has_one_of_the_same_name():
    """A frame is drawn after its page, so its macros would take the place of the page's."""
    texts = {file.relative_to(TEMPLATES).as_posix(): file.read_text() for file in TEMPLATES.rglob("*.html")}
    macros = {name: set(re.findall(r"{%-? macro (\w+)", text)) for name, text in texts.items()}
    frames = {name: found[1] for name, text in texts.items() if (found := re.search(r'{% extends "([^"]+)"', text))}
    assert macros["desk.html"]
    for name in frames:
        above = frames.get(name)
        while above is not None:
            assert macros[name].isdisjoint(macros[above]), f"{name} and {above}"
            above = frames.get(above)
