"""No shipped task or objective keeps anything from one step to the next beside its weights."""

import pytest

from netroute.experiments.training import train

COMMON = ("steps=4", "validate_every=2", "checkpoint_every=1", "batch=4", "labels.jobs=1")
SMALL = {
    "tsp": (
        "labels.count=4",
        "batch=16",
        "task.nodes=[10,16]",
        "task.validation=4",
        "task.validation_nodes=12",
    ),
    "reinforce_cvrp20": ("task.nodes=8", "task.validation=4"),
    "ppo_cvrp10": ("task.episodes=4",),
    "sdn_ppo": (
        "labels.count=2",
        "labels.chunk=2",
        "task.nodes=[6,8]",
        "task.validation_nodes=[6,8]",
        "task.validation_networks=1",
        "objective.horizon=12",
        "objective.minibatch=16",
    ),
    "collective": ("task.starts=4", "task.instances=4", "task.validation=4"),
}


class StoppedError(Exception):
    pass


class Stopping:
    """An objective that breaks off, as a killed process does: nothing is written any more."""

    def __init__(self, objective, step):
        self.module = objective.module
        self._objective = objective
        self._step = step

    def update(self, step, descent):
        figures = self._objective.update(step, descent)
        if step == self._step:
            raise StoppedError
        return figures


@pytest.mark.parametrize("name", SMALL)
def test_shipped_trainings_go_on_bit_for_bit(name, tmp_path, monkeypatch):
    pytest.importorskip("torch")
    from netroute.experiments.training import trainer
    from netroute.experiments.training.checkpoint import load_checkpoint

    monkeypatch.setenv("NETROUTE_CACHE", str(tmp_path / "cache"))
    overrides = (*COMMON, *SMALL[name])
    train(name, tmp_path / "whole", overrides=overrides)

    resolve_config = trainer.resolve_config
    for step in (2, 4):

        def stopping(config, folder, step=step):
            settings, task, make = resolve_config(config, folder)
            return settings, task, lambda policy: Stopping(make(policy), step)

        monkeypatch.setattr(trainer, "resolve_config", stopping)
        with pytest.raises(StoppedError):
            train(name, tmp_path / "broken", overrides=overrides)
    monkeypatch.setattr(trainer, "resolve_config", resolve_config)
    train(name, tmp_path / "broken", overrides=overrides)

    folders = (tmp_path / "whole", tmp_path / "broken")
    found = [load_checkpoint(folder / "checkpoint.safetensors") for folder in folders]
    assert found[0] is not None
    assert found[1] is not None
    (wanted, wanted_at), (tensors, at) = found
    assert tensors.keys() == wanted.keys()
    assert all(tensors[key].equal(wanted[key]) for key in wanted)
    assert (at.step, at.best_gap, at.best_step) == (4, wanted_at.best_gap, wanted_at.best_step)
    cards = [(folder / "policy" / "policy.json").read_text() for folder in folders]
    assert cards[0] == cards[1]
