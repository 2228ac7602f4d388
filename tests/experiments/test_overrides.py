import pytest

from netroute.core.errors import InputError
from netroute.experiments.overrides import apply_overrides


def test_values_are_yaml_and_paths_reach_into_lists() -> None:
    data = {"solvers": [{"solver": "auto"}], "seeds": [1, 2, 3]}
    changed = apply_overrides(
        data, ["solvers.0.parameters.threads=2", "seeds=[7]", "bound=none", "kill_after=1e1"]
    )
    assert changed["solvers"] == [{"solver": "auto", "parameters": {"threads": 2}}]
    assert changed["seeds"] == [7]
    assert changed["bound"] == "none"
    assert data == {"solvers": [{"solver": "auto"}], "seeds": [1, 2, 3]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("jobs", "--set: found 'jobs', expected field=value"),
        ("seeds.9=1", "--set seeds.9: found '9', expected an entry number, 0 to 2"),
        ("name.x=1", "--set name.x: name is 'n' and has no field 'x'"),
        ("jobs=[1", "--set jobs: found '[1', which is not YAML"),
    ],
)
def test_faults_are_named(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        apply_overrides({"name": "n", "seeds": [1, 2, 3]}, [text])
    assert str(error.value) == message
