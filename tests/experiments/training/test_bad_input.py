"""Each fault is one line that names the file and the field; the exit code is 2."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time

import pytest

from netroute.cli import main
from netroute.experiments.training import train
from netroute.experiments.training.log import read_log


@pytest.fixture
def fault(training, capsys):
    """Run the command and return the one line that it says."""

    def call(*overrides: str, code: int = 2, **changes: object) -> str:
        training.write(**changes)
        settings = [word for text in overrides for word in ("--set", text)]
        arguments = ["train", str(training.config), "--out", str(training.out), *settings]
        capsys.readouterr()
        assert main(arguments) == code
        said = capsys.readouterr()
        assert said.out == ""
        (line,) = said.err.splitlines()
        assert line.startswith("error: ")
        return line

    return call


def test_unknown_and_wrong_fields(fault, training) -> None:
    where = str(training.config)
    assert f"{where}: learning_rat: unknown field, expected one of: name, task" in fault(
        "learning_rat=1"
    )
    assert f"{where}: steps: found 'many', expected a valid integer" in fault("steps=many")
    assert f"{where}: batch: found 0, expected greater than" in fault("batch=0")
    assert f"{where}: learning_rate: found nan" in fault("learning_rate=.nan")
    assert f"{where}: schedule: found 'linear', expected 'cosine' or" in fault("schedule=linear")
    assert f"{where}: task: point: unknown field" in fault("task.point=1")
    assert f"{where}: task: points: found 'x'" in fault(task=training.task(points="x"))
    assert f"{where}: objective: starts: unknown field" in fault(
        objective={"name": "imitation", "starts": 2}, task=training.task()
    )
    assert not training.out.exists()


def test_unknown_names_get_a_hint(fault, training) -> None:
    line = fault("objective=imitaton")
    assert "unknown objective 'imitaton', expected one of: imitation, " in line
    assert "did you mean 'imitation'?" in line
    line = fault("task=tspp")
    assert "unknown task 'tspp'" in line
    assert "package.module:Class" in line
    assert "did you mean 'tsp'?" in line
    assert "task: no.such:Thing cannot be imported: No module named 'no'" in fault(
        "task=no.such:Thing"
    )
    assert "task: math:floor is no task" in fault("task=math:floor")
    assert "policy.architecture: found 'attention', expected one of: nearest, tail" in fault(
        "policy.architecture=attention"
    )
    line = fault("policy.settings.wide=3")
    assert "policy.settings: nearest cannot be made" in line
    assert "wide" in line


def test_missing_files(fault, training, capsys) -> None:
    assert main(["train", str(training.folder / "none.yaml"), "--out", str(training.out)]) == 2
    assert "none.yaml: no such file" in capsys.readouterr().err
    assert "start: nowhere: no such policy" in fault("start=nowhere")
    taken = training.folder / "taken"
    taken.write_text("")
    training.out = taken
    assert f"{taken}: cannot be used: " in fault()


def test_weights_of_another_kind_are_refused(fault, training) -> None:
    report = train(training.config, training.folder / "first", overrides=["steps=1"])
    start = f"start={report.policy}"
    assert "found a policy for tsp, expected one for wsn" in fault(
        start, task=training.task(problem="wsn")
    )
    assert "architecture 'nearest', expected one of: tail-transformer" in fault(
        start, "policy.architecture=tail-transformer", task=training.task()
    )
    line = fault(start, "policy.settings.width=17")
    assert "policy.settings.width: found 17, but the policy to start from has 16" in line
    weights = next(report.policy.glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x00")
    assert "differs from the checksum" in fault(start)
    assert not training.out.exists()


def test_a_folder_of_another_run_is_refused(fault, training) -> None:
    train(training.config, training.out, overrides=["steps=2"])
    before = {path: path.read_bytes() for path in training.out.glob("*.*")}
    line = fault("steps=3")
    assert f"{training.out}/config.yaml: steps: the run in this folder has 2, expected 3" in line
    line = fault("steps=2", "task.points=4")
    assert "config.yaml: task.points: the run in this folder has 5, expected 4" in line
    assert {path: path.read_bytes() for path in training.out.glob("*.*")} == before
    (training.out / "config.yaml").unlink()
    assert "holds a run without its config.yaml" in fault("steps=2")


def test_two_trainings_do_not_share_a_folder(fault, training) -> None:
    import fcntl

    training.out.mkdir()
    with (training.out / "train.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert "another training is at work in this folder" in fault()


def test_a_damaged_checkpoint_is_named(fault, training) -> None:
    train(training.config, training.out)
    path = training.out / "checkpoint.safetensors"
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:40], whole[:-9] + b"\xff" + whole[-8:], b""):
        path.write_bytes(damaged)
        line = fault()
        assert f"{path}: is damaged" in line
        assert "remove it to train from the beginning" in line
    path.unlink()
    assert main(["train", str(training.config), "--out", str(training.out)]) == 0
    assert path.is_file()


def test_labels_that_were_made_anew_are_noticed(fault, training, monkeypatch) -> None:
    """As of a solver with a limit on its time."""
    fault(task=training.task(fault="nan", fault_step=7))
    shutil.rmtree(training.folder / "cache")
    monkeypatch.setenv("LABEL_SHIFT", "1")
    line = fault()
    assert f"{training.out}: the run was begun with other labels than these" in line


def test_a_loss_that_is_no_number_stops_the_training(fault, training) -> None:
    from netroute.experiments.training.checkpoint import load_checkpoint
    from netroute.solvers.neural.policy_file import load_policy

    line = fault(task=training.task(fault="nan", fault_step=25), checkpoint_every=50)
    assert "step 25 (batch of seed [3, 25]): the loss is nan" in line
    assert "start: " + str(training.out / "policy") in line
    gaps = {row["step"]: row["gap"] for row in read_log(training.out / "log.jsonl") if "gap" in row}
    assert list(gaps) == [0, 10, 20]
    kept = load_policy(str(training.out / "policy"), problem="tsp", architectures=["nearest"])
    assert all(bool(value.isfinite().all()) for value in kept.state_dict().values())
    found = load_checkpoint(training.out / "checkpoint.safetensors")
    assert found is not None
    assert found[1].step == 24
    assert all(bool(value.isfinite().all()) for value in found[0].values())


def test_a_gap_that_is_no_number_stops_the_training(fault, training) -> None:
    assert "step 0: the validation gives the gap nan" in fault(task=training.task(fault="gap"))
    (row,) = map(json.loads, (training.out / "log.jsonl").read_text().splitlines())
    assert row["gap"] is None, "JSON has no NaN"


def run(training, code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code, str(training.config), str(training.out)],
        env=os.environ | {"PYTHONPATH": str(training.folder), "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_full_disk_leaves_the_last_checkpoint(training) -> None:
    """Files may grow to 60 kB: the checkpoint of a wider network may not be written."""
    training.write(policy={"settings": {"width": 4000}}, steps=3)
    code = (
        "import resource, sys, train_plugin; from netroute.cli import main; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); "
        "sys.exit(main(['train', sys.argv[1], '--out', sys.argv[2]]))"
    )
    assert resource.RLIM_INFINITY in resource.getrlimit(resource.RLIMIT_FSIZE)
    process = run(training, code)
    out, error = process.communicate(timeout=120)
    assert process.returncode == 2, error
    (line,) = error.splitlines()
    assert "cannot be written: File too large" in line
    assert str(training.out) in line
    assert out == ""
    assert not list(training.out.glob(".*")), "nothing half written is left"


def test_the_command_is_terminated_with_a_word_on_how_to_go_on(training) -> None:
    training.write(steps=500, task=training.task(fault="slow"))
    process = run(
        training,
        "import sys, train_plugin; from netroute.cli import main; "
        "sys.exit(main(['train', sys.argv[1], '--out', sys.argv[2]]))",
    )
    end = time.monotonic() + 120
    while len(read_log(training.out / "log.jsonl")) < 5:
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    out, error = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    (line,) = error.splitlines()
    step = read_log(training.out / "log.jsonl")[-1]["step"]
    assert line == f"interrupted after step {step} of 500; the same command goes on from there"
