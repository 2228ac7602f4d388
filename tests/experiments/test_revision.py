import pytest

from netroute.core.errors import InputError, NetrouteError
from netroute.core.registry import problem
from netroute.experiments import revision as module
from netroute.experiments.bench import run_bench
from netroute.experiments.revision import revision


def test_code_counts_and_comments_do_not(bench) -> None:
    from bench_plugin import Tiny

    file = bench.folder / "bench_plugin.py"
    text = file.read_text()

    def after(change: str) -> str:
        file.write_text(change)
        return revision(problem("cvrp"), Tiny)

    first = after(text)
    assert after('"""A docstring."""\n' + text + "# A comment.\n") == first
    assert after(text.replace("1, 2", "2, 1").replace("if self.log", "if not self.log")) != first


def test_a_solver_depends_on_what_it_imports() -> None:
    codes = module._codes(["netroute.solvers.vrp.base"], "netroute")
    modules = {code.partition(" ")[0] for code in codes}
    assert {"netroute.core.solver", "netroute.problems.vrp.check"} <= modules
    assert "netroute.cli.app" not in modules


def test_an_edit_during_the_benchmark_ends_it(bench) -> None:
    file = bench.folder / "bench_plugin.py"
    bench.write(
        instances=["box0.vrp"],
        solvers=[bench.tiny("first", fault="die"), bench.tiny("second", rest=1.0)],
    )

    # The first solver needs a new process for its second run, which meets the edited code.
    def edit(*_: object) -> None:
        file.write_text(file.read_text() + "\nEDITED = True\n")

    with pytest.raises(NetrouteError, match="the code has changed since the benchmark began"):
        run_bench(bench.config, bench.out, observe=edit)
    assert "1 of 4 runs" in (bench.out / "report.md").read_text()


def test_trained_weights_and_their_network_count_as_code(bench) -> None:
    from bench_plugin import Tiny

    folder = bench.folder / "policy"
    folder.mkdir()

    def after(text: str) -> str:
        (folder / "policy.json").write_text(text)
        return revision(problem("cvrp"), Tiny, weights=str(folder))

    first = after('{"architecture": "spine-scorer", "checksum": "1"}')
    assert after('{"architecture": "spine-scorer", "checksum": "1"}') == first
    assert after('{"architecture": "spine-scorer", "checksum": "2"}') != first
    assert first != revision(problem("cvrp"), Tiny)
    found = {after(text) for text in ("no JSON", "[]", "{}", '{"architecture": "other"}')}
    assert len(found) == 4
    _, network = module._policy(str(folder))
    assert network == []
    after('{"architecture": "spine-scorer"}')
    assert module._policy(str(folder))[1] == ["netroute.solvers.collective.learned.model"]


def test_a_policy_that_is_missing_is_found_at_the_start(bench) -> None:
    bench.write(
        problem="sdn",
        instances=[{"generator": "priority-flows", "nodes": 6, "links": 8, "flows": 20}],
        solvers=[{"solver": "policy", "parameters": {"weights": "no-such-policy"}}],
    )
    with pytest.raises(InputError, match=r"solvers\.0: no-such-policy: no such policy"):
        run_bench(bench.config, bench.out)
