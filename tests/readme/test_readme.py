"""The README's commands and programs do what it says."""

from __future__ import annotations

import itertools
import re
import shlex
import shutil
from pathlib import Path

import pytest

from netroute.cli import main

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
GUIDES = sorted((ROOT / "docs").glob("*.md"))
SECONDS = "1"
"""Time limit that takes the place of the README's own ones."""

if not README.exists():
    pytest.skip("no checkout: the README is not here", allow_module_level=True)

BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
for guide in GUIDES:
    BLOCKS += re.findall(r"^```(\w+)\n(.*?)^```", guide.read_text(), re.MULTILINE | re.DOTALL)
FILES = [
    found
    for guide in GUIDES
    for found in re.findall(
        r"^```\w+ ([\w.]+)\n(.*?)^```", guide.read_text(), re.MULTILINE | re.DOTALL
    )
]
"""Files by name that a reader is told to write."""

PROGRAMS = [text for language, text in BLOCKS if language == "python"]
COMMANDS = [
    line
    for language, text in BLOCKS
    if language == "bash"
    for line in text.splitlines()
    if line.strip()
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "examples", path / "examples")
    for name, text in FILES:
        (path / name).write_text(text)
    return path


@pytest.fixture(autouse=True)
def surroundings(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("NETROUTE_CACHE", str(folder / "cache"))


def test_there_is_something_to_test():
    assert len(PROGRAMS) >= 3
    assert sum(line.startswith("netroute ") for line in COMMANDS) >= 8


def test_commands_run_in_order_and_write_what_they_say(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    for line in COMMANDS:
        if not line.startswith("netroute "):
            continue
        words = shlex.split(re.sub(r"--time \d+", f"--time {SECONDS}", line))[1:]
        code = main(words)
        said = capsys.readouterr()
        assert code == 0, f"{line}\n{said.err}"
        assert said.out, line
        for option, name in itertools.pairwise(words):
            if option in ("--out", "--plot"):
                assert (folder / name).stat().st_size > 0, line


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_programs_run(folder, monkeypatch, capsys, program):
    monkeypatch.chdir(folder)
    exec(re.sub(r"seconds=\d+", f"seconds={SECONDS}", program), {"__name__": "readme"})
    assert capsys.readouterr().out


def test_guides_show_files_that_can_be_read(folder):
    import netroute

    texts = [text for language, text in BLOCKS if language == "json"]
    for text in texts:
        file = folder / "shown.json"
        file.write_text(text)
        if '"instance"' in text:
            instance = netroute.read(file)
        else:
            solution = netroute.formats.read_solution(file, instance)
            assert netroute.check(instance, solution).feasible
    assert len(texts) >= 2


def test_other_commands_name_targets_and_files_that_exist():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for line in COMMANDS:
        if line.startswith("make "):
            assert set(line.split()[1:]) <= targets
    for page in (README, *GUIDES):
        for name in re.findall(r"\]\(([\w/.]+)\)", page.read_text()):
            assert (page.parent / name).exists(), name


def test_every_command_solver_and_exit_code_is_mentioned():
    from netroute.cli.app import COMMANDS as names
    from netroute.core.registry import PROBLEMS, problem

    text = README.read_text()
    for name in names:
        assert f"netroute {name}" in text
    for entry in map(problem, PROBLEMS):
        for name in [*entry.solvers, *entry.bounds]:
            assert name in text
