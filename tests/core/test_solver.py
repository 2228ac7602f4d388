"""Parameters of solvers: documented, of the right type, in range, settable as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netroute.core.errors import InputError
from netroute.core.solver import Solver, parameter


@dataclass(frozen=True, kw_only=True)
class Tunable(Solver):
    name: ClassVar[str] = "tunable"
    summary: ClassVar[str] = "has parameters of every type"
    kind: ClassVar = "heuristic"

    rounds: int = parameter(10, "Rounds.", low=1, high=100)
    heat: float = parameter(0.5, "Temperature.", low=0.0)
    swap: bool = parameter(True, "Use SWAP*.")
    mode: str = parameter("fast", "Mode.", choices=("fast", "good"))
    limit: int | None = parameter(None, "Limit.", low=2)

    def search(self, instance, recorder, *, seed, start):
        raise NotImplementedError

    def evaluate(self, instance, solution):
        raise NotImplementedError


def test_defaults():
    assert Tunable().parameters() == {
        "rounds": 10,
        "heat": 0.5,
        "swap": True,
        "mode": "fast",
        "limit": None,
    }


def test_text_becomes_values():
    texts = {"rounds": "7", "heat": "2", "swap": "false", "mode": "good", "limit": "5"}
    solver = Tunable.from_settings(texts)
    assert solver == Tunable(rounds=7, heat=2.0, swap=False, mode="good", limit=5)
    assert isinstance(solver.heat, float)
    assert Tunable.from_settings({"limit": "none"}).limit is None


def test_numbers_of_numpy_become_plain_ones():
    solver = Tunable(rounds=np.int64(3), heat=np.float32(0.5))
    assert type(solver.rounds) is int
    assert type(solver.heat) is float


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rounds": "many"}, "tunable.rounds: found 'many', expected a value of type int"),
        ({"rounds": "1.5"}, "expected a value of type int"),
        ({"rounds": 1.5}, "found 1.5, expected a value of type int"),
        ({"rounds": True}, "expected a value of type int"),
        ({"rounds": 0}, "tunable.rounds: found 0, expected a value from 1 to 100"),
        ({"heat": "-0.1"}, "found -0.1, expected a value from 0.0 to inf"),
        ({"heat": "nan"}, "found nan"),
        ({"swap": "maybe"}, "found 'maybe', expected a value of type bool"),
        ({"swap": 1}, "expected a value of type bool"),
        ({"mode": "slow"}, "found 'slow', expected one of: fast, good"),
        ({"heat": 10**400}, "expected a value of type float"),
        ({"limit": 1}, "found 1, expected a value from 2"),
        ({"limit": "few"}, "found 'few', expected a value from 2"),
        ({"round": 3}, "unknown parameter 'round', expected one of: rounds, heat"),
    ],
)
def test_faults(settings, message):
    with pytest.raises(InputError) as caught:
        Tunable.from_settings(settings)
    assert message in str(caught.value)


names = st.sampled_from(["rounds", "heat", "swap", "mode", "limit"])


@given(st.dictionaries(names, st.text(max_size=5) | st.integers() | st.floats() | st.booleans()))
def test_any_setting_is_taken_or_an_input_error(settings):
    try:
        solver = Tunable.from_settings(settings)
    except InputError:
        return
    assert 1 <= solver.rounds <= 100
    assert solver.heat >= 0
    assert Tunable.from_settings({k: str(v) for k, v in solver.parameters().items()}) == solver
