"""What only a process of its own can show: imports, signals, pipes and terminals."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time

import pytest

SOLVER = ("--solver", "sisr", "--threads", "1", "--bound", "none")
NETROUTE = (sys.executable, "-P", "-m", "netroute")


def start(*arguments: object, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*NETROUTE, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.fixture
def compiled(netroute, ring):
    """Kernels in the cache, so that no process of a test has to compile."""
    ended = netroute("solve", "cvrp", ring, *SOLVER, "--iterations", 1)
    assert ended.code == 0, ended.err


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from netroute.cli import main; assert main(['--help']) == 0; "
        "heavy = {'numpy', 'numba', 'ortools', 'pulp', 'matplotlib', 'pydantic', 'rich', 'torch'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert ended.stderr.strip() == "[]"
    for command in ("solve", "check", "generate", "bench", "warmup"):
        assert re.search(rf"^  {command} ", ended.stdout, re.MULTILINE)


def test_closed_pipe_is_no_error(ring):
    process = start("solvers", "cvrp")
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert process.wait() in (0, 141)
    assert error == ""


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_gives_the_incumbent(make_vrp, tmp_path, number):
    out = tmp_path / "answer.sol"
    path = make_vrp(clients=40)
    arguments = ("solve", "cvrp", path, *SOLVER, "--time", "120", "-v", "--json", "--out", out)
    process = start(*arguments)
    try:
        for line in process.stderr:
            if "cost" in line:
                break
        time.sleep(0.3)
        process.send_signal(number)
        output, error = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, error
    assert "Traceback" not in error
    data = json.loads(output)
    assert data["stopped_by"] == "interrupt"
    assert data["feasible"] is True
    assert f"Cost {data['objective']:.0f}" in out.read_text()


@pytest.mark.usefixtures("compiled")
def test_live_line_appears_on_a_terminal_and_nowhere_else(make_vrp):
    path = make_vrp(clients=40)
    arguments = ("solve", "cvrp", path, *SOLVER, "--time", "1.5")
    master, slave = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "120", "LINES": "40"}
    process = subprocess.Popen(
        [*NETROUTE, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=slave,
        env=environment,
        text=True,
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    output, _ = process.communicate()
    assert process.returncode == 0
    assert b"/1.5 s" in shown
    assert b"cost " in shown
    assert b"vehicles" in shown
    assert output.startswith("instance")
    quiet = start(*arguments)
    _, error = quiet.communicate()
    assert error == ""
