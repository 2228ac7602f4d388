from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netroute.core.errors import InputError
from netroute.problems.vrp import Route, VrpSolution

whole = st.integers(-(2**40), 2**40)
plans = st.lists(st.builds(Route, st.lists(whole).map(tuple), whole)).map(
    lambda routes: VrpSolution(tuple(routes))
)
anything = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["routes", "clients", "vehicle", "x"]), inner)
    ),
)


@given(plans)
def test_json_round_trip(plan):
    assert VrpSolution.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


@given(anything)
def test_other_data_is_an_input_error(data):
    try:
        plan = VrpSolution.from_dict(data)
    except InputError:
        return
    assert VrpSolution.from_dict(plan.to_dict()) == plan


@pytest.mark.parametrize("row", [None, 3, {}, {"clients": [1.5]}, {"clients": [True]}])
def test_faults_name_the_route(row):
    with pytest.raises(InputError, match=r"routes\[2\]"):
        VrpSolution.from_dict({"routes": [{"clients": [1]}, row]})


def test_of_takes_arrays_and_drops_empty_routes():
    plan = VrpSolution.of([np.array([3, 1], np.uint32), [], (2,)], vehicle=1)
    assert plan == VrpSolution((Route((3, 1), 1), Route((2,), 1)))
    assert json.dumps(plan.to_dict())
