"""Read options that ask another question of the same network."""

import numpy as np
import pytest

import netroute
from netroute import InputError
from netroute.problems.sdn import SdnInstance

NET = SdnInstance(
    name="net",
    nodes=["a", "b", "c", "d"],
    tail=[0, 1, 0, 2],
    head=[1, 2, 2, 0],
    capacity=[5, 5, 1, 5],
    delay=[1.0, 2.0, 9.0, 1.0],
    source=[0, 1, 0],
    target=[2, 2, 3],
    bandwidth=[3, 5, 1],
    priority=[2, 1, 1],
)


@pytest.fixture
def file(tmp_path):
    netroute.write(tmp_path / "net.json", NET)
    return tmp_path / "net.json"


def test_own_files_take_variants(file):
    assert netroute.read(file).fingerprint == NET.fingerprint
    words = {"objective": "lexicographic", "protection": "node", "weighting": "revenue"}
    net = netroute.read(file, **words)
    assert {name: getattr(net, name) for name in words} == words
    assert netroute.read(file, max_hops="2").max_hops.tolist() == [2, 2, 2]
    assert netroute.read(file, table_size=7).table_size.tolist() == [7, 7, 7, 7]
    assert netroute.read(file, table_size=7).features() == {"flow tables"}


def test_stretch_is_a_multiple_of_the_least_delay(file):
    net = netroute.read(file, stretch=1.5)
    # The direct arc is slower, and there is no way to d.
    assert net.max_delay == pytest.approx([4.5, 3.0, np.inf])
    # The fastest path itself stays within 1.0 times its delay.
    assert (netroute.read(file, stretch=1).max_delay >= [3.0, 2.0, np.inf]).all()


def test_other_formats_take_them_too(tmp_path):
    (tmp_path / "zoo.gml").write_text(
        "graph [\n node [ id 0 ]\n node [ id 1 ]\n edge [ source 0 target 1 ]\n]\n"
    )
    net = netroute.read(tmp_path / "zoo.gml", capacity=9, flows=4, protection="arc", max_hops=1)
    assert net.features() == {"arc protection", "hop limits"}


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"protection": "both"}, "protection: found 'both', expected one of: none, arc, node"),
        ({"stretch": "0.5"}, "stretch: found '0.5', expected a number from 1 to"),
        ({"max_hops": 0}, "max_hops: found 0, expected an integer from 1 to"),
        ({"table_size": -1}, "table_size: found -1, expected an integer from 0 to"),
        ({"weighting": "given"}, "weight: found no weights"),
        ({"demand_scale": 2}, "unknown read option 'demand_scale', expected one of: objective"),
    ],
)
def test_faults_name_the_option(file, option, message):
    with pytest.raises(InputError, match=message) as caught:
        netroute.read(file, **option)
    assert str(file) in str(caught.value)
