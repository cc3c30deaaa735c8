"""Words of templates: escaped, with numbers, and the same as Flask-Babel's own, though found quicker."""

import pytest
from flask_babel import gettext, ngettext

from coachapp.zones import ZoneChoice


@pytest.fixture
def written(app):
    def write(source, **facts):
        with app.test_request_context():
            return app.jinja_env.from_string(source).render(**facts)

    return write


def test_what_is_put_into_a_text_is_escaped(written):
    hostile = "<script>alert(1)</script> 100% %(x)s {}"
    safe = "&lt;script&gt;alert(1)&lt;/script&gt; 100% %(x)s {}"
    assert written("{{ _('With %(name)s', name=who) }}", who=hostile) == f"With {safe}"
    assert written("{{ ngettext('%(num)s of %(who)s', '%(num)s by %(who)s', 2, who=who) }}", who=hostile) == (
        f"2 by {safe}"
    )
    assert written("{% trans who=who %}For {{ who }}{% endtrans %}", who=hostile) == f"For {safe}"


def test_texts_without_anything_in_them(written):
    assert written("{{ _('Half is 50%%') }}") == "Half is 50%"
    assert written("{{ _('Time') }}{{ _('Time') }}") == "TimeTime"
    assert written("{% trans %}Leave<span> site</span>{% endtrans %}") == "Leave<span> site</span>"


@pytest.mark.parametrize("number", [0, 1, 2, 21])
def test_numbers_as_flask_babel_says_them(app, written, number):
    with app.test_request_context():
        expected = ngettext("%(num)s time", "%(num)s times", number)
        assert gettext("Time") == "Time"
    assert written("{{ ngettext('%(num)s time', '%(num)s times', n) }}", n=number) == expected


def test_outside_any_request_there_are_words_too(app):
    assert app.jinja_env.globals["_"]("Time") == "Time"


def test_a_list_of_zones(written):
    zones = (ZoneChoice("Europe/Lisbon", "Lisbon", "11:42"), ZoneChoice("A/<b>", "<b>{clock}", "06:42"))
    assert written("{{ zone_options(zones, 'Europe/Lisbon') }}", zones=zones) == (
        '<option value="Europe/Lisbon" selected>Lisbon (11:42 now)</option>'
        '<option value="A/&lt;b&gt;">&lt;b&gt;{clock} (06:42 now)</option>'
    )
