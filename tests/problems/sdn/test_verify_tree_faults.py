"""Faulty search trees in certificates: an error that says what, never a wrong bound."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netroute.core.errors import InputError
from netroute.problems.sdn import SdnInstance
from netroute.problems.sdn.verify_bound import verify_bound


def link(**changes: object) -> SdnInstance:
    """Return one arc of capacity 10 and three flows of 6 over it: only one fits."""
    fields = {
        "nodes": ["a", "b"],
        "tail": [0],
        "head": [1],
        "capacity": [10],
        "source": [0, 0, 0],
        "target": [1, 1, 1],
        "bandwidth": [6, 6, 6],
        "priority": [5, 4, 4],
    }
    return SdnInstance(**(fields | changes))


def bound(net: SdnInstance, **data: object) -> float:
    return verify_bound(net, {"method": "branch-and-price", "value": 0.0, "data": data})


FAULTS = {
    "no tree": ({"tree": []}, "found a tree without nodes"),
    "no lists": ({"tree": {}}, "found no lists 'prices' and 'tree'"),
    "prices": ({"tree": [{"prices": 1}]}, "expected 0 to 0"),
    "flow": ({"tree": [{"flow": 9, "children": [1, 2]}]}, "expected 0 to 2"),
    "nothing": ({"tree": [{}]}, "which is of no known kind"),
    "one child": ({"tree": [{"flow": 0, "children": [1]}]}, "which is of no known kind"),
    "leaf with child": ({"tree": [{"prices": 0, "children": [1, 1]}]}, "of no known kind"),
    "missing child": ({"tree": [{"flow": 0, "children": [1, 2]}]}, "the nodes are no tree"),
    "circle": ({"tree": [{"flow": 0, "children": [0, 0]}]}, "the nodes are no tree"),
    "shared child": (
        {"tree": [{"flow": 0, "children": [1, 1]}, {"prices": 0}]},
        "the nodes are no tree",
    ),
    "not an object": ({"tree": [3]}, "found a node 3"),
    "cuts": ({"prices": [{"lambda": [0.0], "cuts": 3}]}, "cuts: expected a list"),
    "cut": ({"prices": [{"lambda": [0.0], "cuts": [{"arc": 0}]}]}, "cuts[0]: "),
    "cut of an arc": (
        {"prices": [{"lambda": [0.0], "cuts": [{"arc": 3, "flows": [0], "dual": 1.0}]}]},
        "cuts[0]: an arc, a flow or a coefficient is out of range",
    ),
    "cut with a flow twice": (
        {"prices": [{"lambda": [0.0], "cuts": [{"arc": 0, "flows": [0, 0], "dual": 1.0}]}]},
        "cuts[0]: an arc, a flow or a coefficient is out of range",
    ),
    "negative dual": (
        {"prices": [{"lambda": [0.0], "cuts": [{"arc": 0, "flows": [0], "dual": -1.0}]}]},
        "cuts[0]: found the dual -1.0",
    ),
    "points": ({"prices": [3]}, "found no object with 'lambda'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_trees(fault):
    changes, said = FAULTS[fault]
    good = {"prices": [{"lambda": [0.0]}], "tree": [{"prices": 0}]}
    assert bound(link(), **good) == 13.0
    with pytest.raises(InputError) as caught:
        bound(link(), **(good | changes))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("avoid", "protection", "said"),
    [
        ([[0], [0]], "none", "an arc is to be avoided on both sides"),
        ([[0], [2]], "none", "arcs to be avoided leave several nodes"),
        ([[0], [1]], "arc", "do not divide pairs of paths"),
        ([[0]], "none", "found a node"),
    ],
)
def test_arcs_that_divide_nothing(avoid, protection, said):
    net = link(tail=[0, 0, 1], head=[1, 1, 0], capacity=[9, 9, 9], protection=protection)
    tree = [{"flow": 0, "avoid": avoid, "children": [1, 2]}, {"prices": 0}, {"prices": 0}]
    with pytest.raises(InputError) as caught:
        bound(net, prices=[{"lambda": [0.0] * 3}], tree=tree)
    assert said in str(caught.value)


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner)),
    max_leaves=5,
)

WHOLE = {
    "prices": [{"lambda": [0.5], "cuts": [{"arc": 0, "flows": [0, 1], "dual": 1.0}]}],
    "tree": [
        {"flow": 0, "children": [1, 2]},
        {"prices": 0, "rejected": [1], "admitted": [2], "child": 3},
        {"flow": 1, "avoid": [[0], []], "children": [4, 5]},
        *[{"prices": 0}] * 3,
    ],
}


@given(data=st.data())
def test_any_certificate_gives_a_bound_or_an_input_error(data):
    whole = json.loads(json.dumps(WHOLE))
    places = [(whole, "prices"), (whole, "tree")]
    for _ in range(3):
        holder, key = data.draw(st.sampled_from(places))
        inner = holder[key]
        if isinstance(inner, (dict, list)) and inner and data.draw(st.integers(0, 3)):
            keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
            places.append((inner, data.draw(st.sampled_from(keys))))
    holder, key = places[-1]
    holder[key] = data.draw(values)
    with suppress(InputError):
        # The best plan is worth 5.
        assert bound(link(), **whole) >= 5.0
