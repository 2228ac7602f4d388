"""``netroute train`` on what ships."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest
import yaml

CONFIGS = Path(str(resources.files("netroute.experiments") / "configs" / "train"))

SMALL = {
    "steps": 3,
    "batch": 4,
    "labels.jobs": 1,
    "task.nodes": 8,
    "task.validation": 6,
    "policy.settings.width": 16,
    "policy.settings.layers": 1,
    "policy.settings.feed_forward": 16,
}


@pytest.fixture
def train(netroute, monkeypatch, tmp_path):
    pytest.importorskip("torch")
    monkeypatch.setenv("NETROUTE_CACHE", str(tmp_path / "cache"))

    def call(config: object, out: Path, **settings: object):
        pairs = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        return netroute("train", config, "--out", out, *pairs)

    return call


def test_a_shipped_training_runs_from_end_to_end(train, tmp_path):
    out = tmp_path / "run"
    ended = train("reinforce_tsp20", out, **SMALL)
    assert ended.code == 0, ended.err
    assert ended.err == "", "no bar where there is no terminal"
    first, command = ended.out.splitlines()
    assert first.startswith("reinforce-tsp20: gap ")
    assert command == f"netroute solve tsp FILE --solver policy --set weights={out / 'policy'}"
    card = json.loads((out / "policy" / "policy.json").read_text())
    assert (card["problem"], card["architecture"]) == ("tsp", "attention")
    assert card["settings"]["width"] == 16
    rows = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [0, 1, 2, 3]
    again = train("reinforce_tsp20", out, **SMALL)
    assert again.out == ended.out


def test_a_missing_configuration_gets_the_shipped_names(train, tmp_path):
    ended = train("reinforce_tps20", tmp_path / "run")
    assert ended.code == 2
    line = ended.line()
    assert "reinforce_tps20: no such file" in line
    assert "reinforce_tsp20" in line


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_trainings_are_sound(path):
    """Fields and names are right, and all that they say is understood by task and objective."""
    pytest.importorskip("torch")
    from netroute.experiments.training.config import load_config
    from netroute.experiments.training.setup import resolve_config

    config, task, _ = resolve_config(load_config(path), path.parent)
    assert config.policy.architecture in task.architectures
    assert path.read_text().startswith("# "), "a word on what it is for"
    assert yaml.safe_load(path.read_text())["name"] == config.name


def test_without_torch_the_extra_is_named(netroute, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    ended = netroute("train", "reinforce_tsp20", "--out", tmp_path / "run")
    assert ended.code == 2
    assert ended.line() == "error: torch is not installed: pip install 'netroute[learn]'"
    assert not (tmp_path / "run").exists()
