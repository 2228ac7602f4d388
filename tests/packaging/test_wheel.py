"""The built wheel against the tree it was built from; CI names it in NETROUTE_WHEEL."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {
    "netroute": "netroute",
    "solvers": "netroute/solvers",
    "envs": "netroute/envs",
    "datasets": "netroute/datasets",
    "experiments": "netroute/experiments",
}
SHIPPED = {".py", ".yaml", ".vrp", ".csv", ".typed"}


@pytest.fixture
def names():
    wheel = os.environ.get("NETROUTE_WHEEL")
    if not wheel:
        pytest.skip("NETROUTE_WHEEL names no wheel")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def expected():
    found = set()
    for folder, target in ROOMS.items():
        for path in (ROOT / folder).glob("**/*"):
            weights = path.parts[-4:-2] == ("neural", "weights")
            shipped = weights or path.suffix in SHIPPED or path.name == "py.typed"
            if path.is_file() and shipped and "__pycache__" not in path.parts:
                found.add(f"{target}/{path.relative_to(ROOT / folder).as_posix()}")
    return found


def test_wheel_holds_exactly_the_tree(names):
    shipped = {name for name in names if ".dist-info/" not in name}
    assert shipped == expected()


def test_nothing_else_reaches_the_top_level(names):
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"netroute"}


def test_wheel_is_typed_and_licensed(names):
    assert "netroute/py.typed" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_trained_policies_come_along(names):
    """Whole, and small: the wheel is no place for big files."""
    cards = {name for name in names if name.endswith("/policy.json")}
    assert cards
    for card in cards:
        folder = card.rpartition("/")[0]
        assert folder.startswith("netroute/solvers/neural/weights/")
        parts = {
            name.rpartition("/")[2].partition("-")[0] for name in names if folder + "/" in name
        }
        assert parts == {"policy.json", "weights", "config.yaml", "log.jsonl"}


def test_the_wheel_is_small():
    wheel = os.environ.get("NETROUTE_WHEEL")
    if not wheel:
        pytest.skip("NETROUTE_WHEEL names no wheel")
    assert Path(wheel).stat().st_size < 60_000_000


def test_every_folder_with_modules_is_a_package():
    """A folder without __init__.py works in the checkout and is missing from the wheel."""
    for folder in ROOMS:
        for path in (ROOT / folder).glob("**/*.py"):
            assert (path.parent / "__init__.py").is_file(), path.parent
