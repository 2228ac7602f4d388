"""A training that is stopped goes on as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from netroute.experiments.training import train
from netroute.experiments.training.log import read_log

CODE = (
    "import sys, train_plugin; from netroute.experiments.training import train; "
    "train(*sys.argv[1:])"
)
STEPS = 80


def start(training) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-c", CODE, str(training.config), str(training.out)],
        env=os.environ | {"PYTHONPATH": str(training.folder), "OMP_NUM_THREADS": "1"},
        start_new_session=True,
        stderr=subprocess.PIPE,
    )


def steps_done(training) -> int:
    rows = read_log(training.out / "log.jsonl")
    return rows[-1]["step"] if rows else -1


def stop_at(process: subprocess.Popen[bytes], training, step: int, number: int) -> bytes:
    end = time.monotonic() + 120
    while steps_done(training) < step and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.005)
    assert process.poll() is None, "it was to be stopped before its end"
    os.killpg(process.pid, number)
    return process.communicate()[1]


@pytest.fixture
def whole(training):
    """The training that nobody stops; dropout and a running mean make its state rich."""
    training.write(
        steps=STEPS,
        validate_every=16,
        checkpoint_every=7,
        average=0.95,
        policy={"settings": {"width": 16, "dropout": 0.1}},
        task=training.task(fault="slow"),
    )
    train(training.config, training.folder / "whole")
    return training


def same(training) -> None:
    """All that the weights depend on is equal to the last bit."""
    from netroute.experiments.training.checkpoint import load_checkpoint

    ours, theirs = (training.out, training.folder / "whole")
    found = [load_checkpoint(folder / "checkpoint.safetensors") for folder in (ours, theirs)]
    assert found[0] is not None
    assert found[1] is not None
    (tensors, at), (wanted, wanted_at) = found
    assert tensors.keys() == wanted.keys()
    assert all(tensors[name].equal(wanted[name]) for name in wanted)
    assert (at.step, at.best_gap, at.best_step) == (STEPS, wanted_at.best_gap, wanted_at.best_step)
    files = [sorted(folder.glob("policy/*.safetensors")) for folder in (ours, theirs)]
    assert [file.name for file in files[0]] == [file.name for file in files[1]]
    assert files[0][0].read_bytes() == files[1][0].read_bytes()
    rows = [read_log(folder / "log.jsonl") for folder in (ours, theirs)]
    for row in [*rows[0], *rows[1]]:
        del row["seconds"]
    assert rows[0] == rows[1]


def test_sigkill_at_random_steps_changes_no_bit(whole) -> None:
    rng = np.random.default_rng(int(os.environ.get("NETROUTE_KILL_SEED", "1")))
    for low in (1, STEPS // 2):
        step = int(rng.integers(low, low + STEPS // 3))
        stop_at(start(whole), whole, step, signal.SIGKILL)
        assert not (whole.out / "training.png").exists()
    # These two have no influence on what is learned, and may change on the way.
    train(whole.config, whole.out, overrides=["checkpoint_every=30", "labels.jobs=2"])
    same(whole)


def test_ctrl_c_writes_a_checkpoint_at_once(whole) -> None:
    from netroute.experiments.training.checkpoint import load_checkpoint

    text = stop_at(start(whole), whole, 11, signal.SIGINT)
    assert b"KeyboardInterrupt" in text.splitlines()[-1]
    assert b"the same command goes on from there" in text
    found = load_checkpoint(whole.out / "checkpoint.safetensors")
    assert found is not None
    assert found[1].step == steps_done(whole)
    train(whole.config, whole.out)
    same(whole)


def test_two_threads_give_the_same_bits_again(training) -> None:
    import torch

    before = torch.get_num_threads()
    training.write(threads=2, batch=512, policy={"settings": {"width": 64}}, steps=20)
    for name in ("one", "two"):
        train(training.config, training.folder / name)
    weights = [
        next((training.folder / name / "policy").glob("*.safetensors")) for name in ("one", "two")
    ]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    assert torch.get_num_threads() == before
    assert not torch.are_deterministic_algorithms_enabled()
