"""A small training from end to end."""

import json

import yaml

from netroute.experiments.training import train


def test_a_policy_is_learned_and_kept(training) -> None:
    report = train(training.config, training.out)
    assert report.gap < 10.0
    assert report.policy == training.out / "policy"
    rows = [json.loads(line) for line in (training.out / "log.jsonl").read_text().splitlines()]
    assert rows[0]["step"] == 0
    assert rows[-1]["step"] == 60
    gaps = [row["gap"] for row in rows if "gap" in row]
    assert len(gaps) == 7
    assert report.gap == min(gaps) < gaps[0] / 4
    assert rows[-1]["loss"] < rows[1]["loss"]

    from netroute.solvers.neural.policy_file import load_policy

    policy = load_policy(str(report.policy), problem="tsp", architectures=["nearest"])
    assert policy.settings() == {"width": 16, "dropout": 0.0}


def test_the_saved_configuration_is_complete(training) -> None:
    train(training.config, training.out)
    saved = yaml.safe_load((training.out / "config.yaml").read_text())
    assert saved["objective"] == {"name": "imitation"}
    assert saved["task"]["points"] == 5
    assert saved["policy"]["architecture"] == "nearest"
    assert saved["checkpoint_every"] == 10
    again = train(training.out / "config.yaml", training.folder / "again")
    assert (training.folder / "again" / "config.yaml").read_text() == (
        training.out / "config.yaml"
    ).read_text()
    assert again.step > 0


def test_a_finished_training_is_not_repeated(training) -> None:
    first = train(training.config, training.out)
    before = (training.out / "checkpoint.safetensors").read_bytes()
    assert train(training.config, training.out) == first
    assert (training.out / "checkpoint.safetensors").read_bytes() == before
