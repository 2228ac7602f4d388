"""The genetic algorithm: decoding against plain Python, the solver end to end."""

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import UnsupportedError
from netroute.core.rng import generator
from netroute.core.status import StoppedBy
from netroute.problems.sdn import SdnInstance
from netroute.problems.sdn.check import check
from netroute.solvers.sdn._kernels.genetic import Room, breed, decode
from netroute.solvers.sdn.candidates import candidate_paths
from netroute.solvers.sdn.genetic import GeneticSolver, genome_of
from netroute.solvers.sdn.greedy_density import density_order

FIELDS = {
    "plain": {},
    "revenue": {"weighting": "revenue"},
    "fractional": {"weighting": "given", "weight": 1.0 + np.arange(80) % 7 / 7.0},
    "tables": {"table_size": [6] * 8},
    "delay": {"max_delay": np.full(80, 1.5)},
    "hops": {"max_hops": np.full(80, 3)},
}


def network(seed=0, *, nodes=8, arcs=30, flows=80, **fields):
    random = generator(seed)
    tail, source = random.integers(nodes, size=arcs), random.integers(nodes, size=flows)
    return SdnInstance(
        name="random",
        nodes=range(nodes),
        tail=tail,
        head=(tail + random.integers(1, nodes, size=arcs)) % nodes,
        capacity=random.integers(20, 60, arcs),
        delay=random.random(arcs),
        source=source,
        target=(source + random.integers(1, nodes, size=flows)) % nodes,
        bandwidth=random.integers(1, 20, flows),
        priority=random.integers(1, 9, flows),
        **fields,
    )


def decode_slowly(net, found, genes):
    """Repair genes in place: own path, else the first with room; rejected flows last."""
    room = net.capacity.copy()
    entries = np.full(len(net.nodes), 10**6)
    if net.table_size is not None:
        entries = np.where(net.table_size < 0, 10**6, net.table_size)
    order = density_order(net).tolist()
    result = genes.copy()
    for flow in sorted(order, key=lambda f: genes[f] == found.k):
        own = [genes[flow]] if genes[flow] < found.k else []
        result[flow] = found.k
        for choice in [*own, *range(found.k)]:
            path = found.path(flow, choice)
            if not found.allowed[flow, choice]:
                continue
            if (room[path] >= net.bandwidth[flow]).all() and (entries[net.tail[path]] > 0).all():
                room[path] -= net.bandwidth[flow]
                entries[net.tail[path]] -= 1
                result[flow] = choice
                break
    return result, float(net.weights()[result < found.k].sum())


@pytest.mark.parametrize("variant", FIELDS)
def test_decoding_is_what_plain_python_does(variant):
    net = network(1, **FIELDS[variant])
    found = candidate_paths(net, 4)
    genome, random = genome_of(net, found), generator(9)
    room = Room(genome.capacity.copy(), genome.entries.copy())
    moved = 0
    for _ in range(15):
        genes = random.integers(0, 5, net.size, dtype=np.uint8)
        expected, value = decode_slowly(net, found, genes)
        before = genes.copy()
        assert decode(genome, room, genes) == pytest.approx(value)
        assert (genes == expected).all()
        moved += (genes != before).sum()
        assert (room.capacity >= 0).all()
    assert moved


def test_children_have_genes_of_their_parents():
    net = network(2).replace(capacity=np.full(30, 10**6))
    found = candidate_paths(net, 2)
    genome = genome_of(net, found)
    assert found.allowed.all(axis=1).sum() > 40
    room = Room(genome.capacity.copy(), genome.entries.copy())
    plans = np.zeros((3, net.size), np.uint8)
    plans[1] = 1
    value = np.array([2.0, 2.0, 1.0])
    children, child_value, rng = plans + 9, np.zeros(3), np.array([5], np.uint64)
    breed(genome, room, plans, value, children, child_value, 1, 3, 8, 0.0, rng)
    assert (children[0] >= 9).all()
    both = children[1:][:, found.allowed.all(axis=1)]
    # Room abounds: no gene is repaired, and some child mixes the two best plans.
    assert set(np.unique(both)) == {0, 1}
    assert (child_value[1:] > 0.0).all()
    again = children.copy()
    breed(genome, room, plans, value, again, child_value, 1, 3, 8, 1.0, rng)
    assert (again != children).any()


@pytest.mark.parametrize("variant", FIELDS)
def test_solver(variant):
    net = network(3, **FIELDS[variant])
    first = GeneticSolver().solve(net, budget=Budget(iterations=1), seed=1)
    result = GeneticSolver().solve(net, budget=Budget(iterations=2000), seed=1)
    assert check(net, result.solution).feasible
    assert result.objective > first.objective
    assert result.iterations == 2000
    again = GeneticSolver().solve(net, budget=Budget(iterations=2000), seed=1)
    assert again.solution.to_dict() == result.solution.to_dict()


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"protection": "arc"}, "arc protection"),
        ({"protection": "node"}, "node protection"),
        ({"objective": "lexicographic"}, "lexicographic objective"),
    ],
)
def test_refuses_by_name(fields, word):
    with pytest.raises(UnsupportedError, match=word):
        GeneticSolver().solve(network(**fields))


def test_ends_and_extremes():
    net = network(4)
    solver = GeneticSolver(population=2, elite=50, tournament=1, paths=1)
    result = solver.solve(net)
    assert result.stopped_by is StoppedBy.COMPLETED
    assert result.iterations == 200
    short = GeneticSolver().solve(net, budget=Budget(seconds=1e-6), start=result.solution)
    assert short.objective >= result.objective
    assert short.stopped_by is StoppedBy.TIME
    empty = net.replace(source=[], target=[], bandwidth=[], priority=[], priorities=1)
    assert GeneticSolver().solve(empty).objective == 0


def test_one_signature_each():
    GeneticSolver().solve(network(1), budget=Budget(iterations=100))
    assert len(decode.signatures) == len(breed.signatures) == 1
