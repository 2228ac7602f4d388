"""Tours in TSPLIB's format and in JSON."""

import pytest

import netroute
from netroute import InputError
from netroute.formats import read_solution, stated_cost, write_solution
from netroute.formats.tour import parse_tour
from netroute.problems.tsp import TspInstance, TspSolution

GOOD = """NAME : toy.opt.tour
COMMENT : Optimum solution (14)
TYPE : TOUR
DIMENSION : 4
TOUR_SECTION
2
3 4
1
-1
EOF
"""
SQUARE = TspInstance(name="square", coordinates=[[0, 0], [3, 0], [3, 4], [0, 4]])


def test_a_tour_of_tsplib():
    tour, length = parse_tour(GOOD)
    assert tour.tour.tolist() == [0, 1, 2, 3]
    assert length is None
    assert parse_tour(GOOD.replace("Optimum solution (14)", "Length = 14.5"))[1] == 14.5
    bare = "TOUR_SECTION\n1\n2\n3"
    assert parse_tour(bare)[0].tour.tolist() == [0, 1, 2]


@pytest.mark.parametrize("ending", ["tour", "opt.tour", "json"])
def test_round_trip(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    tour = TspSolution.of([0, 2, 1, 3])
    write_solution(path, SQUARE, tour)
    assert read_solution(path, SQUARE) == tour
    assert stated_cost(path) == netroute.check(SQUARE, tour).objective == 18.0


def test_infeasible_tours_are_left_to_the_checker(tmp_path):
    path = tmp_path / "a.tour"
    path.write_text("TOUR_SECTION\n1 1 9 -1\n")
    verdict = netroute.check(SQUARE, read_solution(path, SQUARE))
    assert {v.code for v in verdict.violations} == {"node.missing", "node.doubled", "node.unknown"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("TOUR\n", "TSP\n", "f:3: TYPE: found 'TSP', expected TOUR"),
        ("4\n1\n-1\nEOF", "4", "f:7: TOUR_SECTION: found 3 nodes, expected 4 as DIMENSION says; "),
        ("2\n3 4", "2\n3 x", "f:7: TOUR_SECTION: found 'x', expected a node from 1 on, or -1"),
        ("2\n3 4", "2\n3 4.5", "f:7: TOUR_SECTION: found '4.5', expected a node from 1 on, or -1"),
        ("2\n3 4", "2\n0 4", "f:7: TOUR_SECTION: found '0', expected a node"),
        ("-1\n", "-1\n3\n", "f:10: TOUR_SECTION: found '3', expected nothing after -1"),
        ("2\n3 4", "2\n3 99999999999", "f:7: TOUR_SECTION: found '99999999999'"),
        ("TOUR_SECTION", "NODE_SECTION", "f:5: section NODE_SECTION is not supported"),
    ],
)
def test_faults(old, new, expected):
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        parse_tour(GOOD.replace(old, new, 1), "f")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_tour_of_another_family_is_refused(tmp_path):
    path = tmp_path / "a.tour"
    path.write_text(GOOD)
    routes = netroute.VrpBuilder().add_depot(0, 0).add_client(1, 1).build()
    with pytest.raises(InputError, match="from which no a solution of vrp can be read"):
        read_solution(path, routes)
