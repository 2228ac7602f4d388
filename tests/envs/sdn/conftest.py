"""A small network with more flows than it can carry."""

import pytest

from netroute.datasets.sdn.priority_flows import generate_priority_flows


@pytest.fixture(scope="session")
def traffic():
    return generate_priority_flows(nodes=10, flows=60, bandwidth=20, load=0.6, seed=2)
