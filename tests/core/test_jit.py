"""Where compiled kernels are kept, and that they work where nothing can be kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from netroute.core import jit

PROGRAM = """
import sys
from pathlib import Path
from netroute.core import jit

source = Path(sys.argv[1])
sys.path.insert(0, str(source.parent))
import numba
before = numba.config.CACHE_DIR
import sums
assert numba.config.CACHE_DIR == before
print(sums.triple(14), jit.cache_folder(), sum(sums.triple.stats.cache_hits.values()))
"""
KERNEL = """
from netroute.core.jit import kernel

@kernel(_nrt=False)
def triple(x):
    return 3 * x
"""


@pytest.fixture
def call(tmp_path):
    """Run a kernel of a file of its own in a new process; return value, folder and cache hits."""
    (tmp_path / "code").mkdir()
    source = tmp_path / "code" / "sums.py"
    source.write_text(KERNEL)

    def run(**variables):
        keep = ("NETROUTE_JIT_CACHE", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR")
        environment = {k: v for k, v in os.environ.items() if k not in keep} | variables
        done = subprocess.run(
            [sys.executable, "-P", "-c", PROGRAM, str(source)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        value, folder, hits = done.stdout.split()
        return int(value), folder, int(hits)

    return run


def test_second_process_finds_the_compiled_kernel(call, tmp_path):
    base = str(tmp_path / "cache")
    value, folder, hits = call(NETROUTE_JIT_CACHE=base)
    assert (value, hits) == (42, 0)
    assert folder.startswith(base)
    assert list(Path(folder).glob("**/*.nbi"))
    assert call(NETROUTE_JIT_CACHE=base) == (42, folder, 1)
    assert call(NETROUTE_JIT_CACHE=base, NUMBA_BOUNDSCHECK="1") == (42, folder, 0)


def test_kernels_work_where_no_folder_can_be_written(call, tmp_path):
    blocked = tmp_path / "a file, not a folder"
    blocked.write_text("")
    assert call(NETROUTE_JIT_CACHE=str(blocked)) == (42, "None", 0)


def test_cache_can_be_switched_off(call, tmp_path):
    assert call(NETROUTE_JIT_CACHE="0", XDG_CACHE_HOME=str(tmp_path)) == (42, "None", 0)
    assert not list(tmp_path.glob("netroute/**/*"))


def test_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("NETROUTE_JIT_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = jit.cache_folder()
    assert folder is not None
    assert folder == tmp_path / "netroute" / "jit"


def test_hash_covers_the_kernels_of_all_rooms():
    sources = jit._kernel_sources()
    assert any(path.parts[-3:-1] == ("vrp", "_kernels") for path in sources)
    assert len(sources) == len(set(sources))


def test_a_familys_kernels_are_its_own_in_all_rooms_and_those_shared():
    owners = {path.parts[-4:-1] for path in jit._kernel_sources("sdn")}
    rooms = {(room, family) for room, family, _ in owners}
    assert {(room, family) for room, family in rooms if family == "sdn"} == {
        ("solvers", "sdn"),
        ("envs", "sdn"),
    }
    assert {family for _, family in rooms} == {"sdn", "solvers", "envs"}
    assert jit.source_hash("sdn") != jit.source_hash("vrp")


def test_kernel_defined_interactively_works():
    scope = {"kernel": jit.kernel}
    exec("@kernel\ndef half(x):\n    return x / 2", scope)
    before = jit.compilations()
    assert scope["half"](5) == 2.5
    assert scope["half"](6) == 3.0
    assert jit.compilations() == before + 1
    assert scope["half"].targetoptions["nogil"]
