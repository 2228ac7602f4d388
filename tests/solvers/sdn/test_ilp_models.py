"""Building the reference programmes, which takes seconds where there are many flows."""

from collections.abc import Callable
from functools import partial

import pytest

from netroute.core.budget import Budget
from netroute.datasets.sdn.priority_flows import generate_priority_flows
from netroute.solvers.sdn.ilp_arc import IlpArcSolver
from netroute.solvers.sdn.ilp_arc_model import arc_model
from netroute.solvers.sdn.ilp_model import FlowModel
from netroute.solvers.sdn.ilp_path_model import path_model


@pytest.mark.parametrize("build", [arc_model, partial(path_model, count=8)])
def test_building_is_given_up_when_told_so(build: Callable[..., FlowModel | None]) -> None:
    net = generate_priority_flows(nodes=10, flows=1000, seed=1)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) == 12

    assert build(net, stop=stop) is None
    assert len(asked) == 12
    assert build(net) is not None


def test_plan_so_far_is_kept_and_the_reason_told(monkeypatch: pytest.MonkeyPatch) -> None:
    net = generate_priority_flows(nodes=10, flows=100, seed=1)
    monkeypatch.setattr(IlpArcSolver, "model", lambda self, instance, stop: None)
    result = IlpArcSolver().solve(net, budget=Budget(seconds=5.0))
    assert result.metrics["open"] == "the time ran out before the programme was built"
    assert result.objective > 0.0
    assert result.bound is None
