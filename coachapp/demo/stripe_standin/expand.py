"""`expand[]`: ids in an answer replaced by the objects they stand for."""

import copy

from coachapp.demo.stripe_standin.answers import Obj, Refusal
from coachapp.demo.stripe_standin.store import Store

_EXPANDABLE = {
    "checkout.session": {
        "payment_intent",
        "line_items",
        "customer",
        "invoice",
        "setup_intent",
        "subscription",
    },
    "payment_intent": {"latest_charge", "customer", "review"},
    "charge": {"balance_transaction", "payment_intent", "refunds", "customer", "review"},
    "refund": {"balance_transaction", "charge", "payment_intent"},
    "balance_transaction": {"source"},
}


def expanded(found: Obj, paths: list[str], store: Store) -> Obj:
    """A deep copy of `found` with each dotted path expanded; a property that cannot be expanded is refused."""
    result = copy.deepcopy(found)
    for path in paths:
        _follow(result, path.split("."), path, store)
    return result


def _follow(here: Obj, steps: list[str], path: str, store: Store) -> None:
    for step in steps:
        if step not in _EXPANDABLE.get(here.get("object", ""), ()):
            message = f"This property cannot be expanded ({path})."
            raise Refusal(message, param="expand[0]")
        here[step] = _unfolded(here, step, store)
        if not isinstance(here[step], dict):
            return
        here = here[step]


def _unfolded(here: Obj, step: str, store: Store) -> object:
    if step == "line_items":
        address = f"/v1/checkout/sessions/{here['id']}/line_items"
        return _listing(store.line_items(here["id"]), address)
    if step == "refunds":
        return _listing(store.refunds_of(here["id"]), f"/v1/charges/{here['id']}/refunds")
    value = here.get(step)
    return copy.deepcopy(store.find(value)) if isinstance(value, str) else value


def _listing(items: list[Obj], address: str) -> Obj:
    return {"object": "list", "data": copy.deepcopy(items), "has_more": False, "url": address}
