"""Every pair of standing and event has an answer, and the answers keep their promises."""

from itertools import product

import pytest

from coachapp.worksheets.rules import Event, Progress, Standing, State, Withdrawn, WorksheetError, after

A, S, D, W = State.ASSIGNED, State.STARTED, State.DONE, State.WITHDRAWN

NEXT = {
    (A, Event.WRITE): S,
    (A, Event.DONE): D,
    (A, Event.REOPEN): A,
    (A, Event.SHARE): A,
    (A, Event.UNSHARE): A,
    (A, Event.SHOW): A,
    (A, Event.HIDE): A,
    (A, Event.WITHDRAW): W,
    (S, Event.WRITE): S,
    (S, Event.DONE): D,
    (S, Event.REOPEN): S,
    (S, Event.SHARE): S,
    (S, Event.UNSHARE): S,
    (S, Event.SHOW): S,
    (S, Event.HIDE): S,
    (S, Event.WITHDRAW): S,
    (D, Event.WRITE): S,
    (D, Event.DONE): D,
    (D, Event.REOPEN): S,
    (D, Event.SHARE): D,
    (D, Event.UNSHARE): D,
    (D, Event.SHOW): D,
    (D, Event.HIDE): D,
    (D, Event.WITHDRAW): D,
    (W, Event.WRITE): Withdrawn,
    (W, Event.DONE): Withdrawn,
    (W, Event.REOPEN): Withdrawn,
    (W, Event.SHARE): Withdrawn,
    (W, Event.UNSHARE): W,
    (W, Event.SHOW): Withdrawn,
    (W, Event.HIDE): W,
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


@pytest.mark.parametrize(("state", "event"), NEXT)
def test_nothing_is_shown_but_by_showing_and_nothing_comes_back_on_the_list(
    state: State, event: Event
) -> None:
    try:
        moved = after(Standing(state, listed=False), event)
    except WorksheetError:
        return
    assert moved.shown is (event is Event.SHOW) and not moved.listed


def test_what_is_begun_stays_hers_and_leaves_only_the_list() -> None:
    for state in (S, D):
        assert after(Standing(state, shown=True), Event.WITHDRAW) == Standing(state, shown=True, listed=False)
    assert after(Standing(A, shared=True, shown=True), Event.WITHDRAW) == Standing(W, listed=False)


def test_progress_is_seen_where_it_is_shown_or_the_answers_are() -> None:
    assert {Standing(state).progress for state in State} == {None}
    for shared, shown in ((True, False), (False, True), (True, True)):
        assert [Standing(state, shared, shown).progress for state in (A, S, D)] == list(Progress)
    known = [
        Standing(S, shared, shown, listed).is_at_desk
        for listed in (True, False)
        for shared in (True, False)
        for shown in (True, False)
    ]
    assert known == [True] * 7 + [False]
    assert not Standing(W).is_at_desk
