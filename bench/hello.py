"""The yardsticks: the least that Flask can do, and a page of any size that Flask and Jinja draw from a plain list."""

from flask import Flask, request

ROW = """\
<fieldset class="row" id="row-{{ row.key }}"><legend class="vh">{{ row.name }}</legend>
  <span class="name" aria-hidden="true">{{ row.name }}{% if row.spicy %}<small>spicy</small>{% endif %}</span>
  {% for key, words in places %}
  <label title="{{ words }}"><input type="radio" name="t-{{ row.key }}" value="{{ key }}" id="t-{{ row.key }}-{{ key }}"
    {{- " checked" if key == row.side }}><i class="ring {{ key }}"></i></label>
  {% endfor %}
</fieldset>
"""
PAGE = "<!doctype html><title>Rows</title><form>{% for row in rows %}" + ROW + "{% endfor %}</form>"
PLACES = (("none", "None"), ("left", "Left half"), ("whole", "Whole pizza"), ("right", "Right half"))
BYTES_OF_A_ROW = 722


def create_app() -> Flask:
    """An application with a page of five letters, and one of about so many bytes."""
    app = Flask("hello")
    page = app.jinja_env.from_string(PAGE)
    rows = [
        {"key": f"topping{n:03}", "name": f"Topping {n:03}", "side": "left", "spicy": n % 5 == 0} for n in range(400)
    ]
    app.add_url_rule("/", "hello", lambda: "hello")

    def draw() -> str:
        return page.render(rows=rows[: request.args.get("bytes", 0, type=int) // BYTES_OF_A_ROW], places=PLACES)

    app.add_url_rule("/page", "page", draw)
    return app
