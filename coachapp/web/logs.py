"""Logs that never hold a form field, a query or a name: only the route's pattern, the status and the time taken."""

import logging
import secrets
import sys
import time
import traceback
from typing import Any

import structlog
from flask import Flask, Response, g, request

from coachapp.web.guards import is_quiet

_KEPT = {
    "event",
    "level",
    "ref",
    "method",
    "route",
    "status",
    "ms",
    "error",
    "frames",
    "count",
    "kind",
    "outcome",
}


def configure(log_format: str) -> None:
    """Send every log line to standard error, as text or as JSON."""
    last: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _keep_known,
            structlog.processors.TimeStamper("iso"),
            last,
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    logging.getLogger("stripe").setLevel(logging.CRITICAL)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)


def logger() -> Any:
    """The one logger; keys that are not on the list of known ones are dropped."""
    return structlog.get_logger()


def describe(error: BaseException) -> dict[str, object]:
    """An error as its class and the places it passed, without its message (which may hold what was typed)."""
    frames = [
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    return {"error": type(error).__name__, "frames": frames[-8:]}


def install(app: Flask) -> None:
    """One line per request, with a reference that the error page shows too."""

    @app.before_request
    def begin() -> None:
        g.ref, g.began = secrets.token_hex(4), time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        if is_quiet() and response.status_code < 400:
            return response
        route = request.url_rule.rule if request.url_rule else "-"
        took = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000)
        logger().info(
            "request",
            ref=g.get("ref"),
            method=request.method,
            route=route,
            status=response.status_code,
            ms=took,
        )
        return response


def _keep_known(_: Any, __: str, entry: structlog.types.EventDict) -> structlog.types.EventDict:
    return {key: value for key, value in entry.items() if key in _KEPT}
