"""Opening hours as people write them: read, kept, and written back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stores.hours_text import HoursTextError, kept, kept_day, read, read_day
from app.stores.hours_words import schema, standard, standard_day, written, written_day

READ = [
    ("Mon-Thu 11am-10pm, Fri-Sat 11-2", "Mon-Thu 11am-10pm; Fri-Sat 11am-2am; Sun closed"),
    ("daily 11:30-14:00 & 17:00-22:30", "Mon-Sun 11:30am-2pm, 5pm-10:30pm"),
    ("Mo-Su 00:00-24:00", "Mon-Sun 24 hours"),
    ("24/7", "Mon-Sun 24 hours"),
    ("Open 24 hours", "Mon-Sun 24 hours"),
    ("11-10", "Mon-Sun 11am-10pm"),
    ("11-2, 5-10", "Mon-Sun 11am-2pm, 5pm-10pm"),
    ("Tue-Sun 5-2", "Mon closed; Tue-Sun 5pm-2am"),
    ("Mon–Thu: 11 a.m. – 10 p.m.; Fri/Sat noon-1:30am", "Mon-Thu 11am-10pm; Fri-Sat noon-1:30am; Sun closed"),
    ("weekdays 10-10, weekends 9-11", "Mon-Fri 10am-10pm; Sat-Sun 9am-11pm"),
    ("Monday to Friday from noon until midnight", "Mon-Fri noon-midnight; Sat-Sun closed"),
    ("Fri-Mon 11-9", "Mon 11am-9pm; Tue-Thu closed; Fri-Sun 11am-9pm"),
    ("Mon, Wed & Fri 4-9", "Mon 4pm-9pm; Tue closed; Wed 4pm-9pm; Thu closed; Fri 4pm-9pm; Sat-Sun closed"),
    ("17.30-02.00", "Mon-Sun 5:30pm-2am"),
    ("monday 9am-9am", "Mon 9am-9am; Tue-Sun closed"),
    ("SAT 11PM-12AM", "Mon-Fri closed; Sat 11pm-midnight; Sun closed"),
]  # fmt: skip
WRONG = [
    ("", "Please write"),
    (" ,; ", "Please write"),
    ("Mon", "When is it open on Monday"),
    ("foo", "We cannot read “foo”"),
    ("25-26", "on the clock"),
    ("13pm-2am", "on the clock"),
    ("11-12:60", "We cannot read"),
    ("Mon 11-10 Mon 12-1", "named twice"),
    ("closed, 5-6", "no other times"),
    ("11am-5pm, 4pm-9pm", "overlap"),
    ("Fri 11am-10am, Sat 9am-5pm", "runs into"),
    ("x" * 401, "characters long"),
    ("Mon 11-" * 50, "We cannot read"),
]


@pytest.mark.parametrize(("text", "read_as"), READ, ids=[text for text, _ in READ])
def test_hours_are_read_as_people_mean_them(text, read_as):
    assert written(read(text)) == read_as


@pytest.mark.parametrize(("text", "words"), WRONG, ids=[text[:20] for text, _ in WRONG])
def test_what_does_not_read_says_why(text, words):
    with pytest.raises(HoursTextError, match=words):
        read(text)


@st.composite
def weeks(draw):
    """Any week that a store can have: up to three spans a day, the last of which may run into the next morning."""
    week = {}
    for day in range(7):
        marks = sorted(draw(st.sets(st.integers(24, 96), min_size=0, max_size=6)))
        spans = tuple((a * 15, b * 15) for a, b in zip(marks[::2], marks[1::2], strict=False))
        if spans and draw(st.booleans()):
            spans = (*spans[:-1], (spans[-1][0], 1440 + draw(st.integers(1, 20)) * 15))
        week[day] = spans if not draw(st.booleans()) or spans else ((0, 1440),)
    nights = {day for day in range(7) if week[(day - 1) % 7] and week[(day - 1) % 7][-1][1] > 1440}
    return {day: () if day in nights and spans == ((0, 1440),) else spans for day, spans in week.items()}


@given(weeks())
def test_what_is_written_is_read_back_the_same(week):
    assert read(written(week)) == read(standard(week)) == kept(standard(week)) == week
    assert kept(standard(week)) is kept(standard(week))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        week = read(text)
    except HoursTextError:
        return
    assert read(written(week)) == {**dict.fromkeys(range(7), ()), **week}


def test_a_day_has_hours_without_a_weekday():
    assert written_day(read_day("11-2, 5-10")) == "11am-2pm, 5pm-10pm"
    assert (read_day("closed"), standard_day(())) == ((), "closed")
    assert kept_day(standard_day(read_day("noon-2am"))) == ((720, 1560),)
    assert kept_day(standard_day(read_day("10am-10:15am"))) == ((600, 615),)
    with pytest.raises(HoursTextError, match="weekdays out"):
        read_day("Mon 11-10")


def test_search_engines_get_a_line_for_each_run_and_interval():
    assert schema(read("Mon-Fri 11-2, 5-10; Sat noon-2am")) == (
        "Mo-Fr 11:00-14:00",
        "Mo-Fr 17:00-22:00",
        "Sa 12:00-02:00",
    )
