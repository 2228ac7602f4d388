"""Suites of networks by name: several files an instance, and read options."""

import functools
import http.server
import threading

import pytest

import netroute
from netroute import InputError
from netroute.datasets import catalogue
from netroute.datasets.suites import Entry, digest

GRAPH = """NODES 3
label x y
a 0 0
b 1 0
c 0 1

EDGES 3
label src dest weight bw delay
e0 0 1 1 100 5
e1 1 2 1 50 7
e2 2 0 1 100 9
"""
DEMANDS = """DEMANDS 3
label src dest bw
d0 0 2 30
d1 1 0 20
d2 2 1 0
"""
NATIVE = """?SNDlib native format; type: network; version: 1.0
NODES ( a ( 0 0 ) b ( 3 4 ) )
LINKS ( L ( a b ) 0 0 0 0 ( 10 1 40 2 ) )
DEMANDS ( D ( a b ) 1 30 UNLIMITED )
"""


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        pass


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty data folder, and a registry of one instance of three flows."""
    for name in ("NETROUTE_MIRROR", "http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setenv("NETROUTE_DATA", str(data))
    monkeypatch.setenv("NETROUTE_CACHE", str(tmp_path / "cache"))
    sums = " ".join(digest(text.encode()) for text in (GRAPH, DEMANDS))
    known = {
        "repetita": {"Toy": Entry("repetita", "Toy", 2, None, "Toy.graph Toy.0000.demands", sums)},
        "sndlib": {"toy": Entry("sndlib", "toy", 1, None, "toy.txt", digest(NATIVE.encode()))},
    }
    monkeypatch.setattr(catalogue, "registry", known.__getitem__)
    return data


@pytest.fixture
def server(tmp_path, monkeypatch):
    folder = tmp_path / "server"
    folder.mkdir()
    handler = functools.partial(Silent, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            monkeypatch.setenv("NETROUTE_MIRROR", f"http://127.0.0.1:{running.server_port}")
            yield folder
        finally:
            running.shutdown()
            thread.join()


@pytest.mark.parametrize("place", ["", "sdn/repetita", "repetita"])
def test_both_files_from_the_data_folder(folder, place):
    (folder / place).mkdir(parents=True, exist_ok=True)
    (folder / place / "Toy.graph").write_text(GRAPH)
    (folder / place / "Toy.0000.demands").write_text(DEMANDS)
    instance = netroute.read("repetita:Toy", demand_scale=2)
    assert (instance.name, instance.bandwidth.tolist()) == ("Toy-x2", [60, 40])


def test_folder_named_like_the_instance(folder):
    (folder / "sdn/sndlib_native/toy").mkdir(parents=True)
    (folder / "sdn/sndlib_native/toy/toy.txt").write_text(NATIVE)
    assert netroute.read("sndlib:toy").capacity.tolist() == [40, 40]
    assert netroute.read("sndlib:toy", capacity="smallest").capacity.tolist() == [10, 10]
    with pytest.raises(InputError, match="unknown read option 'modul'"):
        netroute.read("sndlib:toy", modul="smallest")


def test_downloads_what_is_missing(folder, server, tmp_path):
    """The graph is here, the demands are fetched into the cache and found there."""
    (folder / "Toy.graph").write_text(GRAPH)
    (server / "Toy.0000.demands").write_text(DEMANDS)
    assert netroute.read("repetita:Toy").size == 2
    (server / "Toy.0000.demands").unlink()
    assert netroute.read("repetita:Toy").size == 2
    kept = [file.name for file in (tmp_path / "cache").rglob("*") if file.is_file()]
    assert kept == ["Toy.0000.demands"]


def test_changed_second_file_is_refused(folder, server):
    (folder / "Toy.graph").write_text(GRAPH)
    (server / "Toy.0000.demands").write_text(DEMANDS.replace("30", "31"))
    with pytest.raises(InputError, match=r"Toy\.0000\.demands: the download has the checksum"):
        netroute.read("repetita:Toy")


@pytest.mark.usefixtures("folder")
def test_no_address_is_known_of_sndlib():
    with pytest.raises(InputError, match=r"no address is known that offers toy\.txt"):
        netroute.read("sndlib:toy")


def test_option_of_another_format(folder):
    (folder / "toy.txt").write_text(NATIVE)
    with pytest.raises(InputError, match="unknown read option 'rounding', expected one of: capac"):
        netroute.read("sndlib:toy", rounding="dimacs")
