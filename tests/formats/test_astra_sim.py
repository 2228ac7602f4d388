"""Topologies of ASTRA-sim: the fabric that they say, and one line for whatever is wrong."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netroute
from netroute.core.errors import InputError, NetrouteError, UnsupportedError
from netroute.formats.astra_sim import read_astra_sim, read_topology
from netroute.problems.collective import CollectiveInstance, Fabric

TEXT = """8 4 8
4 5 6 7
0 4 200Gbps 0.0005ms 0
1 4 200Gbps 0.0005ms 0
2 5 200Gbps 0.0005ms 0
3 5 200Gbps 0.0005ms 0

4 6 400Gbps 0.0005ms 0
4 7 400Gbps 0.0005ms 0
7 5 100Gbps 0.0005ms 0
5 7 1500Mbps 0.0005ms 0
"""


def read(tmp_path, text):
    file = tmp_path / "net.txt"
    file.write_text(text, encoding="utf-8")
    return read_topology(file).fabric


def test_leaves_spines_rates_and_missing_links(tmp_path):
    fabric = read(tmp_path, TEXT)
    assert (fabric.leaves, fabric.planes, fabric.hosts_per_leaf) == (2, 2, 2)
    assert fabric.nic == 200_000
    assert fabric.up.tolist() == [[400_000, 400_000], [0, 101_500]]
    assert (fabric.down == fabric.up.T).all()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("8 4 8", "8 4 8 1 1 1 1 1", r"net.txt:1: found 8 words"),
        ("8 4 8", "8 4", r"net.txt:1: found 2 words, expected nodes, switches and links"),
        ("8 4 8", "8 4 9", r"net.txt: found 8 links, expected 9"),
        ("8 4 8", "8 x 8", r"net.txt:1: found 'x', expected an integer >= 0"),
        ("8 4 8", "1 4 8", r"net.txt:1: found 1 nodes, expected 2 to"),
        ("4 5 6 7", "4 5 6 6", r"net.txt:2: found 3 different switches, expected 4"),
        ("0 4 200", "9 4 200", r"net.txt:3: found node 9, expected 0 to 7"),
        ("0 4 200", "4 4 200", r"net.txt:3: node 4 has a link to itself"),
        ("0 4 200", "1 4 200", r"host 0 has no link"),
        ("200Gbps", "fast", r"net.txt:3: found 'fast', expected whole megabits"),
        ("200Gbps", "0Gbps", r"net.txt:3: found '0Gbps'"),
        ("200Gbps", "1500Kbps", r"net.txt:3: found '1500Kbps'"),
        (" 0.0005ms 0", "", r"net.txt:3: found 3 words, expected 5"),
    ],
)
def test_faults(tmp_path, old, new, words):
    with pytest.raises(InputError, match=words):
        read(tmp_path, TEXT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("4 6 400", "4 5 400", "switches 4 and 5 are of one tier"),
        ("4 6 400", "0 5 400", "host 0 is linked to several switches"),
        ("4 6 400", "0 1 400", "hosts 0 and 1 are linked without a switch"),
        ("1 4 200", "1 5 200", "not numbered leaf by leaf"),
        ("1 4 200", "1 4 100", "links of 2 different rates"),
    ],
)
def test_what_is_no_leaf_spine_fabric(tmp_path, old, new, words):
    with pytest.raises(UnsupportedError, match=words):
        read(tmp_path, TEXT.replace(old, new, 1))


def fat_tree(k, per, rates=("100Gbps", "400Gbps", "200Gbps")):
    """A fat tree as the generator of the paper's setting writes it: seven numbers first."""
    half = k // 2
    hosts, edges, cores = k * half * per, k * half, half * half
    agg, core = hosts + edges, hosts + 2 * edges
    lines = [f"{u} {hosts + u // per} {rates[0]}" for u in range(hosts)]
    for switch in range(edges):
        pod, index = divmod(switch, half)
        lines += [f"{hosts + switch} {agg + pod * half + a} {rates[1]}" for a in range(half)]
        lines += [f"{agg + switch} {core + index * half + c} {rates[2]}" for c in range(half)]
    numbers = (core + cores, 2 * edges + cores, len(lines), half, cores, half, edges)
    names = " ".join(str(n) for n in range(hosts, core + cores))
    body = "".join(f"{line} 0.0005ms 0\n" for line in lines)
    return " ".join(map(str, numbers)) + f"\n{names} \n{body}"


@pytest.mark.parametrize("k", [4, 8])
def test_fat_trees(tmp_path, k):
    fabric = read(tmp_path, fat_tree(k, 3))
    expected = Fabric.fat_tree(k, hosts_per_leaf=3, capacity=400_000, nic=100_000)
    assert (fabric.hosts_per_leaf, fabric.nic) == (3, 100_000)
    assert (fabric.up == expected.up).all()
    assert fabric.core_up.shape == expected.core_up.shape
    assert (fabric.core_up == 200_000).all()
    assert (fabric.core_down == 200_000).all()


def test_a_missing_core_link_has_failed(tmp_path):
    lines = fat_tree(4, 1).splitlines()
    # Aggregation switch 1 of pod 2 to its second core.
    gone = next(i for i, line in enumerate(lines) if line.startswith("21 27 "))
    lines[0] = lines[0].replace(" 40 ", " 39 ")
    fabric = read(tmp_path, "\n".join(lines[:gone] + lines[gone + 1 :]))
    assert [tuple(at) for at in (fabric.core_up == 0).nonzero()] == [(2,), (1,), (1,)]


def servers(cards=2):
    """Four servers whose cards are joined by a switch of their own, on two leaves."""
    hosts = 4 * cards
    lines = [f"{u} {hosts + u // cards} 900Gbps" for u in range(hosts)]
    lines += [f"{u} {hosts + 4 + 2 * u // hosts} 100Gbps" for u in range(hosts)]
    lines += [f"{hosts + 4 + leaf} {hosts + 6} 100Gbps" for leaf in range(2)]
    body = "".join(f"{line} 0.001ms 0\n" for line in lines)
    names = " ".join(str(hosts + n) for n in range(7))
    return f"{hosts + 7} 7 {len(lines)}\n{names}\n{body}"


def test_switches_within_servers_keep_their_flows(tmp_path):
    file = tmp_path / "net.txt"
    file.write_text(servers())
    fabric, cards = read_topology(file)
    assert (fabric.leaves, fabric.planes, fabric.hosts, fabric.nic, cards) == (2, 1, 8, 100_000, 2)
    ring = {"pattern": "ring", "placement": "packed"}
    assert netroute.read(file, **ring).size == 4
    assert netroute.read(file, **ring, server=1).size == 8
    file.write_text(servers().replace("1 8 900", "2 8 900", 1))
    with pytest.raises(UnsupportedError, match="servers do not consist of consecutive hosts"):
        read_topology(file)


def test_one_switch_alone_is_a_leaf(tmp_path):
    text = "4 1 3\n3\n0 3 1Gbps 1ms 0\n1 3 1Gbps 1ms 0\n2 3 1Gbps 1ms 0\n"
    file = tmp_path / "net.txt"
    file.write_text(text)
    instance = netroute.read(file)
    assert (instance.fabric.leaves, instance.phases[0].crossing, instance.size) == (1, 0, 6)


def test_traffic_comes_from_options(tmp_path):
    file = tmp_path / "net.txt"
    file.write_text(fat_tree(4, 2))
    words = {"pattern": "ring", "group": "8", "size": "1000", "seed": "3", "split": "true"}
    instance = netroute.read(file, **words)
    assert (instance.name, len(instance.jobs), instance.extra_pieces) == ("net", 2, None)
    same = netroute.read(file, pattern="ring", group=8, size=1000, seed=3, split=True)
    assert instance.fingerprint == same.fingerprint
    netroute.write(tmp_path / "job.json", instance)
    assert netroute.read(tmp_path / "job.json").fingerprint == instance.fingerprint
    for options, message in (
        ({"patern": "ring"}, "unknown read option 'patern'"),
        ({"pattern": "rnig"}, "unknown pattern 'rnig'"),
        ({"group": "many"}, "group: found 'many', expected an integer"),
        ({"group": 99}, "group: found 99, expected an integer from 2 to 16"),
        ({"spread": "wide"}, "spread: found 'wide', expected a number"),
        ({"rails": "maybe"}, "rails: found 'maybe', expected true or false"),
        ({"split": 2}, "split: found 2, expected true or false"),
        ({"server": "3"}, "server: found 3, expected a divisor"),
    ):
        with pytest.raises(InputError, match=message) as caught:
            netroute.read(file, **options)
        assert str(caught.value).startswith(str(file))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("16 24 400Gbps", "16 26 400Gbps", "pods and planes"),
        ("24 32 200Gbps", "24 34 200Gbps", "pods and planes"),
        ("24 32 200Gbps", "24 26 200Gbps", "switches 24 and 26 are of one tier"),
        ("24 32 200Gbps", "16 32 200Gbps", "of one tier|pods and planes"),
    ],
)
def test_what_is_no_fat_tree(tmp_path, old, new, words):
    text = fat_tree(4, 2)
    assert old in text
    with pytest.raises(UnsupportedError, match=words):
        read(tmp_path, text.replace(old, new, 1))


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    cut=st.integers(0, len(TEXT)),
    at=st.integers(0, len(TEXT)),
    new=st.text(alphabet="01489\n GMbps.-\u00b2", max_size=4),
)
def test_damaged_files_raise_one_line(tmp_path, cut, at, new):
    words = "net.txt"
    try:
        file = tmp_path / "net.txt"
        file.write_text(TEXT[:at] + new + TEXT[at + len(new) : len(TEXT) - cut // 9], "utf-8")
        found = read_astra_sim(file, group=2)
    except NetrouteError as error:
        found, words = None, str(error)
    assert "net.txt" in words
    assert "\n" not in words
    assert found is None or isinstance(found, CollectiveInstance)
