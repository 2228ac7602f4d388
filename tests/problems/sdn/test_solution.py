from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.sdn import SdnSolution


def same(one: SdnSolution, two: SdnSolution) -> bool:
    return json.dumps(one.to_dict()) == json.dumps(two.to_dict())


def test_paths_in_order_of_flows():
    plan = SdnSolution.of(4, {2: [5, 3], 0: [1]}, backups={2: [7]})
    assert plan.start.tolist() == [0, 1, 1, 3, 3]
    assert plan.arcs.tolist() == [1, 5, 3]
    assert plan.admitted.tolist() == [True, False, True, False]
    assert (plan.path(2).tolist(), plan.backup(2).tolist()) == ([5, 3], [7])
    assert (plan.path(1).tolist(), plan.backup(0).tolist()) == ([], [])
    assert (plan.start.dtype, plan.arcs.dtype) == (np.int64, np.uint32)
    assert not plan.arcs.flags.writeable


def test_round_trips():
    for plan in (
        SdnSolution.of(3, {1: [4, 2]}),
        SdnSolution.of(3, {1: [4, 2]}, backups={1: [0]}),
        SdnSolution.of(0, {}),
    ):
        assert same(SdnSolution.from_dict(json.loads(json.dumps(plan.to_dict()))), plan)
        copy = pickle.loads(pickle.dumps(plan))
        assert same(copy, plan)
        assert not copy.start.flags.writeable


@pytest.mark.parametrize(
    ("start", "arcs"),
    [
        ([], []),
        ([1, 2], [0, 0]),
        ([0, 2], [0]),
        ([0, 2, 1, 3], [0, 0, 0]),
        ([0, 1], [-1]),
        ([0, 1], [2**32]),
        ([0, 1], [0.5]),
        ([0, 1], [[0]]),
        ([0, 1], ["x"]),
        ("none", [1]),
    ],
)
def test_what_does_not_fit_together_is_refused(start, arcs):
    with pytest.raises(InputError, match="solution: "):
        SdnSolution(start, arcs)


def test_backups_come_complete():
    with pytest.raises(InputError, match="both or none"):
        SdnSolution([0, 1], [0], backup_start=[0, 1])
    with pytest.raises(InputError, match="another number of flows"):
        SdnSolution([0, 1], [0], [0, 0, 1], [0])
    with pytest.raises(InputError, match="found flow 3, expected 0 to 1"):
        SdnSolution.of(2, {3: [0]})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "found no list 'paths'"),
        ({}, "found no list 'paths'"),
        ({"paths": {"0": [1]}}, "found no list 'paths'"),
        ({"paths": [[0], 1]}, "solution.paths[1]: expected a list of arcs"),
        ({"paths": [[], [0, "a"]]}, "solution.paths[1]: found 'a', expected the number of an arc"),
        ({"paths": [[True]]}, "solution.paths[0]: found 'True'"),
        ({"paths": [[-1]]}, "solution.paths[0]: found '-1'"),
        ({"paths": [[1.0]]}, "solution.paths[0]: found '1.0'"),
        ({"paths": [[2**32]]}, "solution.paths[0]: found '4294967296'"),
        ({"paths": [[0]], "backups": 3}, "'backups' is not a list"),
        ({"paths": [[0]], "backups": [[None]]}, "solution.backups[0]: found 'None'"),
        ({"paths": [[0]], "backups": []}, "another number of flows"),
    ],
)
def test_faulty_data_names_the_flow(data, said):
    with pytest.raises(InputError) as caught:
        SdnSolution.from_dict(data)
    assert said in str(caught.value)
