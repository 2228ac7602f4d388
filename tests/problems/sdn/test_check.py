"""Each rule of the checker is broken once, and nothing else is reported."""

from __future__ import annotations

import numpy as np
import pytest

from netroute.problems.sdn import SdnInstance, SdnSolution
from netroute.problems.sdn.check import SHOWN, check

DIAMOND = {
    # 0: a-b, 1: b-d, 2: a-c, 3: c-d, 4: a-d, 5: b-c, 6: b-a, 7: a-d again
    "nodes": ["a", "b", "c", "d"],
    "tail": [0, 1, 0, 2, 0, 1, 1, 0],
    "head": [1, 3, 2, 3, 3, 2, 0, 3],
    "capacity": [5, 5, 5, 5, 2, 5, 5, 9],
    "delay": [1.0, 1.0, 2.0, 2.0, 5.0, 0.5, 1.0, 7.0],
    "source": [0, 0, 1],
    "target": [3, 1, 3],
    "bandwidth": [3, 2, 4],
    "priority": [3, 2, 1],
}


def diamond(**changes: object) -> SdnInstance:
    return SdnInstance(**(DIAMOND | changes))


def plan(paths: dict[int, list[int]], **backups: dict[int, list[int]]) -> SdnSolution:
    return SdnSolution.of(3, paths, **backups)


def faults(instance: SdnInstance, solution: SdnSolution) -> list[tuple[str, str]]:
    verdict = check(instance, solution)
    assert verdict.feasible == (not verdict.violations)
    return [(v.code, v.message) for v in verdict.violations]


def test_feasible_plan_with_its_figures():
    verdict = check(diamond(), plan({0: [0, 1], 1: [0]}))
    assert verdict.feasible
    assert verdict.objective == 5.0
    figures = verdict.metrics
    assert (figures["admitted"], figures["rejected"], figures["flows"]) == (2, 1, 3)
    assert (figures["bandwidth"], figures["bandwidth_offered"]) == (5, 9)
    assert (figures["weight"], figures["weight_offered"]) == (5.0, 6.0)
    assert figures["utilisation"]["maximum"] == 1.0
    assert figures["utilisation"]["busiest"] == "arc 0 (a to b)"
    assert figures["utilisation"]["mean"] == pytest.approx((1.0 + 0.6) / 8)
    rules = {"total": 3, "maximum": 2, "mean": 0.75, "fullest": "a", "of_nodes": [2, 1, 0, 0]}
    assert figures["rules"] == rules
    assert figures["bandwidth_delay"] == 5 * 1.0 + 3 * 1.0
    assert figures["hops"] == 1.5
    assert figures["stretch"] == 1.0
    assert [row["priority"] for row in figures["classes"]] == [3, 2, 1]
    assert figures["classes"][2] == {
        "priority": 1,
        "flows": 1,
        "admitted": 0,
        "bandwidth": 4,
        "admitted_bandwidth": 0,
        "weight": 1.0,
        "admitted_weight": 0.0,
    }


def test_stretch_is_relative_to_the_least_delay():
    # a-c-d takes 4, a-b-d would take 2.
    assert check(diamond(), plan({0: [2, 3]})).metrics["stretch"] == 2.0
    # Without delays, hops count: two instead of one.
    still = diamond(delay=[0.0] * 8)
    assert check(still, plan({0: [2, 3]})).metrics["stretch"] == 2.0
    assert check(still, plan({})).metrics["stretch"] is None


@pytest.mark.parametrize(
    ("weighting", "objective"),
    [("priority", 4.0), ("revenue", 13.0), ("count", 2.0), ("throughput", 7.0)],
)
def test_objective_is_the_admitted_weight(weighting, objective):
    verdict = check(diamond(weighting=weighting), plan({0: [0, 1], 2: [5, 3]}))
    assert (verdict.objective, verdict.feasible) == (objective, True)


def test_own_weights_and_the_highest_class():
    solution = plan({0: [0, 1], 2: [5, 3]})
    assert check(diamond(weight=[0.5, 9.0, 0.25]), solution).objective == 0.75
    assert check(diamond(objective="lexicographic"), solution).objective == 1.0
    assert check(diamond(objective="lexicographic"), plan({2: [1]})).objective == 0.0


BROKEN = {
    "capacity": ({0: [4]}, "arc.capacity", "arc 4 (a to d): load 3 exceeds the capacity 2"),
    "start": ({0: [1]}, "path.broken", "flow 0 (a to d): the path starts at b"),
    "end": ({0: [0]}, "path.broken", "flow 0 (a to d): the path ends at b"),
    "jump": (
        {0: [0, 3]},
        "path.broken",
        "flow 0 (a to d): the path jumps from arc 0 (a to b) to arc 3 (c to d)",
    ),
    "loop": ({1: [0, 6, 0]}, "path.loop", "flow 1 (a to b): the path visits a again"),
    "through the target": ({1: [0, 6, 0]}, "path.loop", "flow 1 (a to b): the path visits b again"),
    "unknown arc": ({0: [0, 99]}, "path.arc", "flow 0 (a to d): the path uses arc 99, which does"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_paths(fault):
    paths, code, said = BROKEN[fault]
    found = faults(diamond(), plan(paths))
    assert any(c == code and m.startswith(said) for c, m in found), found
    assert {c for c, _ in found} <= {code, "path.broken"}


def test_load_of_all_flows_counts():
    found = faults(diamond(), plan({0: [0, 1], 1: [0], 2: [1]}))
    assert found == [("arc.capacity", "arc 1 (b to d): load 7 exceeds the capacity 5")]


def test_limits_of_delay_and_hops():
    net = diamond(max_delay=[3.0, np.inf, np.inf], max_hops=[0, 0, 1])
    assert faults(net, plan({0: [0, 1], 2: [1]})) == [
        ("arc.capacity", "arc 1 (b to d): load 7 exceeds the capacity 5")
    ]
    assert faults(net, plan({0: [2, 3]})) == [
        ("path.delay", "flow 0 (a to d): the path takes 4, above the maximum delay 3")
    ]
    assert faults(net, plan({2: [5, 3]})) == [
        ("path.hops", "flow 2 (b to d): the path has 2 arcs, above the maximum 1")
    ]
    # What only rounding has made too long is accepted.
    tenths = diamond(delay=[0.1, 0.2, *[1.0] * 6], max_delay=[0.3, 1.0, 1.0])
    assert faults(tenths, plan({0: [0, 1]})) == []


def test_tables_hold_an_entry_for_each_node_but_the_target():
    net = diamond(table_size=[1, 0, -1, 0])
    assert faults(net, plan({1: [0]})) == []
    assert faults(net, plan({0: [0, 1]})) == [
        ("node.table", "node b: 1 flow-table entries exceed the table size 0")
    ]
    assert faults(net, plan({0: [2, 3], 1: [0]})) == [
        ("node.table", "node a: 2 flow-table entries exceed the table size 1")
    ]


def test_protection_wants_disjoint_paths():
    net = diamond(protection="arc")
    assert faults(net, plan({0: [0, 1]}, backups={0: [2, 3]})) == []
    assert faults(net, plan({0: [0, 1]})) == [
        ("backup.missing", "flow 0 (a to d) has no backup path")
    ]
    found = faults(net, plan({0: [0, 1]}, backups={0: [0, 5, 3]}))
    assert ("backup.shared", "flow 0 (a to d): both paths use arc 0 (a to b)") in found
    assert faults(net, plan({}, backups={0: [0, 1]})) == [
        ("backup.unexpected", "flow 0 (a to d) has a backup path but is rejected")
    ]
    assert faults(diamond(), plan({0: [0, 1]}, backups={0: [2, 3]})) == [
        ("backup.unexpected", "flow 0 (a to d) has a backup path but asks for no protection")
    ]


def test_node_protection_forbids_common_inner_nodes():
    # a second link from a to b, so that two paths share b and no arc
    more = {
        "tail": [*DIAMOND["tail"], 0],
        "head": [*DIAMOND["head"], 1],
        "capacity": [5] * 9,
        "delay": [1.0] * 9,
    }
    paths = {0: [0, 1]}, {0: [8, 5, 3]}
    assert faults(diamond(protection="arc", **more), plan(paths[0], backups=paths[1])) == []
    assert faults(diamond(protection="node", **more), plan(paths[0], backups=paths[1])) == [
        ("backup.shared", "flow 0 (a to d): both paths visit b")
    ]
    # Parallel arcs from source to target share nothing.
    net = diamond(protection="node", bandwidth=[2, 2, 4])
    assert faults(net, plan({0: [4]}, backups={0: [7]})) == []


def test_backup_paths_count_like_primary_ones():
    net = diamond(
        protection="arc", bandwidth=[3, 4, 1], max_hops=[2, 1, 0], table_size=[2, -1, 0, 9]
    )
    verdict = check(net, plan({0: [0, 1]}, backups={0: [2, 3]}))
    assert [v.code for v in verdict.violations] == ["node.table"]
    assert verdict.metrics["rules"]["total"] == 4
    assert verdict.metrics["bandwidth_delay"] == 3 * 6.0
    found = faults(net.replace(table_size=None), plan({0: [4]}, backups={0: [0, 5, 3]}))
    assert (
        "path.hops",
        "flow 0 (a to d): the backup path has 3 arcs, above the maximum 2",
    ) in found


def test_plan_of_another_size():
    verdict = check(diamond(), SdnSolution.of(5, {0: [0, 1], 4: [2]}))
    assert [v.code for v in verdict.violations] == ["flows.number"]
    assert verdict.objective == 3.0
    assert not check(diamond(), SdnSolution.of(1, {0: [0, 1]})).feasible


def test_many_faults_are_counted_not_listed():
    net = diamond(source=[0] * 500, target=[3] * 500, bandwidth=[1] * 500, priority=None)
    verdict = check(net, SdnSolution.of(500, {f: [0] for f in range(500)}))
    ends = [v for v in verdict.violations if v.code == "path.broken"]
    assert len(ends) == SHOWN + 1
    assert ends[-1].message == f"{500 - SHOWN} more like the one before"
    assert ends[-1].amount == 500 - SHOWN


def test_empty_network():
    net = SdnInstance(
        nodes=["a"], tail=[], head=[], capacity=[], source=[], target=[], bandwidth=[]
    )
    verdict = check(net, SdnSolution.of(0, {}))
    assert (verdict.objective, verdict.feasible) == (0.0, True)
    assert verdict.metrics["utilisation"]["busiest"] is None
