"""Collective traffic on the command line: mixes, arrays, path tables and topologies of others."""

from __future__ import annotations

import json

import pytest

TOPOLOGY = """10 4 12 2 0 2 2
6 7 8 9
0 6 100Gbps 0.0005ms 0
1 6 100Gbps 0.0005ms 0
2 6 100Gbps 0.0005ms 0
3 7 100Gbps 0.0005ms 0
4 7 100Gbps 0.0005ms 0
5 7 100Gbps 0.0005ms 0
6 8 200Gbps 0.0005ms 0
6 9 200Gbps 0.0005ms 0
7 8 200Gbps 0.0005ms 0
7 9 200Gbps 0.0005ms 0
6 8 100Gbps 0.0005ms 0
7 8 100Gbps 0.0005ms 0
"""
SMALL = ("--leaves", 8, "--spines", 8, "--group", 16, "--seed", 5)
RINGS = ("--fat-tree", 128, "--hosts-per-leaf", 128, "--pattern", "ring", "--channels", 1024)


@pytest.fixture
def topology(tmp_path):
    path = tmp_path / "topo.txt"
    path.write_text(TOPOLOGY)
    return path


def test_a_mix_from_generator_to_path_table(netroute, tmp_path):
    job, plan, table = (tmp_path / name for name in ("mix.npz", "plan.npz", "paths.csv"))
    options = ("--pattern", "megatron", "--tensor", 4, "--pipeline", 2, "--data", 8, "--expert", 2)
    options += ("--server", 4, "--reduction", "halving-doubling", "--placement", "fragmented")
    for out in (job, tmp_path / "again.npz"):
        words = ("--seed", 3, "--name", "mix", "--out", out)
        assert netroute("generate", "collective", *SMALL[:4], *options, *words).code == 0
    assert job.read_bytes() == (tmp_path / "again.npz").read_bytes()
    data = netroute("info", job, "--json").json()
    # Expert exchange, pipeline, and three steps each of halving and doubling.
    assert (data["phases"], data["size"]) == (8, 64 + 32 + 6 * 64)
    ended = netroute("solve", "collective", job, "--time", 60, "--out", plan, "--out", table)
    assert ended.code == 0, ended.err
    assert "right" in netroute("check", "collective", job, plan).out
    lines = table.read_text().splitlines()
    assert lines[0] == "phase,source,target,bytes,spine"
    assert len(lines) == 1 + data["size"]
    assert netroute("convert", job, "--out", tmp_path / "mix.json").code == 0
    same = netroute("info", tmp_path / "mix.json", "--json").json()
    assert same["fingerprint"] == data["fingerprint"]


def test_topologies_take_traffic_from_options(netroute, topology, tmp_path):
    options = ("--read", "pattern=all-to-all", "--read", "size=1000", "--read", "seed=2")
    result = netroute("solve", "collective", topology, *options, "--time", 60, "--json").json()
    assert (result["feasible"], result["size"], result["gap"]) == (True, 30, 0.0)
    job = tmp_path / "job.json"
    assert netroute("convert", topology, *options, "--out", job).code == 0
    data = netroute("info", job, "--json").json()
    assert data["links"] == {"200000": 4, "300000": 4}
    assert (
        data["fingerprint"] == netroute("info", topology, *options, "--json").json()["fingerprint"]
    )


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("unknown read option 'grup'", "grup=3"),
        ("group: found 99, expected an integer from 2 to 6", "group=99"),
        ("unknown pattern 'rign'", "pattern=rign"),
    ],
)
def test_wrong_read_options_are_one_line(netroute, topology, words, option):
    ended = netroute("info", topology, "--read", option)
    assert ended.code == 2
    assert ended.line().startswith(f"error: {topology}: ")
    assert words in ended.line()


def test_damaged_files_are_one_line(netroute, topology, tmp_path):
    job, plan = tmp_path / "job.npz", tmp_path / "plan.npz"
    netroute("generate", "collective", *SMALL, "--out", job)
    netroute("solve", "collective", job, "--time", 60, "--out", plan)
    data = job.read_bytes()
    cases = [
        (("info", job), "is damaged, or no archive of arrays", data[: len(data) // 2]),
        (("info", job), "is damaged, or no archive of arrays", b""),
        (("check", "collective", topology, plan), "is damaged", b"PK\x03\x04"),
        (
            ("info", topology),
            "found 5 links, expected 12",
            "\n".join(TOPOLOGY.splitlines()[:7]).encode(),
        ),
    ]
    for command, words, content in cases:
        (plan if command[0] == "check" else command[-1]).write_bytes(content)
        ended = netroute(*command)
        assert ended.code == 2
        assert words in ended.line()
        topology.write_text(TOPOLOGY)
    ended = netroute("info", tmp_path / "none.npz")
    assert (ended.code, "no such file" in ended.line()) == (2, True)


def test_full_disks_lose_no_answer(netroute, tmp_path):
    job = tmp_path / "job.json"
    netroute("generate", "collective", *SMALL, "--out", job)
    for suffix in ("csv", "npz"):
        full = tmp_path / f"full.{suffix}"
        full.symlink_to("/dev/full")
        ended = netroute("solve", "collective", job, "--time", 60, "--out", full)
        assert ended.code == 2
        assert "No space left" in ended.err
        assert json.loads(ended.out)["solution"]["placements"]
    full = tmp_path / "full.json"
    full.symlink_to("/dev/full")
    ended = netroute("generate", "collective", *SMALL, "--out", full)
    assert (ended.code, "No space left" in ended.line()) == (2, True)


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("tables of 900000000 links would take", ("--leaves", 30000, "--spines", 30000)),
        ("the demand between leaves would take", ("--leaves", 16384, "--spines", 1)),
        ("a list of 1073741824 flows would take", RINGS),
        ("k: found 0, expected an even number", ("--fat-tree", 0)),
        ("--rails: found 'maybe', expected true or false", ("--rails", "maybe")),
        ("such as from host", ("--spines", 0, "--hosts-per-leaf", 4)),
        (
            "hosts: found 3 of them, expected a power",
            ("--group", 3, "--pattern", "halving-doubling"),
        ),
    ],
)
def test_what_cannot_be_generated(netroute, tmp_path, words, options):
    path = tmp_path / "x.json"
    ended = netroute("generate", "collective", *options, "--out", path)
    assert (ended.code, path.exists()) == (2, False)
    assert words in ended.line()
