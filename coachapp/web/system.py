"""Addresses for machines: is the process alive, is the database ready, a few figures."""

import hmac

from flask import Blueprint, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from coachapp import db
from coachapp.web.guards import system

bp = Blueprint("system", __name__)


@bp.get("/healthz")
@system
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(ok=True)


@bp.get("/readyz")
@system
def readyz() -> ResponseReturnValue:
    """The database answers and has every migration."""
    try:
        ready = bool(current_app.extensions["is_migrated"]())
    except SQLAlchemyError:
        ready = False
    return jsonify(ready=ready), 200 if ready else 503


@bp.get("/metrics")
@system
def metrics() -> ResponseReturnValue:
    """Figures for a monitor that knows METRICS_TOKEN; without the setting there is no such page."""
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        abort(404)
    registry = CollectorRegistry()
    waiting = Gauge("outbox_waiting", "Messages waiting to be sent", registry=registry)
    waiting.set(db.session().scalar(text("SELECT count(*) FROM outbox_message WHERE state = 'waiting'")) or 0)
    return generate_latest(registry), 200, {"Content-Type": "text/plain; version=0.0.4"}
