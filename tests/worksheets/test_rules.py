"""Every pair of standing and event has an answer, and the answers keep their promises."""

from itertools import product

import pytest

from coachapp.worksheets.rules import AlreadyBegun, Event, Standing, State, Withdrawn, WorksheetError, after

A, S, D, W = State.ASSIGNED, State.STARTED, State.DONE, State.WITHDRAWN

NEXT = {
    (A, Event.WRITE): S,
    (A, Event.DONE): D,
    (A, Event.REOPEN): A,
    (A, Event.SHARE): A,
    (A, Event.UNSHARE): A,
    (A, Event.WITHDRAW): W,
    (S, Event.WRITE): S,
    (S, Event.DONE): D,
    (S, Event.REOPEN): S,
    (S, Event.SHARE): S,
    (S, Event.UNSHARE): S,
    (S, Event.WITHDRAW): AlreadyBegun,
    (D, Event.WRITE): S,
    (D, Event.DONE): D,
    (D, Event.REOPEN): S,
    (D, Event.SHARE): D,
    (D, Event.UNSHARE): D,
    (D, Event.WITHDRAW): AlreadyBegun,
    (W, Event.WRITE): Withdrawn,
    (W, Event.DONE): Withdrawn,
    (W, Event.REOPEN): Withdrawn,
    (W, Event.SHARE): Withdrawn,
    (W, Event.UNSHARE): W,
    (W, Event.WITHDRAW): W,
}


def test_the_table_names_every_pair() -> None:
    assert set(NEXT) == set(product(State, Event))


@pytest.mark.parametrize(("state", "event"), NEXT)
@pytest.mark.parametrize("shared", [True, False])
def test_every_pair_does_what_the_table_says(state: State, event: Event, shared: bool) -> None:
    expected = NEXT[state, event]
    if isinstance(expected, State):
        assert after(Standing(state, shared), event).state is expected
    else:
        with pytest.raises(expected):
            after(Standing(state, shared), event)


@pytest.mark.parametrize("state", State)
def test_to_stop_sharing_is_never_refused(state: State) -> None:
    assert after(Standing(state, shared=True), Event.UNSHARE) == Standing(state, shared=False)


@pytest.mark.parametrize(("state", "event"), NEXT)
def test_nothing_is_shared_but_by_sharing(state: State, event: Event) -> None:
    try:
        moved = after(Standing(state, shared=False), event)
    except WorksheetError:
        return
    assert moved.shared is (event is Event.SHARE)
