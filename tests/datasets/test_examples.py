"""The examples in the documentation work."""

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("name", ["catalogue", "suites", "vrp.uchoa", "vrp.uniform"])
def test_examples(name, monkeypatch):
    monkeypatch.delenv("NETROUTE_DATA", raising=False)
    failed, attempted = doctest.testmod(import_module(f"netroute.datasets.{name}"))
    assert attempted
    assert failed == 0
