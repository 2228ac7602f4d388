from __future__ import annotations

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.datasets.wsn.generate import generate_field
from netroute.datasets.wsn.layout import LAYOUTS
from netroute.datasets.wsn.settings import SETTINGS


@pytest.mark.parametrize("setting", SETTINGS)
def test_settings_make_fields(setting):
    net = generate_field(setting=setting, seed=5)
    assert net.name == f"{setting}-n100-s5"
    assert net.warnings() == ()
    assert net.fingerprint == generate_field(setting=setting, seed=5).fingerprint
    assert net.fingerprint != generate_field(setting=setting, seed=6).fingerprint


def test_the_published_settings():
    leach = generate_field(setting="leach")
    assert (leach.message_bits, leach.crossover) == (2000, np.inf)
    assert np.hypot(*(leach.base_station - [25, 25])) > 100
    sep = generate_field(setting="sep")
    assert np.unique(sep.energy, return_counts=True)[1].tolist() == [80, 20]
    assert sep.energy.max() == 4 * sep.energy.min()
    assert sep.features() == {"silent rounds"}
    tiers = np.unique(generate_field(setting="edeec").energy, return_counts=True)
    np.testing.assert_allclose(tiers[0], [0.5, 1.25, 2.0])
    assert tiers[1].tolist() == [50, 30, 20]
    assert generate_field(setting="pegasis").features() == {"tree routing"}
    assert generate_field(setting="teen").features() == {"threshold reporting"}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("nodes", [1, 2, 7, 100, 1000])
@pytest.mark.parametrize("field", ["100,100", "500,20", "3,80"])
def test_layouts_stay_inside(layout, nodes, field):
    net = generate_field(layout=layout, nodes=nodes, field=field, seed=nodes)
    assert net.size == nodes
    assert net.warnings() == ()


def mean_nearest(net) -> float:
    apart = np.hypot(*(net.position[:, None] - net.position[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    return float(apart.min(axis=1).mean())


def test_layouts_differ_in_how_even_they_are():
    even = {
        layout: np.mean(
            [mean_nearest(generate_field(layout=layout, nodes=200, seed=s)) for s in range(5)]
        )
        for layout in LAYOUTS
    }
    assert even["clustered"] < 0.7 * even["uniform"] < even["uniform"] < 0.8 * even["grid"]


def test_positions_do_not_depend_on_energies_or_stations():
    spots = [
        generate_field(seed=3, **options).position
        for options in ({}, {"spread": 1.0}, {"setting": "far"}, {"advanced": 0.5, "energy": 2.0})
    ]
    assert all((other == spots[0]).all() for other in spots)


def test_mixes_of_energy():
    net = generate_field(nodes=1000, spread=2.0, energy=0.25, seed=1)
    assert 0.25 <= net.energy.min() < 0.26 < 0.74 < net.energy.max() <= 0.75
    assert net.name == "centre-n1000-u2-s1"
    net = generate_field(advanced=0.2, advanced_extra=3, seed=1)
    assert net.name == "centre-n100-a20x3-s1"
    rich = np.flatnonzero(net.energy > 0.5)
    assert not (rich == np.arange(20)).all()
    assert generate_field(setting="sep", spread=1.0).energy.max() < 1.0


def test_any_field_of_the_instance_can_be_set():
    net = generate_field(
        nodes=3,
        field=(10, 20),
        base_station=[1, 2],
        base_if_nearer=True,
        head_aggregates_own=False,
        death_test="end",
        aggregation_ratio=0.5,
        electronics=1e-9,
    )
    assert net.field.tolist() == [10.0, 20.0]
    assert (net.base_if_nearer, net.head_aggregates_own) == (True, False)
    assert (net.death_test, net.aggregation_ratio, net.electronics) == ("end", 0.5, 1e-9)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"nodes": 0}, "nodes: found 0, expected an integer from 1"),
        ({"setting": "leech"}, "unknown setting 'leech'"),
        ({"layout": "heap"}, "unknown layout 'heap'"),
        ({"field": "100"}, "field: found '100', expected two numbers"),
        ({"field": "100,0"}, r"field: found \[100.0, 0.0\], expected sides above 0"),
        ({"base_station": "nan,1"}, "base_station: found 'nan,1', expected two numbers"),
        ({"base_station": 5}, "base_station: found 5, expected two numbers"),
        ({"energy": 0.0}, "energy: found 0.0, expected joules above 0"),
        ({"energy": np.nan}, "energy: found nan, expected joules above 0"),
        ({"advanced": 1.5}, "advanced: found 1.5, expected a share from 0 to 1"),
        ({"spread": -1.0}, "spread: found -1.0, expected a number from 0"),
        ({"spread": 1.0, "advanced": 0.1}, "spread: found beside tiers of energy"),
        ({"message_bits": 0}, "message_bits: found 0"),
        ({"seed": -1}, "seed: found -1, expected an integer >= 0"),
    ],
)
def test_options_out_of_range(options, words):
    with pytest.raises(InputError, match=words):
        generate_field(**options)
