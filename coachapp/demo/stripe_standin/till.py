"""What happens to money: sessions made, paid, declined and ended, refunds made and failed, each with its events."""

import copy
from typing import Any

from coachapp.demo.stripe_standin import objects, payment_objects
from coachapp.demo.stripe_standin.answers import Obj, Refusal
from coachapp.demo.stripe_standin.checkout_params import read_session
from coachapp.demo.stripe_standin.levers import Levers
from coachapp.demo.stripe_standin.store import Store
from coachapp.demo.stripe_standin.webhooks import Courier, Timetable


class Till:
    """The acts. Each runs under the store's lock; events leave by the courier afterwards, in their own threads."""

    def __init__(
        self, store: Store, levers: Levers, courier: Courier, table: Timetable, statement_prefix: str
    ) -> None:
        self._store, self._levers, self._courier, self._table = store, levers, courier, table
        self._prefix = statement_prefix
        self._pay_base = ""

    def move_to(self, pay_base: str) -> None:
        """Say under which address the pay page stands; open sessions of an earlier run follow."""
        self._pay_base = pay_base
        with self._store.change() as books:
            for session in books.sessions.values():
                if session["status"] == "open":
                    session["url"] = self.pay_url(session["id"])

    def create_session(self, raw: dict[str, Any]) -> Obj:
        """An open session from decoded parameters."""
        now = self._levers.time()
        params = read_session(raw, now, self._prefix)
        identity = objects.new_id("cs_test")
        session = objects.checkout_session(params, identity, self.pay_url(identity), now)
        with self._store.change() as books:
            books.sessions[identity] = session
            books.line_items[identity] = objects.line_items(params, now)
            books.intent_data[identity] = params.get("payment_intent_data", {})
        return session

    def pay_url(self, session_id: str) -> str:
        return f"{self._pay_base}/pay/{session_id}"

    def session(self, session_id: str) -> Obj:
        """The session as it stands now, ended if its time is over; unknown ids are refused with 404."""
        with self._store.change() as books:
            session = books.sessions.get(session_id)
            if session is None:
                raise missing("checkout.session", session_id)
            if session["status"] == "open" and session["expires_at"] <= self._levers.time():
                self._end(session)
            return session

    def expire(self, session_id: str, origin: tuple[str, str | None]) -> Obj:
        """End an open session by request; `origin` is the request's id and key."""
        with self._store.change():
            session = self.session(session_id)
            if session["status"] != "open":
                raise Refusal(
                    'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a'
                    f" status of {session['status']}.",
                    param="session",
                )
            self._end(session, origin)
            return session

    def expire_due(self) -> None:
        """End every open session whose time is over."""
        with self._store.look() as books:
            now = self._levers.time()
            due = [
                s["id"] for s in books.sessions.values() if s["status"] == "open" and s["expires_at"] <= now
            ]
        for session_id in due:
            self.session(session_id)

    def pay(self, session_id: str) -> tuple[Obj, str | None]:
        """Pay an open session; returns it with the id of the event, None if it was not open any more."""
        with self._store.change():
            session = self.session(session_id)
            if session["status"] != "open":
                return session, None
            if session["amount_total"]:
                session["payment_intent"] = self._charge(session)
                session["payment_status"] = "paid"
            session.update(status="complete", url=None, customer_details=objects.customer_details())
            return session, self._tell("checkout.session.completed", session)

    def decline(self, session_id: str) -> Obj:
        """The card was refused: nothing changes but a count."""
        with self._store.change() as books:
            books.declines[session_id] = books.declines.get(session_id, 0) + 1
            return self.session(session_id)

    def refund(self, params: dict[str, Any], origin: tuple[str, str | None]) -> Obj:
        """Refund part or all of a charge."""
        with self._store.change() as books:
            charge = self._charge_of(params)
            made = payment_objects.refund(charge, _refundable(charge, params), params, self._levers.time())
            books.objects[made["id"]] = made
            self._book(made, -made["amount"], "refund")
            self._shift(charge, made["amount"])
            self._tell("refund.created", made, origin)
            self._tell("charge.refunded", charge, origin)
        failure = self._levers.refund_failure()
        if failure:
            self._table.later(failure.after, lambda: self.fail_refund(made["id"]))
        return made

    def fail_refund(self, refund_id: str) -> None:
        """The bank sends a refund back: it failed, and the charge counts as not refunded by that amount."""
        with self._store.change() as books:
            made = books.objects.get(refund_id)
            if made is None or made["object"] != "refund" or made["status"] == "failed":
                return
            made.update(status="failed", failure_reason="expired_or_canceled_card")
            self._shift(books.objects[made["charge"]], -made["amount"])
            self._tell("refund.failed", made)

    def dispute(self, charge_id: str, amount: int | None = None) -> str | None:
        """The payer's bank asks for a charge back, or so much of it; the dispute's id, None for an unknown charge."""
        with self._store.change() as books:
            charge = books.objects.get(charge_id)
            if charge is None or charge["object"] != "charge":
                return None
            charge["disputed"] = True
            made = payment_objects.dispute(charge, amount or charge["amount"], self._levers.time())
            books.objects[made["id"]] = made
            self._tell("charge.dispute.created", made)
        identity: str = made["id"]
        return identity

    def close_dispute(self, dispute_id: str, outcome: str) -> None:
        """The bank has decided: `outcome` is won or lost. A charge counts as disputed for ever."""
        with self._store.change() as books:
            made = books.objects.get(dispute_id)
            if made is not None and made["object"] == "dispute":
                made["status"] = outcome
                self._tell("charge.dispute.closed", made)

    def _charge(self, session: Obj) -> str:
        now = self._levers.time()
        data = self._store.books.intent_data[session["id"]]
        intent = payment_objects.payment_intent(session, data, objects.new_id("ch"), now)
        charge = payment_objects.charge(intent, self._prefix, now)
        self._store.books.objects.update({intent["id"]: intent, charge["id"]: charge})
        self._book(charge, charge["amount"], "charge")
        identity: str = intent["id"]
        return identity

    def _book(self, source: Obj, amount: int, kind: str) -> None:
        entry = payment_objects.balance_transaction(source, amount, kind, self._levers.time())
        self._store.books.objects[entry["id"]] = entry
        source["balance_transaction"] = entry["id"]

    def _shift(self, charge: Obj, amount: int) -> None:
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]

    def _charge_of(self, params: dict[str, Any]) -> Obj:
        if ("charge" in params) == ("payment_intent" in params):
            message = (
                "One of the following params should be provided for this request: payment_intent or charge."
            )
            raise Refusal(message, param="payment_intent")
        kind = "charge" if "charge" in params else "payment_intent"
        found = self._store.find(params[kind])
        if found is None or found["object"] != kind:
            raise missing(kind, params[kind], param=kind, status=400)
        return found if kind == "charge" else self._store.books.objects[found["latest_charge"]]

    def _end(self, session: Obj, origin: tuple[str, str | None] | None = None) -> None:
        session.update(status="expired", url=None)
        self._tell("checkout.session.expired", session, origin)

    def _tell(self, kind: str, subject: Obj, origin: tuple[str, str | None] | None = None) -> str:
        request_id, key = origin or (None, None)
        event = objects.event(kind, copy.deepcopy(subject), request_id, key, self._levers.time())
        identity: str = event["id"]
        with self._store.change() as books:
            books.events[identity] = event
        self._courier.take(identity)
        return identity


def missing(kind: str, identity: str, param: str = "id", status: int = 404) -> Refusal:
    """What Stripe says about an id it does not know."""
    return Refusal(f"No such {kind}: '{identity}'", param=param, code="resource_missing", status=status)


def _refundable(charge: Obj, params: dict[str, Any]) -> int:
    left: int = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise Refusal(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if left == 0:
        raise Refusal(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount: int = params.get("amount", left)
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise Refusal(message, param="amount")
    return amount
