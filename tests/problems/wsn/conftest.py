"""A slow simulator of sensor fields, one node and one round at a time, that tests compare with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

from netroute.problems.wsn import WsnInstance, WsnSolution
from netroute.problems.wsn.readings import Reports

if TYPE_CHECKING:
    from collections.abc import Callable


class Played(NamedTuple):
    solution: WsnSolution
    full: int
    lives: list[int]
    to_base: int
    reports: int
    silent: int
    residual: list[float]


@pytest.fixture
def make_field() -> Callable[..., WsnInstance]:
    """Make a small field of sensors with little energy."""

    def make(nodes: int = 8, *, seed: int = 0, **changes: Any) -> WsnInstance:
        rng = np.random.default_rng(seed)
        values: dict[str, Any] = {
            "position": rng.random((nodes, 2)) * 100.0,
            "base_station": [50.0, 150.0],
            "energy": 0.002 + 0.01 * rng.random(nodes),
            "field": [100.0, 100.0],
        }
        return WsnInstance(**(values | changes))

    return make


def cost(instance: WsnInstance, node: int, parent: list[int], head: list[bool]) -> float:
    """What one round costs one node, word by word."""

    def send(bits: float, distance: float) -> float:
        if distance < instance.crossover:
            return bits * (instance.electronics + instance.free_space * distance**2)
        return bits * (instance.electronics + instance.multipath * distance**4)

    here = instance.position[node]
    if parent[node] == -2:
        return 0.0
    k, control = instance.message_bits, instance.control_bits
    children = sum(other == node for other in parent)
    bits = k * (1.0 + instance.aggregation_ratio * children)
    there = instance.base_station if parent[node] == -1 else instance.position[parent[node]]
    total = send(bits, math.dist(here, there))
    total += children * (k * instance.electronics + k * instance.aggregation)
    if head[node] and instance.head_aggregates_own:
        total += k * instance.aggregation
    if head[node]:
        far = max(math.dist(here, spot) for spot in instance.position)
        total += send(control, far) + children * control * instance.electronics
    if parent[node] >= 0:
        total += control * instance.electronics + send(control, math.dist(here, there))
    return total


def configuration(
    instance: WsnInstance, alive: list[bool], owing: np.ndarray, rng: np.random.Generator
) -> tuple[list[int], list[bool]]:
    """Draw who reports to whom among those alive."""
    n = instance.size
    living = [i for i in range(n) if alive[i]]
    parent, head = [-2] * n, [False] * n
    if instance.routing == "tree":
        order = [int(i) for i in rng.permutation(living)]
        for rank, i in enumerate(order):
            parent[i] = int(rng.choice([-1, *order[:rank]]))
        for i in living:
            if parent[i] >= 0:
                head[parent[i]] = True
        return parent, head
    if instance.headless == "silent" and rng.random() < 0.3:
        return parent, head
    for i in living:
        head[i] = bool(rng.random() < 0.3)
    heads = [i for i in living if head[i]]
    for i in living:
        parent[i] = -1 if head[i] else int(rng.choice([-1, *heads]))
        if instance.hard_threshold is not None and not head[i] and not owing[i]:
            parent[i] = -2
    return parent, head


@pytest.fixture
def simulate() -> Callable[..., Played]:
    """Play random configurations until all nodes are dead, and write down what happens."""

    def play(instance: WsnInstance, seed: int = 0) -> Played:
        rng = np.random.default_rng(seed)
        n = instance.size
        left = instance.energy.tolist()
        alive, lives = [True] * n, [-1] * n
        rows: list[tuple[list[int], list[bool], int]] = []
        full = to_base = reports = silent = rounds = 0
        stream = Reports(instance)
        while any(alive):
            held = 1 if instance.hard_threshold is not None else int(rng.integers(1, 6))
            owing = stream.next(1)[0]
            parent, head = configuration(instance, alive, owing, rng)
            kept = 0
            died = False
            while kept < held and not died:
                kept += 1
                rounds += 1
                everyone = all(alive)
                lived = True
                for i in range(n):
                    if parent[i] == -2:
                        continue
                    spent = cost(instance, i, parent, head)
                    short = spent > left[i] + 1e-9 * instance.energy[i]
                    left[i] = max(0.0, left[i] - spent)
                    reports += 1
                    to_base += parent[i] == -1
                    if left[i] <= 1e-9 * instance.energy[i]:
                        alive[i], died = False, True
                        strict = instance.death_test == "strict"
                        lives[i] = rounds - (short and strict)
                        lived &= not (short and strict)
                quiet = all(p == -2 for p in parent)
                silent += quiet
                full += everyone and lived and not (quiet and instance.hard_threshold is None)
            rows.append((parent, head, kept))
        solution = WsnSolution(*(list(column) for column in zip(*rows, strict=True)))
        return Played(solution, full, lives, to_base, reports, silent, left)

    return play


@pytest.fixture
def node_cost() -> Callable[..., float]:
    return cost
