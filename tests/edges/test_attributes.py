"""Attributes of fields say what wtforms' own would, whatever is in them."""

import hypothesis.strategies as st
from hypothesis import example, given
from markupsafe import Markup
from wtforms import Form, StringField
from wtforms.widgets import html_params

from blueprints.attributes import attributes

NAMES = st.one_of(
    st.sampled_from(["class", "class_", "for_", "data_key", "data__x_", "aria_labelledby", "hx-post", "value"]),
    st.text("abc_-", min_size=1),
)
VALUES = st.one_of(st.booleans(), st.none(), st.integers(), st.text(), st.builds(Markup, st.text()))


@given(st.dictionaries(NAMES, VALUES))
@example({"value": "\"'<>&", "required": True, "disabled": False, "maxlength": 0, "title": Markup('"<b>"')})
def test_they_are_those_of_wtforms(said):
    assert attributes(**said) == html_params(**said)


def test_every_input_of_the_shop_has_them(shop):
    class Named(Form):
        name = StringField(render_kw={"class": "input"})

    field = Named(data={"name": '"><script>'}).name
    assert field(required=True) == (
        '<input class="input" id="name" name="name" required type="text" value="&#34;&gt;&lt;script&gt;">'
    )
    assert type(field.widget).html_params is attributes
