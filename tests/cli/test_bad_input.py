"""Every fault ends in one line that names the place, what was found and what was expected."""

from __future__ import annotations

import pytest


def edit(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


FAULTS = {
    "truncated": (("DEMAND_SECTION\n1 0\n2 1", "DEMAND_SECTION\n1 0\n2"), "case.vrp:"),
    "dimension": (("DIMENSION : 13", "DIMENSION : 14"), "13"),
    "no capacity": (("CAPACITY : 4\n", ""), "CAPACITY"),
    "demand above capacity": (("\n3 1\n", "\n3 9\n"), "9"),
    "negative demand": (("\n3 1\n", "\n3 -1\n"), "-1"),
    "nan": (("\n3 1\n", "\n3 nan\n"), "nan"),
    "weight type": (("EUC_2D", "EUC_9D"), "EUC_9D"),
    "duplicate depot": (("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n1\n1\n"), "case.vrp:"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_file_is_named_with_its_line(netroute, ring, make_vrp, fault):
    change, said = FAULTS[fault]
    path = make_vrp(edit(ring.read_text(), change))
    ended = netroute("solve", "cvrp", path, "--solver", "savings", "--bound", "none")
    assert ended.code == 2
    assert ended.out == ""
    line = ended.line()
    assert "case.vrp" in line
    assert said in line


def test_missing_section_is_named(netroute, ring, make_vrp):
    text = ring.read_text()
    path = make_vrp(text[: text.index("NODE_COORD_SECTION")] + "EOF\n")
    ended = netroute("solve", "cvrp", path)
    assert ended.code == 2
    assert "SECTION" in ended.line()


def test_binary_empty_directory_and_missing_files(netroute, tmp_path):
    binary, empty = tmp_path / "binary.vrp", tmp_path / "empty.vrp"
    binary.write_bytes(bytes(range(256)) * 10)
    empty.write_bytes(b"")
    for path, said in (
        (binary, "binary"),
        (empty, "empty"),
        (tmp_path, "directory"),
        (tmp_path / "none.vrp", "no such file"),
    ):
        ended = netroute("info", path)
        assert ended.code == 2, path
        assert said in ended.line()
        assert str(path) in ended.line()


def test_huge_line_is_refused_without_reading_it_all(netroute, tmp_path):
    path = tmp_path / "line.vrp"
    with path.open("wb") as stream:
        stream.write(b"NAME : ")
        for _ in range(40):
            stream.write(b"a" * 2**20)
    ended = netroute("info", path)
    assert ended.code == 2
    assert "line" in ended.line()


def test_too_few_vehicles_is_proven_and_explained(netroute, make_vrp):
    path = make_vrp(clients=12, capacity=4, VEHICLES="2")
    ended = netroute("solve", "cvrp", path, "--solver", "savings", "--bound", "none", "--json")
    assert ended.code == 3
    line = ended.line()
    assert "2" in line
    assert "3" in line
    data = ended.json()
    assert data["status"] == "infeasible"
    assert data["feasible"] is False
    assert data["objective"] is None
    assert data["reason"] in line


def test_unwritable_output_is_found_before_the_file_is_read(netroute, tmp_path):
    ended = netroute("solve", "cvrp", tmp_path / "none.vrp", "--out", tmp_path / "no" / "a.sol")
    assert ended.code == 2
    assert "does not exist" in ended.line()


def test_a_fault_of_netroute_itself_is_one_line_too(netroute, ring, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("netroute.face.read", fail)
    monkeypatch.delenv("NETROUTE_DEBUG", raising=False)
    ended = netroute("info", ring)
    assert ended.code == 1
    assert "ZeroDivisionError: oops" in ended.line()
    assert "NETROUTE_DEBUG" in ended.line()
    monkeypatch.setenv("NETROUTE_DEBUG", "1")
    assert "Traceback" in netroute("info", ring).err
