"""`GET /v1/events`: newest first, of the last thirty days, with the filters and cursors Stripe has."""

import copy
from typing import Any

from coachapp.demo.stripe_standin.answers import Obj, Refusal
from coachapp.demo.stripe_standin.fields import Flag, Group, ListOf, Text, Whole
from coachapp.demo.stripe_standin.store import Store
from coachapp.demo.stripe_standin.till import missing

_BOUNDS = {name: Whole() for name in ("gt", "gte", "lt", "lte")}
_KEPT_SECONDS = 30 * 24 * 60 * 60
_FILTERS = Group(
    {
        "created": Group(_BOUNDS),
        "delivery_success": Flag(),
        "ending_before": Text(),
        "expand": ListOf(Text(200), most=20),
        "limit": Whole(1, 100),
        "starting_after": Text(),
        "type": Text(),
        "types": ListOf(Text(), most=20),
    }
)


def list_events(raw: dict[str, Any], store: Store, now: int) -> Obj:
    """One page of events as Stripe's list object; `now` in epoch seconds."""
    filters = _FILTERS.read(_with_bounds(raw))
    if "type" in filters and "types" in filters:
        raise Refusal("You may only pass one of `type` or `types`.", param="type")
    if any(name.endswith("*") for name in filters.get("types", ())):
        raise Refusal("`types` takes names of events; a wildcard goes into `type`.", param="types")
    with store.look() as books:
        order = [i for i, event in books.events.items() if event["created"] >= now - _KEPT_SECONDS]
    fitting = [i for i in _between(order, filters) if _fits(i, filters, store)]
    limit: int = filters.get("limit", 10)
    page = fitting[:limit] if "ending_before" in filters else fitting[::-1][:limit]
    shown = page[::-1] if "ending_before" in filters else page
    return {
        "object": "list",
        "data": [shown_event(identity, store) for identity in shown],
        "has_more": len(fitting) > limit,
        "url": "/v1/events",
    }


def shown_event(event_id: str, store: Store) -> Obj:
    """The event as it was frozen, with the number of webhooks still on their way; unknown ids are refused with 404."""
    with store.look() as books:
        found = books.events.get(event_id)
        if found is None:
            raise missing("event", event_id)
        waiting = books.deliveries[event_id].state in ("pending", "failed")
        return {**copy.deepcopy(found), "pending_webhooks": int(waiting)}


def _with_bounds(raw: dict[str, Any]) -> dict[str, Any]:
    created = raw.get("created")
    if not isinstance(created, str):
        return raw
    return {**raw, "created": {"gte": created, "lte": created}}


def _between(order: list[str], filters: dict[str, Any]) -> list[str]:
    """The ids, oldest first, that lie on the asked side of the cursor."""
    if "ending_before" in filters and "starting_after" in filters:
        raise Refusal("You may only pass one of `ending_before` or `starting_after`.", param="ending_before")
    for cursor in ("ending_before", "starting_after"):
        if cursor in filters:
            if filters[cursor] not in order:
                raise missing("event", filters[cursor], param=cursor, status=400)
            at = order.index(filters[cursor])
            return order[at + 1 :] if cursor == "ending_before" else order[:at]
    return order


def _fits(event_id: str, filters: dict[str, Any], store: Store) -> bool:
    with store.look() as books:
        event, state = books.events[event_id], books.deliveries[event_id].state
    if "delivery_success" in filters and (state in ("delivered", "none")) is not filters["delivery_success"]:
        return False
    wanted = [filters["type"]] if "type" in filters else filters.get("types", ["*"])
    return _within(event["created"], filters.get("created", {})) and any(
        _named(event["type"], w) for w in wanted
    )


def _named(kind: str, wanted: str) -> bool:
    return kind.startswith(wanted[:-1]) if wanted.endswith("*") else kind == wanted


def _within(created: int, bounds: dict[str, int]) -> bool:
    return (
        created > bounds.get("gt", -1)
        and created >= bounds.get("gte", 0)
        and created < bounds.get("lt", created + 1)
        and created <= bounds.get("lte", created)
    )
