from __future__ import annotations

from importlib import metadata

import pytest

from netroute.core import registry
from netroute.core.errors import InputError, NetrouteError
from netroute.face import check, solve


@pytest.fixture
def plugins(monkeypatch):
    """Install entry points of third parties for one test."""

    def install(**values):
        points = [
            metadata.EntryPoint(name.replace("__", "."), value, "netroute.solvers")
            for name, value in values.items()
        ]
        monkeypatch.setattr(
            metadata, "entry_points", lambda *, group: [p for p in points if p.group == group]
        )
        registry.plugin_solvers.cache_clear()

    yield install
    monkeypatch.undo()
    registry.plugin_solvers.cache_clear()


def test_every_registered_problem_resolves():
    for name in registry.PROBLEMS:
        entry = registry.problem(name)
        assert entry.name == name
        assert entry.default_solver in entry.solvers


def test_unknown_names_come_with_a_hint(tiny):
    with pytest.raises(InputError, match=r"unknown problem 'tini'.*did you mean 'tiny'"):
        registry.problem("tini")
    with pytest.raises(InputError, match=r"unknown solver 'scam'.*did you mean 'scan'"):
        tiny.problem.solver("scam")
    with pytest.raises(InputError, match="unknown generator 'x', expected one of: none"):
        tiny.problem.generator("x")


def test_solver_of_a_plugin_is_found(tiny, plugins):
    plugins(tiny__theirs="tiny_family:Scan", other__scan="tiny_family:Nothing")
    assert tiny.problem.solver("theirs") is tiny.Scan
    assert set(registry.plugin_solvers("tiny")) == {"theirs"}


def test_plugin_cannot_replace_a_solver_of_ours(tiny, plugins):
    plugins(tiny__scan="tiny_family:Pick")
    assert tiny.problem.solver("scan") is tiny.Scan


@pytest.mark.parametrize("path", ["no_such_module:Solver", "tiny_family:Missing"])
def test_broken_plugin_is_named(tiny, plugins, path):
    plugins(tiny__broken=path)
    with pytest.raises(NetrouteError, match=r"plug-in solver 'broken'.*cannot be loaded"):
        tiny.problem.solver("broken")


def test_problem_is_guessed_from_the_instance(tiny):
    assert registry.problem_of(tiny.Numbers()).name == "tiny"
    with pytest.raises(InputError, match="no problem covers this instance: it has shapes"):
        registry.problem_of(tiny.Numbers(extra=frozenset({"shapes"})))
    with pytest.raises(InputError, match="type int, expected an instance"):
        registry.problem_of(3)


def test_checker_is_found_whatever_the_features(tiny):
    instance = tiny.Numbers(extra=frozenset({"shapes"}))
    assert check(instance, tiny.Pick(4.0)).objective == 4.0


def test_solve_by_name_by_object_and_by_default(tiny):
    instance = tiny.Numbers()
    for options in ({}, {"solver": "scan"}, {"solver": tiny.Scan()}, {"problem": "tiny"}):
        assert solve(instance, iterations=5, **options).objective == 5.0
    assert solve(instance, iterations=5, pause=0.002).parameters["pause"] == 0.002


def test_contradictory_arguments_of_solve(tiny):
    from netroute import Budget

    with pytest.raises(InputError, match="found budget and seconds"):
        solve(tiny.Numbers(), seconds=1, budget=Budget())
    with pytest.raises(InputError, match="pause: found a ready solver"):
        solve(tiny.Numbers(), solver=tiny.Scan(), iterations=3, pause=0.1)
    with pytest.raises(InputError, match="unknown parameter 'speed'"):
        solve(tiny.Numbers(), iterations=3, speed=9)
