"""The examples in the documentation work."""

import doctest
from importlib import import_module

import pytest

NAMES = (
    "geojson",
    "neural",
    "own_vrp",
    "registry",
    "sol",
    "text",
    "vrplib",
    "tsplib_matrix",
    "vrplib_write",
)


@pytest.mark.parametrize("name", NAMES)
def test_examples(name):
    failed, attempted = doctest.testmod(import_module(f"netroute.formats.{name}"))
    assert attempted
    assert failed == 0
