"""Static files: served by WhiteNoise with the same headers, named with a hash of what they hold."""

import hashlib
from functools import lru_cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from coachapp.config import PROJECT
from coachapp.web.headers import ALWAYS

ROOT = PROJECT / "static"
HOUR = 3600


@lru_cache
def asset(path: str) -> str:
    """The address of a static file, changing when its content does. FileNotFoundError for a file that is not there."""
    digest = hashlib.sha256((ROOT / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


def install(app: Flask) -> None:
    """Serve `static/` before the app, an hour long, and give templates `asset()`."""
    served = WhiteNoise(app.wsgi_app)
    served.files = _shelf().files
    app.wsgi_app = served  # type: ignore[method-assign]  # the documented way to wrap
    app.jinja_env.globals["asset"] = asset


@lru_cache
def _shelf() -> WhiteNoise:
    """Every file with its headers: looked through once for all apps of a process."""
    return WhiteNoise(
        None,
        root=str(ROOT),
        prefix="static/",
        max_age=HOUR,
        allow_all_origins=False,
        add_headers_function=_headers,
    )


def _headers(headers: Headers, path: str, url: str) -> None:
    for name, value in ALWAYS.items():
        headers[name] = value
    headers["X-Robots-Tag"] = "noindex"
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    if Path(path).suffix == ".woff2":
        headers["Cache-Control"] = f"max-age={HOUR}, public"
