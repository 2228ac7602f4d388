"""The exact solvers against enumeration of all plans, and against each other."""

from __future__ import annotations

import itertools
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import InputError, NetrouteError, UnsupportedError
from netroute.core.status import Status, StoppedBy
from netroute.datasets.sdn.priority_flows import generate_priority_flows
from netroute.problems.sdn import SdnInstance, SdnSolution
from netroute.problems.sdn.check import check
from netroute.problems.sdn.verify_bound import verify_bound
from netroute.solvers.lp import process
from netroute.solvers.lp.process import Worker
from netroute.solvers.sdn import short_paths
from netroute.solvers.sdn.base import rank
from netroute.solvers.sdn.branch_and_price import BranchAndPriceSolver
from netroute.solvers.sdn.ilp_arc import IlpArcSolver
from netroute.solvers.sdn.ilp_path import IlpPathSolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.solvers.sdn.base import SdnSolver

KINDS = (
    "plain",
    "given weights",
    "fractional weights",
    "delay limits",
    "hop limits",
    "flow tables",
    "arc protection",
    "node protection",
    "lexicographic",
    "lexicographic with tables",
)


def random_instance(kind: str, seed: int) -> SdnInstance:
    """Few flows on four nodes, most of whose arcs hold one or two of them."""
    rng = np.random.default_rng(seed)
    nodes, flows = 4, 4 if kind.endswith("protection") else 5
    ring = [(v, (v + 1) % nodes) for v in range(nodes)]
    chords = [(0, 2), (1, 3), (0, 1)][: int(rng.integers(1, 4))]
    ends = [pair for u, v in ring + chords for pair in ((u, v), (v, u))]
    fields: dict[str, object] = {}
    if kind == "given weights":
        fields = {"weighting": "given", "weight": rng.integers(0, 9, flows)}
    elif kind == "fractional weights":
        fields = {"weighting": "given", "weight": rng.random(flows) * 5}
    elif kind == "delay limits":
        fields = {"max_delay": rng.integers(2, 12, flows).astype(float)}
    elif kind == "hop limits":
        fields = {"max_hops": rng.integers(0, 3, flows)}
    elif kind.endswith("protection"):
        fields = {"protection": kind.split()[0]}
    if kind.startswith("lexicographic"):
        fields = {"objective": "lexicographic"}
    if "tables" in kind:
        fields["table_size"] = rng.integers(-1, 4, nodes)
    source = rng.integers(0, nodes, flows)
    return SdnInstance(
        name=f"{kind} {seed}",
        nodes=range(nodes),
        tail=[u for u, _ in ends],
        head=[v for _, v in ends],
        capacity=rng.integers(2, 9, len(ends)),
        delay=rng.integers(0, 7, len(ends)).astype(float),
        source=source,
        target=(source + rng.integers(1, nodes, flows)) % nodes,
        bandwidth=rng.integers(1, 6, flows),
        priority=rng.integers(1, 4, flows),
        priorities=3,
        **fields,  # type: ignore[arg-type]
    )


@pytest.fixture
def one_process(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all solvers of a test use the same process: most of their time is its start."""
    monkeypatch.setattr(process, "Worker", lambda: nullcontext(worker))


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as running:
        yield running


def simple_paths(net: SdnInstance, flow: int) -> list[tuple[int, ...]]:
    """All simple paths of a flow, by recursion."""
    target = int(net.target[flow])

    def extend(node: int, seen: frozenset[int], path: tuple[int, ...]) -> list[tuple[int, ...]]:
        if node == target:
            return [path]
        return [
            longer
            for arc in np.flatnonzero(net.tail == node).tolist()
            if int(net.head[arc]) not in seen
            for longer in extend(int(net.head[arc]), seen | {int(net.head[arc])}, (*path, arc))
        ]

    start = int(net.source[flow])
    return extend(start, frozenset({start}), ())


def options(net: SdnInstance, flow: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """What a flow can do by itself, as the checker sees it; first of all: be rejected."""
    paths = simple_paths(net, flow)
    pairs = [(p, ()) for p in paths]
    if net.protection != "none":
        pairs = list(itertools.combinations(paths, 2))
    found: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((), ())]
    for first, second in pairs:
        backups = None if net.protection == "none" else {flow: second}
        if check(net, SdnSolution.of(net.size, {flow: first}, backups=backups)).feasible:
            found.append((first, second))
    return found


def optimum(net: SdnInstance) -> tuple[float, ...]:
    """Rank of the best plan, by trying all combinations of the flows' options."""
    tables = np.full(len(net.nodes), 99) if net.table_size is None else net.table_size
    tables = np.where(tables < 0, 99, tables)
    choices = [options(net, flow) for flow in range(net.size)]
    best: tuple[float, ...] = ()

    def place(flow: int, load: np.ndarray, rules: np.ndarray, plan: list[int]) -> None:
        nonlocal best
        if flow == net.size:
            taken = {f: choices[f][k] for f, k in enumerate(plan) if k}
            backups = {f: option[1] for f, option in taken.items()}
            solution = SdnSolution.of(
                net.size,
                {f: option[0] for f, option in taken.items()},
                backups=None if net.protection == "none" else backups,
            )
            best = max(best, rank(net, solution))
            return
        for k, (first, second) in enumerate(choices[flow]):
            arcs = list(first + second)
            more = np.bincount(arcs, minlength=len(load)) * net.bandwidth[flow]
            used = np.bincount(net.tail[arcs], minlength=len(rules))
            if (load + more <= net.capacity).all() and (rules + used <= tables).all():
                place(flow + 1, load + more, rules + used, [*plan, k])

    place(0, np.zeros(len(net.tail), np.int64), np.zeros(len(net.nodes), np.int64), [])
    return best


@pytest.mark.usefixtures("one_process")
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kind", KINDS)
def test_formulations_find_the_optimum_of_enumeration(kind: str, seed: int) -> None:
    net = random_instance(kind, seed)
    expected = optimum(net)
    for solver in (IlpArcSolver(), IlpPathSolver(paths=0)):
        result = solver.solve(net)
        assert result.status is Status.OPTIMAL
        assert result.stopped_by is StoppedBy.PROOF
        # The tie-break belongs to it: least bandwidth times delay among the optimal plans.
        assert rank(net, result.solution) == pytest.approx(expected)
        assert result.bound == pytest.approx(result.objective)


@pytest.mark.usefixtures("one_process")
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_branch_and_price_never_contradicts_enumeration(kind: str, seed: int) -> None:
    net = random_instance(kind, seed)
    expected = optimum(net)[:-1]
    result = BranchAndPriceSolver().solve(net)
    found = rank(net, result.solution)[:-1]
    assert found <= expected or found == pytest.approx(expected)
    assert result.bound is not None
    assert result.bound >= expected[0] - 1e-9
    if result.status is Status.OPTIMAL:
        assert found == pytest.approx(expected)
    constrained = any(word in kind for word in ("limits", "tables", "protection"))
    assert constrained or result.status is Status.OPTIMAL


@pytest.mark.usefixtures("one_process")
@pytest.mark.parametrize("lexicographic", [False, True])
def test_all_exact_solvers_agree_on_a_network_of_eight(lexicographic: bool) -> None:
    net = generate_priority_flows(nodes=8, flows=40, load=0.8, seed=5, priorities=3)
    if lexicographic:
        net = net.replace(objective="lexicographic")
    solvers: tuple[SdnSolver, ...] = (
        IlpArcSolver(engine="HiGHS"),
        IlpPathSolver(paths=0, engine="CP-SAT"),
        BranchAndPriceSolver(),
    )
    results = [solver.solve(net) for solver in solvers]
    assert {result.status for result in results} == {Status.OPTIMAL}
    assert len({rank(net, result.solution)[:-1] for result in results}) == 1


def test_stages_tell_value_bound_and_gap_of_each_class() -> None:
    net = random_instance("lexicographic", 1)
    for solver in (IlpArcSolver(), BranchAndPriceSolver()):
        result = solver.solve(net)
        counts = [int(x) for x in optimum(net)[:-1]]
        expected = [
            {"priority": priority, "admitted": count, "bound": count, "gap": 0.0}
            for priority, count in zip(np.unique(net.priority)[::-1].tolist(), counts, strict=True)
        ]
        assert result.metrics["stages"] == expected


def test_relaxation_is_certified_and_what_lies_below_is_claimed() -> None:
    net = generate_priority_flows(nodes=10, flows=80, load=0.95, seed=4)
    bounds: list[tuple[float | None, float | None]] = []
    result = BranchAndPriceSolver().solve(
        net, observe=lambda event: bounds.append((event.bound, event.objective)) and False
    )
    first = result.metrics["relaxation_bound"]
    assert result.status is Status.OPTIMAL
    assert result.bound is not None
    assert result.bound < first
    assert result.certificate is None
    early = BranchAndPriceSolver().solve(net, budget=Budget(iterations=1))
    assert early.certificate is not None
    assert verify_bound(net, early.certificate) == early.bound == first
    known = [bound for bound, _ in bounds if bound is not None]
    assert known == sorted(known, reverse=True)


def test_heavy_load_ends_with_a_reason_in_time() -> None:
    net = generate_priority_flows(nodes=30, flows=600, load=0.6, seed=1)
    result = BranchAndPriceSolver().solve(net, budget=Budget(seconds=2.0))
    assert result.status is Status.FEASIBLE
    assert result.metrics["open"] in (
        "too many paths lose less than the gap",
        "the time ran out",
    )


def test_few_paths_prove_nothing() -> None:
    net = random_instance("plain", 0)
    result = IlpPathSolver(paths=1).solve(net)
    assert result.bound is None
    assert result.status is Status.FEASIBLE


def test_start_is_kept_where_nothing_else_is_done() -> None:
    net = random_instance("plain", 3)
    best = IlpArcSolver().solve(net).solution
    for solver in (IlpArcSolver(), BranchAndPriceSolver()):
        result = solver.solve(net, budget=Budget(iterations=0), start=best)
        assert result.solution.to_dict() == best.to_dict()


@pytest.mark.usefixtures("one_process")
@pytest.mark.parametrize("case", ["no flows", "no arcs", "no paths"])
def test_networks_without_anything_to_decide(case: str) -> None:
    ends = [] if case == "no flows" else [0]
    arcs = [] if case == "no arcs" else [0]
    net = SdnInstance(
        nodes=["a", "b", "c"],
        tail=arcs,
        head=[1 for _ in arcs],
        capacity=[5 for _ in arcs],
        source=ends,
        target=[2 for _ in ends],
        bandwidth=[1 for _ in ends],
    )
    for solver in (IlpArcSolver(), IlpPathSolver(paths=0), BranchAndPriceSolver()):
        result = solver.solve(net)
        assert result.objective == 0.0
        assert result.status is Status.OPTIMAL


def test_what_an_engine_cannot_do_is_named() -> None:
    net = random_instance("plain", 0)
    with pytest.raises(NetrouteError, match="expected one of PuLP's engines"):
        IlpArcSolver(engine="ABACUS").solve(net)
    limited = generate_priority_flows(nodes=4, flows=5, stretch=1.2)
    with pytest.raises(NetrouteError, match="integer variables and coefficients"):
        IlpArcSolver(engine="CP-SAT").solve(limited)
    with pytest.raises(InputError, match="paths"):
        IlpPathSolver(paths=-1)


def test_too_large_programmes_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    net = generate_priority_flows(nodes=40, flows=6500)
    with pytest.raises(UnsupportedError, match="at most 1000000 variables"):
        IlpArcSolver().solve(net)
    monkeypatch.setattr(short_paths, "MOST", 1000)
    with pytest.raises(UnsupportedError, match="more than 1000 paths"):
        IlpPathSolver(paths=0).solve(net)
