"""Test sets of the learning literature."""

import pytest

import netroute
from netroute import InputError
from netroute.formats.neural import parse_neural, read_neural

LINE = "depot,0,0,customer,0,1,0,2,1,0,capacity,3.0,demand,1,2,3,cost,6.0,node_flag,2,1,3,1,0,1"


def test_instances_with_their_references(tmp_path):
    path = tmp_path / "set.txt"
    path.write_text(f"{LINE}\n\n{LINE.replace('6.0', '7.0')}\n")
    first, second = read_neural(path)
    assert (first.instance.name, second.instance.name) == ("set-0", "set-1")
    assert first.instance.deliveries[:, 0].tolist() == [0, 1, 2, 3]
    assert first.solution.visits() == [(2, 1), (3,)]
    evaluation = netroute.check(first.instance, first.solution)
    assert evaluation.feasible
    assert evaluation.objective == first.cost == 6
    assert second.cost == 7


def test_without_a_reference():
    reference = parse_neural(LINE.partition(",cost")[0])
    assert reference.cost is None
    assert reference.solution is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("depot,0,0", "depot,0", "f:1: depot: found 1 numbers, expected 2"),
        ("customer,0,", "customer,", "f:1: customer: found 5 numbers, expected 6"),
        ("capacity,3.0,", "", "f:1: capacity is missing"),
        ("demand,1", "demand,nan", "f:1: found 'nan', expected a number or a keyword"),
        ("depot,0", "depots,0", "f:1: found 'depots'"),
        ("demand,1", "demand,5", "f:1: deliveries: client 1: demand [5.0] exceeds"),
        ("node_flag,2", "node_flag,2.5", "f:1: node_flag: found 6 numbers, expected 6 integers"),
        ("node_flag,2", "node_flag", "f:1: node_flag: found 5 numbers, expected 6 integers"),
    ],
)
def test_faults(old, new, expected):
    assert old in LINE
    with pytest.raises(InputError) as caught:
        parse_neural(LINE.replace(old, new, 1), "f:1")
    assert expected in str(caught.value)
