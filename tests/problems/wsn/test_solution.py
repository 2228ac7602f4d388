from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.wsn import WsnSolution

PLAIN = {"parent": [[-1, 0, -2]], "head": [[1, 0, 0]], "rounds": [3]}


@pytest.mark.parametrize("nodes", [1, 5, 127, 128, 200, 40000])
def test_round_trip(nodes):
    rng = np.random.default_rng(nodes)
    rows = max(1, min(3000, 200_000 // nodes))
    plan = WsnSolution(
        parent=rng.integers(-2, nodes, (rows, nodes)),
        head=rng.random((rows, nodes)) < 0.5,
        rounds=rng.integers(1, 2**40, rows),
    )
    text = json.dumps(plan.to_dict())
    again = WsnSolution.from_dict(json.loads(text))
    for name in ("parent", "head", "rounds"):
        np.testing.assert_array_equal(getattr(again, name), getattr(plan, name))
    assert len(text) < rows * (40 + 4 * nodes)


def test_no_rounds_at_all():
    plan = WsnSolution(np.zeros((0, 4)), np.zeros((0, 4)), np.zeros(0))
    assert WsnSolution.from_dict(plan.to_dict()).parent.shape[0] == 0


def test_read_only_and_pickle():
    plan = pickle.loads(pickle.dumps(WsnSolution.from_dict(PLAIN)))
    assert plan.parent.dtype == np.int32
    assert not any(getattr(plan, name).flags.writeable for name in ("parent", "head", "rounds"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"parent": [[-1, 3, 0]]}, "parent[0][1]: found 3, expected -2 to 2"),
        ({"parent": [[-3, 0, 0]]}, "parent: expected 2 levels of lists of integers >= -2"),
        ({"parent": [[0.5, 0, 0]]}, "parent: expected 2 levels of lists"),
        ({"parent": [[-1, 0], [0]]}, "parent: found rows of different lengths"),
        ({"parent": [-1, 0, 0]}, "parent: expected 2 levels of lists"),
        ({"parent": "packed"}, "parent: expected a list"),
        ({"parent": ["int8", [1, 3], "AAAA"]}, "parent: the packed array is damaged"),
        ({"parent": ["float64", [1, 3], "AAAA"]}, "parent: expected a packed array"),
        ({"head": [[1, 0]]}, "head: found shape (1, 2), expected (1, 3)"),
        ({"head": [[2, 0, 0]]}, "head: found numbers, expected true or false"),
        ({"rounds": [0]}, "rounds[0]: found 0, expected at least 1 round"),
        ({"rounds": [-5]}, "rounds: expected a list of integers >= 0"),
        ({"rounds": [2**54]}, "rounds[0]: found 18014398509481984"),
        ({"rounds": [1, 1]}, "rounds: found shape (2,), expected (1,)"),
        ({"rounds": None}, "rounds: expected a list"),
        ({"energy": 1}, "energy: is not a key of a schedule"),
    ],
)
def test_faults_name_the_key(change, words):
    with pytest.raises(InputError) as caught:
        WsnSolution.from_dict(PLAIN | change)
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["parent", "head", "rounds"])
def test_missing_keys(name):
    with pytest.raises(InputError, match=f"{name}: not found"):
        WsnSolution.from_dict({key: value for key, value in PLAIN.items() if key != name})
    with pytest.raises(InputError, match="found no object"):
        WsnSolution.from_dict([])
