"""The shortest duration of a route, against trying every departure."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netroute.problems.vrp.timing import Chain, shortest

whole = st.integers


@st.composite
def chains(draw):
    """Chains of few stops with many short windows: what makes a departure hard to choose."""
    stops = draw(whole(2, 4))

    def windows():
        opens, row = 0, []
        for _ in range(draw(whole(0, 4))):
            opens += draw(whole(1, 12))
            closes = opens + draw(whole(0, 6))
            row.append((float(opens), float(closes)))
            opens = closes
        return tuple(row)

    return Chain(
        travel=[float(draw(whole(0, 6))) for _ in range(stops - 1)],
        service=[float(draw(whole(0, 3))) for _ in range(stops)],
        windows=[windows() for _ in range(stops)],
        earliest=float(draw(whole(0, 15))),
        latest=draw(st.just(math.inf) | whole(15, 60).map(float)),
    )


def enter(windows, moment):
    """First moment from ``moment`` on at which service may begin."""
    return min((max(a, moment) for a, b in windows if moment <= b), default=None)


def durations(chain):
    """Duration by departure, for every departure that keeps windows and shift end."""
    found = {}
    for begin in range(int(chain.earliest), 90):
        now = float(begin)
        for i, service in enumerate(chain.service):
            now = enter(chain.windows[i], now) if chain.windows[i] else now
            if now is None or (i == 0 and now != begin):
                break
            now += service + (chain.travel[i] if i < len(chain.travel) else 0.0)
        else:
            if now <= chain.latest:
                found[begin] = now - begin
    return found


JUMP = Chain(
    [1.0, 1.0], [0.0] * 3, [(), ((5.0, 6.0), (20.0, 30.0)), ((29.0, 40.0),)], 0.0, math.inf
)
"""Leaving late for the first window of the second stop means a long wait; its second one none."""


@settings(max_examples=1000)
@given(chains())
@example(JUMP)
def test_duration_is_the_shortest_of_all_departures(chain):
    timing = shortest(chain)
    every = durations(chain)
    if every:
        assert not timing.late
        assert timing.overtime == 0.0
        assert timing.duration == min(every.values())
        assert every[int(timing.begins[0])] == timing.duration
    else:
        assert timing.late or timing.overtime > 0.0


def test_a_later_window_saves_the_wait():
    assert shortest(JUMP).begins == (27.0, 28.0, 29.0)


def test_without_windows_the_route_leaves_at_once():
    timing = shortest(Chain([2.0, 3.0], [1.0, 4.0, 0.5], [(), (), ()], 7.0, math.inf))
    assert timing.begins == (7.0, 10.0, 17.0)
    assert timing.duration == pytest.approx(10.5)


def test_leaves_as_late_as_it_saves_waiting_and_no_later():
    timing = shortest(Chain([5.0], [0.0, 2.0], [(), ((30.0, 50.0),)], 0.0, math.inf))
    assert timing.begins == (25.0, 30.0)
    assert timing.duration == 7.0


def test_lateness_is_measured_from_the_last_window():
    timing = shortest(Chain([9.0], [0.0, 0.0], [(), ((0.0, 2.0), (4.0, 5.0))], 0.0, math.inf))
    assert timing.late == ((1, 4.0),)


def test_overtime_is_what_exceeds_the_shift():
    assert shortest(Chain([9.0], [1.0, 2.0], [(), ()], 3.0, 10.0)).overtime == 5.0


def test_rounding_errors_of_sums_make_nobody_late():
    travel = [0.1] * 10
    close = 1.0  # ten times 0.1 is a little less or more, depending on the order of summation
    chain = Chain(travel, [0.0] * 11, [()] * 10 + [((0.0, close),)], 0.0, math.fsum(travel))
    assert not shortest(chain).late
    assert shortest(chain).overtime == 0.0


def test_many_windows_take_little_time():
    """Each step uses up one window, so the work is at most windows times stops."""
    windows = tuple((10.0 * k, 10.0 * k + 1.0) for k in range(60))
    chain = Chain([3.0] * 40, [0.0] * 41, [windows] * 41, 0.0, math.inf)
    timing = shortest(chain)
    assert timing.duration == min(durations_of_long(chain))


def durations_of_long(chain):
    for begin in range(600):
        now = float(begin)
        for i in range(len(chain.service)):
            now = enter(chain.windows[i], now)
            if now is None or (i == 0 and now != begin):
                break
            now += chain.travel[i] if i < len(chain.travel) else 0.0
        else:
            yield now - begin
