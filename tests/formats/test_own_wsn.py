"""Sensor fields and schedules in netroute's own JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

import netroute
from netroute.core.errors import InputError
from netroute.datasets.wsn.generate import generate_field
from netroute.formats import write_solution
from netroute.problems.wsn import WsnSolution

BASE = {
    "netroute": "instance",
    "version": 1,
    "family": "wsn",
    "field": [100, 100],
    "base_station": [50, 175],
    "position": [[1, 2], [3.5, 4]],
    "energy": [0.5, 1],
}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"setting": "leach"},
        {"setting": "teen", "spread": 1.0},
        {"setting": "sep", "control_bits": 200, "base_if_nearer": True, "death_test": "end"},
    ],
)
def test_instances_come_back_unchanged(tmp_path, options):
    instance = generate_field(nodes=20, seed=4, **options)
    netroute.write(tmp_path / "a.json", instance)
    again = netroute.read(tmp_path / "a.json")
    assert (again.name, again.fingerprint) == (instance.name, instance.fingerprint)
    netroute.write(tmp_path / "b.json", again)
    assert (tmp_path / "a.json").read_text() == (tmp_path / "b.json").read_text()


def test_a_short_file_has_the_defaults(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(BASE | {"energy": 2}))
    instance = netroute.read(path)
    assert instance.energy.tolist() == [2.0, 2.0]
    assert (instance.message_bits, instance.headless) == (4000, "direct")


def test_schedules_come_back(tmp_path):
    instance = generate_field(nodes=3)
    plan = WsnSolution([[-1, 0, 0], [-1, -1, -1]], [[1, 0, 0], [0, 0, 0]], [5, 7])
    write_solution(tmp_path / "a.json", instance, plan)
    again = netroute.read_solution(tmp_path / "a.json", instance)
    assert again.parent.tolist() == plan.parent.tolist()
    assert json.loads((tmp_path / "a.json").read_text())["objective"] == 12


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"position": None}, "position: found 'None', expected a list of rows"),
        ({"position": [[1, 2], [3]]}, "position[1]: found 1 entries, expected a list of 2"),
        ({"position": [[1, 2], [3, "4"]]}, "position[1][1]: found '4', expected a number"),
        ({"position": [[1, 2], [3, True]]}, "position[1][1]: found 'True', expected a number"),
        ({"position": [[1, 2], [3, 1e9]]}, "position: node 1: found [3.0, 1000000000.0]"),
        ({"position": []}, "energy: found 2 entries, expected a list of 0 numbers"),
        ({"energy": [0.5]}, "energy: found 1 entries, expected a list of 2 numbers"),
        ({"energy": [0.5, 0]}, "energy: node 1: found 0, expected"),
        ({"energy": [0.5, -2]}, "energy: node 1: found -2, expected"),
        ({"energy": "much"}, "energy: found 'much', expected numbers"),
        ({"base_station": 5}, "base_station: found '5', expected a list of 2 numbers"),
        ({"field": [100, -1]}, "field: found [100.0, -1.0], expected a width and a height"),
        ({"electronic": 1}, "unknown key 'electronic'"),
        ({"electronics": "5"}, "electronics: found '5', expected a number"),
        ({"message_bits": 10**400}, "message_bits: found 1000"),
        ({"control_bits": 1.5}, "control_bits: found 1.5, expected an integer"),
        ({"routing": ["tree"]}, "routing: found ['tree'], expected one of"),
        ({"name": 3}, "name: found '3', expected a text"),
    ],
)
def test_faults_are_one_line_with_file_and_key(tmp_path, change, words):
    path = tmp_path / "field.json"
    path.write_text(json.dumps(BASE | change))
    with pytest.raises(InputError) as caught:
        netroute.read(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert words in text
    assert "\n" not in text


@pytest.mark.parametrize("key", ["position", "energy", "base_station", "field"])
def test_missing_keys(tmp_path, key):
    path = tmp_path / "field.json"
    path.write_text(json.dumps({k: v for k, v in BASE.items() if k != key}))
    with pytest.raises(InputError, match=f"{key}: not found"):
        netroute.read(path)


def test_no_number_is_named_with_its_line(tmp_path):
    path = tmp_path / "field.json"
    path.write_text(json.dumps(BASE, indent=1).replace("3.5", "NaN"))
    with pytest.raises(InputError, match=r"field.json:\d+: found NaN, expected a finite number"):
        netroute.read(path)


@pytest.mark.parametrize("what", ["instance", "schedule"])
def test_damaged_files_are_read_or_refused_cleanly(tmp_path, damage, what):
    rng = np.random.default_rng(8)
    path, field = tmp_path / "damaged.json", tmp_path / "field.json"
    field.write_text(json.dumps(BASE))
    instance = netroute.read(field)
    sample = BASE | {"hard_threshold": 100, "aggregation_ratio": 0.5, "headless": "silent"}
    if what == "schedule":
        sample = {"parent": [[-1, 0], [-1, -1]], "head": [[1, 0], [0, 0]], "rounds": [3, 4]}
    read, lines = 0, []
    for _ in range(400):
        path.write_text(json.dumps(damage(rng, sample)))
        try:
            if what == "instance":
                netroute.read(path)
            else:
                netroute.check(instance, netroute.read_solution(path, instance))
            read += 1
        except InputError as error:
            lines.append(str(error))
    assert all(line.startswith(str(path)) and "\n" not in line for line in lines)
    assert min(read, len(lines)) > 20
