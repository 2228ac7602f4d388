"""The eliminated Newton step against the whole system, written out and solved densely."""

from itertools import pairwise

import numpy as np
import pytest

from netroute.core.rng import generator
from netroute.problems.sdn import SdnInstance
from netroute.solvers.sdn._kernels.cholesky import BLOCK, factor, solve
from netroute.solvers.sdn._kernels.interior import (
    Point,
    Work,
    assemble,
    centre,
    complete,
    right_side,
)
from netroute.solvers.sdn.lagrangian import Lagrangian
from netroute.solvers.sdn.path_columns import PathColumns


def relaxation(seed, *, tables):
    """A Lagrangian with the columns of some random prices."""
    random = generator(seed)
    nodes, arcs, flows = 6, 18, 25
    tail = np.concatenate([np.arange(nodes), random.integers(nodes, size=arcs - nodes)])
    head = (tail + np.concatenate([np.ones(nodes, int), random.integers(1, nodes, 12)])) % nodes
    source = random.integers(nodes, size=flows)
    net = SdnInstance(
        nodes=range(nodes),
        tail=tail,
        head=head,
        capacity=random.integers(6, 20, arcs),
        source=source,
        target=(source + random.integers(1, nodes, size=flows)) % nodes,
        bandwidth=random.integers(1, 6, flows),
        priority=random.integers(1, 9, flows),
        table_size=random.integers(1, 9, nodes) if tables else None,
    )
    dual = Lagrangian(net)
    columns = PathColumns(dual)
    for _ in range(12):
        dual.evaluate(random.random(len(dual.limit)))
        columns.add_cheaper(np.full(len(dual.pairs.source), np.inf))
    return dual, columns, random


def random_point(dual, columns, random):
    flows, rows = dual.instance.size, len(dual.limit)
    bandwidth = np.diff(dual.worth.bandwidth)
    taken = bandwidth * (0.1 + 0.8 * random.random(flows))
    positive = [random.random(n) + 0.1 for n in (columns.count,) * 2 + (flows,) * 2 + (rows,) * 2]
    return Point(
        amount=positive[0],
        slack=positive[1],
        taken=taken,
        left=bandwidth - taken,
        lower=positive[2],
        upper=positive[3],
        price=positive[4],
        free=positive[5],
        worth=random.random(len(dual.pairs.source)),
    )


def room(dual, columns, point):
    flows, pairs, rows = dual.instance.size, len(dual.pairs.source), len(dual.limit)
    return Work(
        length=columns.lengths(point.price),
        ratio=np.zeros(columns.count),
        base=np.zeros(columns.count),
        flow_ratio=np.zeros(flows),
        of_flows=np.zeros(pairs),
        of_columns=np.zeros(pairs),
        missing=np.zeros(pairs),
        mean=np.zeros(rows),
        difference=np.zeros(rows),
        inside=np.zeros(rows, bool),
        touched=np.zeros(rows, np.int64),
    )


def incidence(dual, columns):
    """Rows by columns, and pairs by columns."""
    arrays, count = columns.arrays, columns.count
    rows = np.zeros((len(dual.limit), count))
    for p in range(count):
        for row in arrays.row[arrays.start[p] : arrays.start[p + 1]]:
            rows[row, p] += 1.0 if row < dual.arcs else dual.pairs.unit[arrays.pair[p]]
    return rows, np.eye(len(dual.pairs.source))[:, arrays.pair[:count]]


def whole_system(dual, columns, point, target):
    """Solve for all unknowns at once: amount, taken, free, price, worth, slack, lower, upper."""
    rows, pairs = incidence(dual, columns)
    flows = np.eye(len(pairs))[:, np.repeat(np.arange(len(pairs)), np.diff(dual.pairs.start))]
    r, p = rows.shape
    k, f = flows.shape
    sizes = np.cumsum([0, p, f, r, r, k, p, f, f])
    x, y, s, lam, pi, gam, low, high = (slice(a, b) for a, b in pairwise(sizes))
    matrix, right = np.zeros((sizes[-1], sizes[-1])), np.zeros(sizes[-1])

    def equation(target, where, terms):
        for column, block in terms:
            matrix[where, column] = block
        right[where] = target

    place = iter(np.split(np.arange(sizes[-1]), np.cumsum([r, k, p, f, p, f, f])))
    one = np.eye
    equation(dual.limit - rows @ point.amount - point.free, next(place), [(x, rows), (s, one(r))])
    equation(flows @ point.taken - pairs @ point.amount, next(place), [(x, pairs), (y, -flows)])
    equation(
        rows.T @ point.price - pairs.T @ point.worth - point.slack,
        next(place),
        [(gam, one(p)), (lam, -rows.T), (pi, pairs.T)],
    )
    equation(
        dual.worth.density - flows.T @ point.worth - point.upper + point.lower,
        next(place),
        [(high, one(f)), (low, -one(f)), (pi, flows.T)],
    )
    products = [
        (point.amount, point.slack, x, gam, 1.0, target.amount),
        (point.taken, point.lower, y, low, 1.0, target.taken),
        (point.left, point.upper, y, high, -1.0, target.left),
        (point.free, point.price, s, lam, 1.0, target.free),
    ]
    for a, b, first, second, sign, aim in products:
        terms = [(first, sign * np.diag(b)), (second, np.diag(a))]
        equation(aim - a * b, next(place), terms)
    found = np.linalg.solve(matrix, right)
    return [found[part] for part in (x, y, s, lam, pi, gam, low, high)]


@pytest.mark.parametrize("tables", [False, True])
def test_step_solves_the_whole_system(tables):
    dual, columns, random = relaxation(3, tables=tables)
    assert columns.count > 50
    point = random_point(dual, columns, random)
    work = room(dual, columns, point)
    step, target = (random_point(dual, columns, random) for _ in range(2))
    pairs = len(dual.pairs.source)
    matrix = np.diag(point.free / point.price)
    known = (dual.arcs, dual.pairs, columns.arrays)
    # In two parts, as on large instances.
    parts = [(0, pairs // 2), (pairs // 2, pairs)]
    for first, last in parts:
        assemble(*known, point, work, matrix, first, last)
    right = target.free / point.price - dual.limit
    density = dual.worth.density
    for first, last in parts:
        right_side(*known, density, point, work, target, right, first, last)
    rise = right.copy()
    size = np.uint64(len(right))
    assert factor(matrix.ravel(), size, 0, len(right))
    solve(matrix.ravel(), size, rise)
    free = (target.free - point.free * rise) / point.price - point.free
    for first, last in parts:
        complete(*known, density, point, work, target, rise, step, first, last)
    found = (step.amount, step.taken, free, rise, step.worth, step.slack, step.lower, step.upper)
    for mine, exact in zip(found, whole_system(dual, columns, point, target), strict=True):
        assert mine == pytest.approx(exact, rel=1e-6, abs=1e-7)
    assert step.left.tolist() == (-step.taken).tolist()


def test_centred_pairs_are_on_the_central_path():
    dual, columns, random = relaxation(4, tables=False)
    point = random_point(dual, columns, random)
    length = columns.lengths(point.price)
    pairs, mu = dual.pairs, 0.05
    bandwidth = np.diff(dual.worth.bandwidth)
    known = (pairs, columns.arrays, dual.worth.density, bandwidth)
    centre(*known, point, length, mu, 0, len(pairs.source))
    pair = columns.arrays.pair[: columns.count]
    of_flow = np.repeat(np.arange(len(pairs.source)), np.diff(pairs.start))
    assert point.slack == pytest.approx(length - point.worth[pair])
    assert point.amount * point.slack == pytest.approx(mu)
    assert point.taken * point.lower == pytest.approx(mu)
    assert point.left * point.upper == pytest.approx(mu)
    assert point.taken + point.left == pytest.approx(bandwidth)
    assert point.upper - point.lower == pytest.approx(
        dual.worth.density - point.worth[of_flow], abs=1e-9
    )
    carried = np.bincount(pair, point.amount, minlength=len(pairs.source))
    taken = np.bincount(of_flow, point.taken, minlength=len(pairs.source))
    assert carried == pytest.approx(taken, rel=1e-6)


@pytest.mark.parametrize("rows", [1, 5, 8, 9, 16, 37])
def test_factors_in_slices_solve_the_system(rows):
    random = generator(rows)
    square = random.random((rows, rows + 3)) - 0.5
    matrix = square @ square.T
    right = random.random(rows)
    upper = np.triu(matrix)
    for first in range(0, rows, BLOCK):
        assert factor(upper.ravel(), np.uint64(rows), first, min(rows, first + BLOCK))
    found = right.copy()
    solve(upper.ravel(), np.uint64(rows), found)
    assert np.triu(upper).T @ np.triu(upper) == pytest.approx(matrix)
    assert matrix @ found == pytest.approx(right)
    assert len(factor.signatures) == len(solve.signatures) == 1


def test_matrices_that_are_not_positive_have_no_factor():
    for matrix in ([[0.0]], [[1.0, 2.0], [0.0, 1.0]], [[np.nan]]):
        flat = np.array(matrix).ravel()
        size = len(matrix)
        assert not factor(flat, np.uint64(size), 0, size)
