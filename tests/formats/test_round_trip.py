"""What is written is read back as exactly the same instance."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import netroute
from netroute import InputError, UnsupportedError, VehicleType, VrpInstance
from netroute.formats import own_vrp
from netroute.formats.vrplib import parse_vrplib
from netroute.formats.vrplib_write import format_vrplib
from netroute.problems.vrp import Metric, Rounding

amounts = st.one_of(
    st.integers(0, 10**6).map(float),
    st.floats(0, 1e12, allow_nan=False),
    st.sampled_from([0.1, 1 / 3, 2.0**53, 1e-300, 5e-324]),
)
positions = st.one_of(amounts, amounts.map(lambda value: -value))
QUICK = settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow],
)


def rows(draw, n, of, width):
    return draw(st.lists(st.lists(of, min_size=width, max_size=width), min_size=n, max_size=n))


@st.composite
def plain_instances(draw):
    """Instances for which VRPLIB has a place."""
    n, depots = draw(st.integers(2, 6)), draw(st.integers(1, 2))
    values = {
        "name": draw(st.text(max_size=5)),
        "comment": draw(st.text(max_size=5)),
        "depots": depots,
    }
    if draw(st.booleans()):
        values["coordinates"] = rows(draw, n, positions, 2)
    if "coordinates" not in values or draw(st.booleans()):
        values["distances"] = rows(draw, n, amounts, n)
    else:
        values["metric"] = draw(st.sampled_from(list(Metric)))
        values["rounding"] = draw(st.sampled_from(list(Rounding)))
    capacity = ()
    if draw(st.booleans()):
        demand = np.array(rows(draw, n, amounts, 1))
        demand[:depots] = 0
        values["deliveries"] = demand
        capacity = (float(demand.max()) + draw(st.integers(0, 9)),)
    if draw(st.booleans()):
        values["service"] = np.array(rows(draw, n, amounts, 1))[:, 0]
    if draw(st.booleans()):
        values["windows"] = [(tuple(sorted(row)),) for row in rows(draw, n, amounts, 2)]
    limit = draw(st.one_of(st.just(np.inf), amounts))
    on_duration = "service" in values or draw(st.booleans())
    number = draw(st.one_of(st.none(), st.integers(0, 5)))
    values["vehicles"] = tuple(
        VehicleType(
            capacity=capacity,
            number=number,
            start_depot=depot,
            end_depot=depot,
            max_duration=limit if on_duration else np.inf,
            max_distance=np.inf if on_duration else limit,
        )
        for depot in range(depots)
    )
    return VrpInstance(**values)


@st.composite
def any_instances(draw):
    """Instances with everything that the type can hold."""
    n, k, depots = draw(st.integers(2, 5)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    values = {"depots": depots, "coordinates": rows(draw, n, positions, 2)}
    for name, width in (("distances", n), ("durations", n)):
        if draw(st.booleans()):
            values[name] = rows(draw, n, amounts, width)
    for name in ("deliveries", "pickups"):
        if draw(st.booleans()):
            values[name] = np.array(rows(draw, n, amounts, k))
            values[name][:depots] = 0
    has_load = "deliveries" in values or "pickups" in values
    for name in ("service", "release", "prizes"):
        if draw(st.booleans()):
            values[name] = np.array(rows(draw, n, amounts, 1))[:, 0]
    if draw(st.booleans()):
        values["required"] = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    if draw(st.booleans()):
        values["windows"] = [
            tuple((start, np.inf if start > 50 else start + 0.5) for start in sorted(starts))
            for starts in draw(
                st.lists(st.sets(st.integers(0, 99), max_size=2), min_size=n, max_size=n)
            )
        ]
        values["windows"] = [
            row if len(row) < 2 or np.isfinite(row[0][1]) else row[:1] for row in values["windows"]
        ]
    types = st.builds(
        VehicleType,
        capacity=st.just((np.inf,) * k if has_load else ()),
        number=st.one_of(st.none(), st.integers(0, 9)),
        start_depot=st.integers(0, depots - 1),
        end_depot=st.one_of(st.none(), st.integers(0, depots - 1)),
        fixed_cost=amounts,
        distance_cost=amounts,
        duration_cost=amounts,
        shift_start=st.integers(0, 5).map(float),
        shift_end=st.one_of(st.just(np.inf), st.integers(5, 9).map(float)),
        max_distance=st.one_of(st.just(np.inf), amounts),
        max_duration=st.one_of(st.just(np.inf), amounts),
        name=st.text(max_size=5),
    )
    return VrpInstance(**values, vehicles=draw(st.lists(types, min_size=1, max_size=3)))


@QUICK
@given(plain_instances())
def test_vrplib(instance):
    text = format_vrplib(instance)
    assert parse_vrplib(text).fingerprint == instance.fingerprint
    words = {word for row in text.splitlines() if row[0].isdigit() for word in row.split()}
    # Of the integers only the negative zero keeps its decimal point.
    assert not any(word.endswith(".0") for word in words - {"-0.0"})


@QUICK
@given(st.one_of(plain_instances(), any_instances()))
def test_json(tmp_path_factory, instance):
    path = tmp_path_factory.getbasetemp() / "instance.json"
    netroute.write(path, instance)
    again = netroute.read(path)
    assert again.fingerprint == instance.fingerprint
    assert (again.name, again.comment) == (instance.name, instance.comment)
    assert again.vehicles == instance.vehicles


@QUICK
@given(any_instances())
def test_vrplib_refuses_what_it_would_lose(instance):
    try:
        text = format_vrplib(instance)
    except UnsupportedError:
        return
    assert parse_vrplib(text).fingerprint == instance.fingerprint


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"release": [0, 5]}, "release times"),
        ({"pickups": [0, 1]}, "pickups"),
        ({"durations": [[0, 1], [1, 0]]}, "separate durations"),
        ({"required": [True, False]}, "optional clients"),
        ({"windows": [[(0, 1), (2, 3)], [(0, 9)]]}, "several of them"),
        ({"windows": [[], [(0, 9)]]}, "locations without a time window"),
        ({"vehicles": (VehicleType(capacity=(9,), fixed_cost=1),)}, "vehicle types with more"),
        ({"vehicles": (VehicleType(),)}, "demands without a finite capacity"),
    ],
)
def test_vrplib_names_what_it_has_no_place_for(tmp_path, changes, expected):
    values = {
        "coordinates": [[0, 0], [1, 1]],
        "deliveries": [0, 1],
        "vehicles": (VehicleType(capacity=(9,)),),
    }
    path = tmp_path / "x.vrp"
    with pytest.raises(UnsupportedError, match=rf"has no place for .*{expected}.*write \.json"):
        netroute.write(path, VrpInstance(**values | changes))
    assert not path.exists()


def test_names_survive_on_one_line():
    instance = VrpInstance(name='a\n"b', comment="two\r\nlines", coordinates=[[0, 0], [1, 1]])
    again = parse_vrplib(format_vrplib(instance))
    assert (again.name, again.comment) == ('a "b', "two lines")


def test_unknown_endings_are_refused(tmp_path):
    instance = VrpInstance(coordinates=[[0, 0], [1, 1]])
    with pytest.raises(InputError, match=r"ending '\.xls', expected one of \.vrp, \.json"):
        netroute.write(tmp_path / "x.xls", instance)
    (tmp_path / "x.sol").write_text("Cost 1\n")
    with pytest.raises(InputError, match="no instance can be read"):
        netroute.read(tmp_path / "x.sol")


def test_content_tells_the_format_where_the_ending_does_not(tmp_path):
    instance = VrpInstance(coordinates=[[0, 0], [1, 1]], name="x")
    for ending in (".vrp", ".json"):
        path = tmp_path / f"x{ending}"
        netroute.write(path, instance)
        path.rename(tmp_path / "x.txt")
        assert netroute.read(tmp_path / "x.txt").fingerprint == instance.fingerprint


def test_integers_have_no_decimal_point():
    instance = VrpInstance(coordinates=[[0, -0.0], [1, 2.5]], service=[0, 3])
    data = own_vrp.instance_to_dict(instance)
    assert repr(data["coordinates"]) == "[[0, -0.0], [1, 2.5]]"
    assert repr(data["service"]) == "[0, 3]"
