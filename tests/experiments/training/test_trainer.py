"""A small training from end to end."""

import json

import pytest
import yaml

from netroute.experiments.training import train
from netroute.experiments.training.log import read_log


@pytest.fixture
def load():
    pytest.importorskip("torch")
    from netroute.solvers.neural.policy_file import load_policy

    return lambda folder: load_policy(str(folder), problem="tsp", architectures=["nearest"])


def test_a_policy_is_learned_and_kept_with_its_log(training, load) -> None:
    report = train(training.config, training.out)
    assert report.gap < 10.0
    assert report.policy == training.out / "policy"
    use = f"netroute solve tsp FILE --solver policy --set weights={report.policy}"
    assert use in str(report)
    assert load(report.policy).settings() == {"width": 16, "dropout": 0.0}

    rows = read_log(training.out / "log.jsonl")
    assert (rows[0]["step"], rows[-1]["step"], rows[-1]["instances"]) == (0, 60, 60 * 32)
    gaps = {row["step"]: row["gap"] for row in rows if "gap" in row}
    assert list(gaps) == [0, 10, 20, 30, 40, 50, 60]
    assert report.gap == min(gaps.values()) < gaps[0] / 4
    assert rows[-1]["loss"] < rows[1]["loss"]
    assert rows[-1]["hit"] > rows[1]["hit"]

    saved = yaml.safe_load((training.out / "config.yaml").read_text())
    assert saved["objective"] == {"name": "imitation"}
    assert saved["task"]["points"] == 5
    assert saved["policy"]["architecture"] == "nearest"
    assert saved["checkpoint_every"] == 10
    assert (report.policy / "config.yaml").read_text() == (training.out / "config.yaml").read_text()

    if (training.out / "training.png").exists():
        assert (training.out / "training.png").read_bytes().startswith(b"\x89PNG")


def test_the_saved_configuration_gives_the_same_run(training) -> None:
    first = train(training.config, training.out)
    before = (training.out / "checkpoint.safetensors").read_bytes()
    # In the same folder there is nothing left to do.
    assert train(training.out / "config.yaml", training.out) == first
    assert (training.out / "checkpoint.safetensors").read_bytes() == before
    train(training.out / "config.yaml", training.folder / "again")
    for name in ("config.yaml", "policy/policy.json"):
        assert (training.folder / "again" / name).read_text() == (training.out / name).read_text()


def test_fine_tuning_starts_from_trained_weights(training) -> None:
    first = train(training.config, training.out)
    training.write(start="out/policy", steps=1, learning_rate=1e-9)
    train(training.config, training.folder / "second")
    assert read_log(training.folder / "second" / "log.jsonl")[0]["gap"] == first.gap
    saved = yaml.safe_load((training.folder / "second" / "config.yaml").read_text())
    assert saved["start"] == str(training.out / "policy")


def test_a_running_mean_of_the_weights_is_what_is_kept(training, load) -> None:
    from netroute.experiments.training.checkpoint import load_checkpoint

    training.write(average=0.9, steps=50)
    report = train(training.config, training.out)
    found = load_checkpoint(training.out / "checkpoint.safetensors")
    assert found is not None
    state, at = found
    assert report.step == at.best_step == 50, "the last one is the best one here"
    for name, value in load(report.policy).state_dict().items():
        assert value.equal(state[f"average.{name}"])
        assert not value.equal(state[f"weights.{name}"])


def test_the_best_weights_are_kept_and_not_the_last(training) -> None:
    training.write(learning_rate=50.0, weight_decay=0.0, schedule="constant")
    report = train(training.config, training.out)
    gaps = {row["step"]: row["gap"] for row in read_log(training.out / "log.jsonl") if "gap" in row}
    assert gaps[60] > report.gap == min(gaps.values()), "such a learning rate ruins everything"
    assert report.step == min(gaps, key=lambda step: gaps[step]) < 60
    card = json.loads((report.policy / "policy.json").read_text())
    assert card["figures"] == {"step": report.step, "gap": report.gap}


def test_tensorboard_gets_the_figures(training) -> None:
    pytest.importorskip("tensorboard")
    train(training.config, training.out)
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(training.out / "tensorboard")).Reload()
    rows = [row for row in read_log(training.out / "log.jsonl") if "gap" in row]
    assert [event.step for event in events.Scalars("gap")] == [row["step"] for row in rows]
    gaps = [event.value for event in events.Scalars("gap")]
    assert gaps == pytest.approx([row["gap"] for row in rows])
