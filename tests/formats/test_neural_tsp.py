"""Labelled tours of the learning literature."""

import numpy as np
import pytest

import netroute
from netroute import InputError
from netroute.formats.neural_tsp import parse_neural_tsp, read_neural_tsp, write_neural_tsp
from netroute.problems.tsp import TspInstance, TspSolution

LINE = "0.0 0.0 3.0 0.0 0.0 4.0 output 1 3 2 1"


def test_round_trip(tmp_path):
    rng = np.random.default_rng(1)
    instances = [TspInstance(coordinates=rng.random((9, 2))) for _ in range(3)]
    tours = [TspSolution.of(rng.permutation(9)), None, TspSolution.of(rng.permutation(9))]
    path = tmp_path / "set.txt"
    write_neural_tsp(path, zip(instances, tours, strict=True))
    found = read_neural_tsp(path)
    assert [f.instance.name for f in found] == ["set-0", "set-1", "set-2"]
    assert [f.instance.fingerprint for f in found] == [i.fingerprint for i in instances]
    assert [f.solution for f in found] == tours


def test_blanks_and_open_tours():
    instance, tour = parse_neural_tsp(f" {LINE.removesuffix(' 1')} \r")
    assert netroute.check(instance, tour).objective == 12.0
    assert parse_neural_tsp("0 0 1 1 2 2").solution is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("3.0", "x", "f:1: found 'x', expected a coordinate"),
        ("3.0", "nan", "f:1: found 'nan', expected a coordinate"),
        ("3.0 ", "", "f:1: found 5 coordinates, expected pairs"),
        ("0.0 4.0 ", "", "f:1: size: found 2 nodes, expected at least 3"),
        ("1 3 2 1", "1 4 2 1", "f:1: output: found '4', expected a node from 1 to 3"),
        ("1 3 2 1", "1 3 1", "f:1: output: found 3 nodes, expected each of 3 once"),
        ("1 3 2 1", "1 3 3 1", "f:1: output: found 3 nodes, expected each"),
    ],
)
def test_faults(old, new, expected):
    assert old in LINE
    with pytest.raises(InputError) as caught:
        parse_neural_tsp(LINE.replace(old, new, 1), "f:1")
    assert expected in str(caught.value)


def test_what_the_format_lacks(tmp_path):
    with pytest.raises(InputError, match="has no plane coordinates"):
        write_neural_tsp(tmp_path / "a.txt", [(TspInstance(matrix=np.ones((3, 3))), None)])


def test_public_sets(data_folder):
    for size, mean in ((200, 10.7036), (500, 16.5215)):
        found = read_neural_tsp(data_folder / "neural" / f"test_TSP{size}_n128.txt")
        assert len(found) == 128
        lengths = [netroute.check(i, s).objective for i, s in found]
        assert np.mean(lengths) == pytest.approx(mean, abs=5e-4)
