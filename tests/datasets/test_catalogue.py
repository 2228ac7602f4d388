"""Suites by name: from a local folder, the cache, or a server on the loopback."""

import functools
import http.server
import os
import shutil
import socket
import threading
from pathlib import Path

import pytest

import netroute
from netroute import InputError
from netroute.datasets import catalogue, download, suites
from netroute.datasets.suites import SUITES, Entry, digest
from netroute.datasets.vrp.uchoa import generate_uchoa
from netroute.problems.vrp import Rounding

NAME = "X-n101-k25"
DATA = os.environ.get("NETROUTE_DATA", "")


@pytest.fixture
def instance_text(tmp_path):
    """A file of ours that stands for the suite's one."""
    file = tmp_path / "made.vrp"
    netroute.write(file, generate_uchoa(20, seed=5))
    return file.read_text()


@pytest.fixture
def entry(monkeypatch, instance_text):
    """The registry knows our file under the suite's name, and nothing outside is asked."""
    sha256 = digest(instance_text.encode())
    known = {
        suite: {
            NAME: Entry(suite, NAME, 21, 27591.0, f"X/{NAME}.vrp", sha256),
            "unverified": Entry(suite, "unverified", 21, None, "X/unverified.vrp", ""),
        }
        for suite in SUITES
    }
    monkeypatch.setattr(catalogue, "registry", known.__getitem__)
    return known["cvrplib"][NAME]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    for name in ("NETROUTE_DATA", "NETROUTE_MIRROR", "http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETROUTE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; a name with 'cut' in its folder ends in mid-file."""

    def do_GET(self):
        if "cut" not in self.path:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(b"NAME : x\n")

    def log_message(self, *_args):
        pass


@pytest.fixture
def server(tmp_path, cache):
    folder = tmp_path / "server"
    (folder / "X").mkdir(parents=True)
    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield folder, f"http://127.0.0.1:{running.server_port}"
        finally:
            running.shutdown()
            thread.join()


def kept(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


def refused(*arguments) -> str:
    with pytest.raises(InputError) as caught:
        catalogue.fetch(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.usefixtures("entry")
def test_download_is_verified_and_then_taken_from_the_cache(
    server, cache, monkeypatch, instance_text
):
    folder, address = server
    # A mirror with other line ends and blanks has the same file.
    (folder / "X" / f"{NAME}.vrp").write_bytes(
        instance_text.replace(" : ", " :\t").replace("\n", " \r\n").encode()
    )
    monkeypatch.setenv("NETROUTE_MIRROR", f"{address}/")
    file = catalogue.fetch("cvrplib", NAME)
    assert file == cache / "cvrplib" / f"{NAME}.vrp"
    assert kept(cache) == [file]
    shutil.rmtree(folder / "X")
    assert catalogue.fetch("cvrplib", NAME) == file
    assert netroute.read(f"cvrplib:{NAME}").size == 21


@pytest.mark.usefixtures("entry")
def test_damaged_cache_is_downloaded_anew(server, monkeypatch, instance_text):
    folder, address = server
    (folder / "X" / f"{NAME}.vrp").write_text(instance_text)
    monkeypatch.setenv("NETROUTE_MIRROR", address)
    file = catalogue.fetch("cvrplib", NAME)
    file.write_text("NAME : cut off")
    assert catalogue.fetch("cvrplib", NAME).read_text() == instance_text


@pytest.mark.usefixtures("entry")
def test_changed_file_is_refused_and_nothing_kept(server, cache, monkeypatch, instance_text):
    folder, address = server
    changed = instance_text.replace("CAPACITY : ", "CAPACITY : 9")
    assert changed != instance_text
    (folder / "X" / f"{NAME}.vrp").write_text(changed)
    monkeypatch.setenv("NETROUTE_MIRROR", address)
    message = refused("cvrplib", NAME)
    assert f"{address}/X/{NAME}.vrp: {NAME}.vrp: the download has the checksum" in message
    assert "nothing was kept" in message
    assert kept(cache) == []


@pytest.mark.usefixtures("entry")
def test_missing_file_names_the_answer(server, cache, monkeypatch):
    _, address = server
    monkeypatch.setenv("NETROUTE_MIRROR", address)
    assert "cannot be downloaded: the server answers 404 File not found" in refused("cvrplib", NAME)
    assert kept(cache) == []


@pytest.mark.usefixtures("entry")
def test_interrupted_download_leaves_nothing(server, cache, monkeypatch):
    _, address = server
    monkeypatch.setenv("NETROUTE_MIRROR", f"{address}/cut")
    message = refused("cvrplib", NAME)
    assert "cannot be downloaded" in message or "the download has the checksum" in message
    assert kept(cache) == []


@pytest.mark.usefixtures("entry")
def test_endless_download_is_cut(server, cache, monkeypatch, instance_text):
    folder, address = server
    (folder / "X" / f"{NAME}.vrp").write_text(instance_text)
    monkeypatch.setenv("NETROUTE_MIRROR", address)
    monkeypatch.setattr(download, "SIZE_LIMIT", 100)
    assert "the file is larger than" in refused("cvrplib", NAME)
    assert kept(cache) == []


@pytest.mark.usefixtures("entry")
def test_offline_names_file_address_and_remedy(cache, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setenv("NETROUTE_MIRROR", address)
    message = refused("cvrplib", NAME)
    assert message.startswith(f"{address}/X/{NAME}.vrp: {NAME}.vrp cannot be downloaded: ")
    assert "NETROUTE_DATA" in message
    assert kept(cache) == []


@pytest.mark.usefixtures("entry", "cache")
@pytest.mark.parametrize("address", ["nonsense", "ftp://127.0.0.1", "http://", "http://[::"])
def test_mirror_that_is_no_address(monkeypatch, address):
    monkeypatch.setenv("NETROUTE_MIRROR", address)
    assert f"{NAME}.vrp cannot be downloaded" in refused("cvrplib", NAME)


@pytest.mark.usefixtures("entry")
def test_cache_that_cannot_be_made(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NETROUTE_CACHE", str(tmp_path / "file"))
    monkeypatch.setenv("NETROUTE_MIRROR", server[1])
    assert "cannot be downloaded: " in refused("cvrplib", NAME)


@pytest.mark.usefixtures("entry")
def test_nothing_is_downloaded_without_a_checksum(server, cache, monkeypatch):
    folder, address = server
    (folder / "X" / "unverified.vrp").write_text("NAME : x")
    monkeypatch.setenv("NETROUTE_MIRROR", address)
    assert "no checksum is known to verify it by" in refused("cvrplib", "unverified")
    assert kept(cache) == []


@pytest.mark.usefixtures("entry", "cache")
def test_suite_without_an_address():
    assert "no address is known" in refused("solomon", NAME)


@pytest.mark.usefixtures("entry", "cache")
@pytest.mark.parametrize("folder", ["cvrp_X", "X", "."])
def test_local_folder_goes_first(tmp_path, monkeypatch, instance_text, folder):
    data = tmp_path / "data"
    (data / folder).mkdir(parents=True)
    for name in (NAME, "unverified"):
        (data / folder / f"{name}.vrp").write_text(instance_text)
    monkeypatch.setenv("NETROUTE_DATA", str(data))
    for name in (NAME, "unverified"):
        assert catalogue.fetch("cvrplib", name) == data / folder / f"{name}.vrp"
    assert netroute.read(f"cvrplib:{NAME}").rounding is Rounding.NEAREST
    (data / folder / "bks.csv").write_text(f"name,n,bks\n{NAME},21,123.5\n")
    assert catalogue.best_known("cvrplib", NAME) == 123.5
    (data / folder / "bks.csv").write_text(f"name,n,bks\n{NAME},21,many\n")
    with pytest.raises(InputError, match=r"bks\.csv: cannot be read: could not convert"):
        catalogue.best_known("cvrplib", NAME)


@pytest.mark.usefixtures("entry", "cache")
def test_suite_decides_on_the_rounding(tmp_path, monkeypatch, instance_text):
    (tmp_path / f"{NAME}.vrp").write_text(instance_text)
    monkeypatch.setenv("NETROUTE_DATA", str(tmp_path))
    assert netroute.read(f"solomon:{NAME}").rounding is Rounding.DIMACS


@pytest.mark.usefixtures("cache")
def test_data_folder_that_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("NETROUTE_DATA", str(tmp_path / "none"))
    assert "NETROUTE_DATA: found no folder" in refused("cvrplib", NAME)


@pytest.mark.usefixtures("cache")
def test_unknown_names():
    assert "unknown suite 'tsp', expected one of: cvrplib" in refused("tsp", "x")
    assert "did you mean 'X-n101-k25'?" in refused("cvrplib", "X-n101-k2")
    with pytest.raises(InputError, match=r"nosuite:x: no such file"):
        netroute.read("nosuite:x")


@pytest.mark.usefixtures("cache")
def test_best_known_values():
    assert catalogue.best_known("cvrplib", "X-n1001-k43") == 72355
    assert catalogue.best_known("X-n1001-k43") == 72355
    assert catalogue.best_known("solomon", "C101") == 827.3
    assert catalogue.best_known("cvrplib", "Leuven2") is None
    assert catalogue.best_known("nothing") is None


def test_registry_is_complete_and_well_formed():
    assert [len(catalogue.names(suite)) for suite in SUITES] == [110, 56, 300, 256, 66, 256, 26, 87]
    for suite in SUITES:
        for name, entry in suites.registry(suite).items():
            assert {len(file.sha256) for file in entry.files()} <= {0, 64}
            if SUITES[suite].reader.endswith("read_vrplib"):
                assert suite == "neural" or entry.path.endswith(f"/{name}.vrp")
            if name.startswith("X-n"):
                assert entry.size == int(name.split("-")[1][1:])
                assert entry.best_known is not None


def test_instances_packed_into_one_file(cache, tmp_path, monkeypatch):
    line = "depot,0,0,customer,0,1,0,2,1,0,capacity,3.0,demand,1,2,3"
    (tmp_path / "vrp200_test_lkh.txt").write_text(f"{line}\n{line.replace('2,3', '1,1')}\n")
    monkeypatch.setenv("NETROUTE_DATA", str(tmp_path))
    instance = netroute.read("neural:vrp200-1")
    assert instance.deliveries[:, 0].tolist() == [0, 1, 1, 1]
    assert (instance.name, instance.rounding) == ("vrp200-1", Rounding.EXACT)
    assert kept(cache) == [cache / "neural" / "vrp200-1.vrp"]
    assert "found 2 instances, expected more than 2 for vrp200-2" in refused("neural", "vrp200-2")
    assert catalogue.best_known("neural", "vrp200-1") is None


def test_tours_packed_into_one_file(cache, tmp_path, monkeypatch):
    (tmp_path / "test_TSP200_n128.txt").write_text("0 0 1 0 0 1 output 1 2 3 1\n")
    monkeypatch.setenv("NETROUTE_DATA", str(tmp_path))
    instance = netroute.read("neural-tsp:tsp200-0")
    assert (instance.name, instance.size, instance.rounding) == ("tsp200-0", 3, Rounding.EXACT)
    assert kept(cache) == [cache / "neural-tsp" / "tsp200-0.tsp"]


def test_travelling_salesmen_by_name(tmp_path, monkeypatch):
    (tmp_path / "br17.atsp").write_text(
        "TYPE : ATSP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : EXPLICIT\n"
        "EDGE_WEIGHT_FORMAT : FULL_MATRIX\nEDGE_WEIGHT_SECTION\n0 1 2 3 0 4 5 6 0\n"
    )
    monkeypatch.setenv("NETROUTE_DATA", str(tmp_path))
    assert netroute.read("tsplib:br17").features() == {"asymmetric distances"}
    assert catalogue.best_known("tsplib", "d1655") == 62128
    assert "no address is known that offers d1655.tsp" in refused("tsplib", "d1655")


@pytest.mark.usefixtures("cache")
@pytest.mark.skipif(not DATA, reason="needs the suites' files")
def test_checksums_are_those_of_the_files(monkeypatch):
    monkeypatch.setenv("NETROUTE_DATA", DATA)
    compared = 0
    for suite in SUITES:
        for name, entry in suites.registry(suite).items():
            entries = entry.files()
            files = [catalogue._local_file(part) for part in entries]
            if None not in files and entry.sha256:
                found = [digest(file.read_bytes()) for file in files]
                assert found == [part.sha256 for part in entries], name
                if SUITES[suite].packed and not name.endswith("-127"):
                    continue
                instance = catalogue.read_named(suite, name)
                assert instance.size == entry.size
                compared += 1
    assert compared
