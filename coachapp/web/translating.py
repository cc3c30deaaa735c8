"""The words of templates in the language of the request: which language is found out once a request,
each text prepared once."""

from functools import lru_cache
from typing import Any

from flask import Flask, g, has_app_context
from flask_babel import get_translations
from markupsafe import Markup


def install(app: Flask) -> None:
    """Put these in place of Flask-Babel's own, which find out the language anew for every word."""
    app.jinja_env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext)


def _gettext(text: str, /, **variables: object) -> Markup:
    """The text in the present language; what is put into it is escaped."""
    known = _language()
    return _ready(known, text) % variables if variables else _whole(known, text)


def _ngettext(one: str, many: str, num: int, /, **variables: object) -> Markup:
    """The same for a number of things, which stands in it as `%(num)s`."""
    return Markup(_language().ungettext(one, many, num)) % {"num": num, **variables}  # noqa: S704  # texts of ours


def _language() -> Any:
    """The translations of this request."""
    try:
        return g.translations
    except (AttributeError, RuntimeError):  # not asked before, or nobody's request at all
        found = get_translations()
        if has_app_context():
            g.translations = found
        return found


@lru_cache(maxsize=4000)
def _ready(translations: Any, text: str) -> Markup:
    return Markup(translations.ugettext(text))  # noqa: S704


@lru_cache(maxsize=4000)
def _whole(translations: Any, text: str) -> Markup:
    """A text nothing is put into; as everywhere, `%%` is a per cent sign."""
    return _ready(translations, text) % {}
