"""Instances and placements as arrays: round trips, what is wrong named, damaged files."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netroute
from netroute.core.errors import InputError
from netroute.datasets.collective.generate import generate_collective
from netroute.formats import stated_cost
from netroute.formats.npz import read_arrays
from netroute.problems.collective import (
    CollectiveInstance,
    CollectiveSolution,
    Fabric,
    Job,
    Placement,
)

SMALL = {"leaves": 4, "spines": 4, "hosts_per_leaf": 4, "group": 8}
CASES = [
    SMALL | {"failed_links": 2, "half_rate": 1, "failed_spines": 1},
    SMALL | {"pattern": "halving-doubling", "split": True},
    SMALL | {"pattern": "megatron", "tensor": 2, "pipeline": 2, "server": 2},
    SMALL | {"spread": 1.0},
    {"fat_tree": 4, "pattern": "ring", "failed_core_links": 2},
    SMALL | {"spines": 0, "server": 4, "rails": True, "pattern": "rail-all-to-all"},
]


@pytest.mark.parametrize("values", CASES)
def test_instances_come_back_unchanged(tmp_path, values):
    instance = generate_collective(**values, seed=2)
    for name in ("a.npz", "b.npz"):
        netroute.write(tmp_path / name, instance)
    again = netroute.read(tmp_path / "a.npz")
    assert (again.fingerprint, again.name) == (instance.fingerprint, instance.name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with np.load(tmp_path / "a.npz") as arrays:
        assert np.array_equal(arrays["up"], instance.fabric.up)


def test_groups_and_single_jobs_come_back(tmp_path):
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=4)
    jobs = [Job(pattern="ring", hosts=[[0, 4]], start=2), Job(pattern="bruck", hosts=[1, 2, 3])]
    for chosen in (jobs, jobs[:1], []):
        instance = CollectiveInstance(fabric=fabric, jobs=chosen, flows=[(0, 0, 5, 3)])
        netroute.write(tmp_path / "a.npz", instance)
        assert netroute.read(tmp_path / "a.npz").fingerprint == instance.fingerprint


@pytest.mark.parametrize(
    ("values", "solver"), [(CASES[0], "greedy"), (CASES[1], "spray"), (CASES[4], "greedy")]
)
def test_solutions_come_back_unchanged(tmp_path, values, solver):
    instance = generate_collective(**values, seed=2)
    plan = netroute.solve(instance, solver=solver, seconds=60, bound="none").solution
    netroute.write(tmp_path / "plan.npz", instance, plan)
    again = netroute.read_solution(tmp_path / "plan.npz", instance)
    assert again.to_dict() == plan.to_dict()
    verdict = netroute.check(instance, plan)
    assert netroute.check(instance, again) == verdict
    assert stated_cost(tmp_path / "plan.npz") == verdict.objective


def test_pieces_in_lists_come_back(tmp_path):
    instance = generate_collective(**SMALL, split=True)
    cut = [[0, 1, 0, 1], [0, 1, 1, 1]]
    plan = CollectiveSolution.of([Placement(counts=[[0, 3], [2, 1]], unit=2, pieces=5, cut=cut)])
    netroute.write(tmp_path / "plan.npz", instance, plan)
    again = netroute.read_solution(tmp_path / "plan.npz", instance)
    assert again.to_dict() == plan.to_dict()


def arrays_of(instance, path):
    netroute.write(path, instance)
    arrays = read_arrays(path)
    return arrays, json.loads(arrays["header"].tobytes())


def text(header):
    return np.frombuffer(json.dumps(header).encode(), np.uint8)


@pytest.fixture
def parts(tmp_path):
    instance = generate_collective(**SMALL, seed=1)
    return arrays_of(instance, tmp_path / "job.npz")


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("header: not found", lambda a, h: a.pop("header")),
        ("header: expected JSON", lambda a, h: a.update(header=np.zeros(3, np.uint8))),
        ("header: found a int, expected an object", lambda a, h: a.update(header=text(3))),
        ("header: version: found 2, expected 1", lambda a, h: h.update(version=2)),
        ("header: family: found 'sdn', expected", lambda a, h: h.update(family="sdn")),
        ("header: netroute: found 'solution'", lambda a, h: h.update(netroute="solution")),
        ("unknown key 'nicc'", lambda a, h: h.update(nicc=2)),
        ("unknown key 'upp'", lambda a, h: a.update(upp=a["up"])),
        ("up: not found", lambda a, h: a.pop("up")),
        ("hosts_per_leaf: not found", lambda a, h: h.pop("hosts_per_leaf")),
        ("hosts_per_leaf: found 'x'", lambda a, h: h.update(hosts_per_leaf="x")),
        ("name: found '3', expected a text", lambda a, h: h.update(name=3)),
        ("extra_pieces: found -1", lambda a, h: h.update(extra_pieces=-1)),
        ("up[0][0]: found -1", lambda a, h: a.update(up=np.full((4, 4), -1))),
        ("down: found shape (4, 3)", lambda a, h: a.update(down=a["down"][:, :3])),
        ("groups: found shape (1, 2)", lambda a, h: a.update(groups=a["groups"][:1])),
        ("groups: found shape (2, 2)", lambda a, h: a.update(groups=-a["groups"])),
        ("hosts: found 15, fewer than", lambda a, h: a.update(hosts=a["hosts"][1:])),
        ("hosts: found 32, more than the 16", lambda a, h: a.update(hosts=np.arange(32))),
        (
            "jobs[0].hosts[0]: found host 16",
            lambda a, h: a.update(hosts=np.arange(16, 32)),
        ),
        (
            "hosts: found 18446744073709551615",
            lambda a, h: a.update(hosts=np.full(16, 2**64 - 1, np.uint64)),
        ),
        ("jobs[1]: expected an object", lambda a, h: h["jobs"].__setitem__(1, 3)),
        ("jobs: expected a list", lambda a, h: h.update(jobs={})),
        ("jobs[0]: pattern: not found", lambda a, h: h["jobs"][0].pop("pattern")),
        ("jobs[1]: size: found 0", lambda a, h: h["jobs"][1].update(size=0)),
        ("flows[0]: host 1 sends to itself", lambda a, h: a.update(flows=np.ones((1, 4), int))),
        ("flows: expected rows of four", lambda a, h: a.update(flows=np.ones((1, 3), int))),
    ],
)
def test_faults_are_one_line_with_file_and_key(tmp_path, parts, words, change):
    arrays, header = parts
    change(arrays, header)
    if "header" in arrays and arrays["header"].size > 100:
        arrays["header"] = text(header)
    path = tmp_path / "job.npz"
    np.savez(path, **arrays)
    with pytest.raises(InputError) as caught:
        netroute.read(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert words in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("counts_0: not found", lambda a, h: a.pop("counts_0")),
        ("placements: expected a list", lambda a, h: h.update(placements=None)),
        ("placements[0]: unit: found 0", lambda a, h: h["placements"][0].update(unit=0)),
        ("placements[0]: counts: found 1 axes", lambda a, h: a.update(counts_0=np.arange(3))),
        ("unknown key 'counts_1'", lambda a, h: a.update(counts_1=a["counts_0"])),
        ("unknown key 'units'", lambda a, h: h["placements"][0].update(units=1)),
    ],
)
def test_faults_of_solutions(tmp_path, words, change):
    instance = generate_collective(**SMALL, seed=1)
    plan = CollectiveSolution.of([Placement(counts=[[1, 2], [3, 4]])])
    path = tmp_path / "plan.npz"
    netroute.write(path, instance, plan)
    arrays = read_arrays(path)
    header = json.loads(arrays["header"].tobytes())
    change(arrays, header)
    np.savez(path, **arrays | {"header": text(header)})
    with pytest.raises(InputError) as caught:
        netroute.read_solution(path, instance)
    assert words in str(caught.value)


def test_what_an_archive_says_of_itself_is_not_trusted(tmp_path):
    path = tmp_path / "a.npz"

    def member(shape, kind="<i8", data=b""):
        stream = io.BytesIO()
        head = {"descr": kind, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(stream, head)
        return stream.getvalue() + data

    cases = {
        "up: the array is damaged": [
            member((2**40,)),
            member((-1,), data=b"12345678"),
            member((1,), "|O", b"12345678"),
            member((1,), "<f8", b"12345678"),
            member((1,), data=b"1234567890"),
            b"no array",
        ],
    }
    for words, bodies in cases.items():
        for body in bodies:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("up.npy", body)
            with pytest.raises(InputError, match=words):
                read_arrays(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(7):
            with archive.open(f"{number}.npy", "w", force_zip64=True) as stream:
                for _ in range(4):
                    stream.write(bytes(2**20))
    data = bytearray(path.read_bytes())
    # The directory claims 2 GiB for each of the arrays.
    claim, false = (4 * 2**20).to_bytes(4, "little"), (2**31).to_bytes(4, "little")
    at = data.index(b"PK\x01\x02")
    path.write_bytes(data[:at] + data[at:].replace(claim, false))
    with pytest.raises(InputError, match=r"7 arrays would take 14\.0 GiB"):
        read_arrays(path)
    for file, words in (
        (tmp_path, "is no ordinary file"),
        ("/dev/zero", "is no ordinary file"),
        (tmp_path / "none.npz", "no such file"),
    ):
        with pytest.raises(InputError, match=words):
            read_arrays(file)


MANY = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@MANY
@given(data=st.data())
def test_damaged_files_raise_one_line(tmp_path, data):
    path = tmp_path / "job.npz"
    if not (tmp_path / "whole.npz").exists():
        netroute.write(tmp_path / "whole.npz", generate_collective(**SMALL, seed=1))
    whole = (tmp_path / "whole.npz").read_bytes()
    text = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        new = data.draw(st.binary(max_size=4))
        text[at : at + len(new)] = new
    path.write_bytes(text[: data.draw(st.sampled_from([len(text), len(text) // 2, 30]))])
    words = str(path)
    try:
        found = netroute.read(path)
    except InputError as error:
        found, words = None, str(error)
    assert words.startswith(str(path))
    assert "\n" not in words
    assert found is None or isinstance(found, CollectiveInstance)
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(InputError, match=r"job\.npz: "):
        netroute.read(path)
