from __future__ import annotations

import errno
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netroute.core.errors import InputError
from netroute.solvers.neural.policy_card import read_card
from netroute.solvers.neural.policy_file import load_policy, save_policy

ARCHITECTURES = frozenset({"two-layers"})


def load(folder):
    return load_policy(str(folder), problem="tsp", architectures=ARCHITECTURES)


def same(one, other):
    theirs = other.state_dict()
    return all(torch.equal(tensor, theirs[name]) for name, tensor in one.state_dict().items())


def weights_file(folder):
    return folder / read_card(folder).weights


def forge(folder, data):
    """Put other weights in, with a card that fits them."""
    card = read_card(folder)
    weights_file(folder).unlink()
    forged = replace(card, sha256=hashlib.sha256(data).hexdigest())
    (folder / forged.weights).write_bytes(data)
    (folder / "policy.json").write_text(forged.text())


def test_round_trip(make_policy):
    folder, policy = make_policy(width=5, scale=0.5, name="ü")
    loaded = load(folder)
    assert same(policy, loaded)
    assert loaded.settings() == {"width": 5, "scale": 0.5, "name": "ü"}
    assert not loaded.training
    seen = {"x": torch.randn(4, 6, 2)}
    assert torch.equal(policy.eval()(seen), loaded(seen))
    assert seen["x"].shape[:2] == loaded(seen).shape


def test_what_stands_beside_the_weights(make_policy):
    folder, _ = make_policy()
    card = json.loads((folder / "policy.json").read_text())
    assert card["problem"] == "tsp"
    assert card["seed"] == 7
    assert card["data_hash"] == 64 * "d"
    assert card["figures"] == {"gap": 1.5}
    assert card["sha256"] == hashlib.sha256(weights_file(folder).read_bytes()).hexdigest()
    assert (folder / "config.yaml").read_text() == "name: a\n"
    assert (folder / "log.jsonl").read_text() == '{"step": 1}\n'


def test_loading_leaves_the_random_numbers_alone(make_policy):
    folder, _ = make_policy()
    torch.manual_seed(3)
    wanted = torch.rand(3)
    torch.manual_seed(3)
    load(folder)
    assert torch.equal(torch.rand(3), wanted)


def test_a_second_policy_takes_the_place_of_the_first(make_policy):
    first, _ = make_policy(seed=1)
    folder, second = make_policy(seed=2)
    assert folder == first
    assert same(load(folder), second)
    assert len(list(folder.glob("*.safetensors"))) == 1


@pytest.mark.parametrize("writes", range(4))
def test_killed_while_it_replaces_a_policy(make_policy, monkeypatch, writes):
    """After any number of completed writes the folder holds one of the two policies, whole."""
    _, first = make_policy(seed=1)
    done = []

    def killed(self, target, replacing=Path.replace):
        if len(done) == writes:
            raise KeyboardInterrupt
        done.append(target)
        return replacing(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            make_policy(seed=2)
    folder, _ = make_policy(seed=1, folder="other")
    assert same(load(folder.parent / "policy"), first)


@pytest.mark.parametrize("writes", range(4))
def test_full_disk(make_policy, monkeypatch, writes):
    folder, first = make_policy(seed=1)
    before = {path.name for path in folder.iterdir()}
    done = []

    def full(self, data, opening=Path.open):
        if self.suffix == ".tmp":
            done.append(self)
            if len(done) > writes:
                raise OSError(errno.ENOSPC, "No space left on device")
        return opening(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        with pytest.raises(InputError, match="cannot be written: No space left on device") as error:
            make_policy(seed=2)
    assert "\n" not in str(error.value)
    assert str(folder) in str(error.value)
    assert same(load(folder), first)
    left = {path.name for path in folder.iterdir()} - before
    assert all(name.startswith("weights-") for name in left), left
    _, second = make_policy(seed=2)
    assert same(load(folder), second)


def test_a_device_that_is_really_full(make_policy, tmp_path):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full")
    folder, _ = make_policy(seed=1)
    (folder / "log.jsonl").unlink()
    (folder / "log.jsonl").symlink_to(full)
    with pytest.raises(InputError, match="No space left on device"):
        make_policy(seed=2)


def test_a_file_where_the_folder_should_be(make_policy, tmp_path):
    (tmp_path / "policy").write_text("")
    with pytest.raises(InputError, match="policy: cannot be made: File exists"):
        make_policy()


def test_of_another_kind(make_policy, network):
    folder, _ = make_policy()
    with pytest.raises(InputError, match=r"policy\.json: found a policy for tsp, expected .* sdn"):
        load_policy(str(folder), problem="sdn", architectures=ARCHITECTURES)
    with pytest.raises(InputError, match=r"found architecture 'two-layers', expected one of: b, c"):
        load_policy(str(folder), problem="tsp", architectures={"c", "b"})


def test_missing(make_policy, tmp_path):
    with pytest.raises(InputError, match="no-such: no such policy, expected a folder or a shipped"):
        load("no-such")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"empty/policy\.json: cannot be read: No such file"):
        load(tmp_path / "empty")
    folder, _ = make_policy()
    weights_file(folder).unlink()
    with pytest.raises(InputError, match=r"weights-.*\.safetensors: cannot be read: No such file"):
        load(folder)


def test_another_format(make_policy):
    folder, _ = make_policy()
    file = folder / "policy.json"
    file.write_text(file.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(InputError, match=r"found format 2, expected 1 \(another version"):
        load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": 4}, r"weights 'first\.bias': found float32\[3\], expected float32\[4\]"),
        ({"width": 10**18}, "settings do not make a network 'two-layers': "),
        ({"width": 0}, r"settings do not make a network 'two-layers': width must be positive$"),
        ({"depth": 1}, r"settings do not make .*unexpected keyword argument 'depth'"),
        ({"width": "3"}, "settings do not make a network"),
    ],
)
def test_settings_that_do_not_fit_the_weights(make_policy, change, message):
    folder, _ = make_policy()
    card = read_card(folder)
    text = replace(card, settings=card.settings | change).text()
    (folder / "policy.json").write_text(text)
    with pytest.raises(InputError, match=message):
        load(folder)


@pytest.mark.parametrize("settings", [{"width": None}, {"width": [3]}, {"width": {"a": 1}}])
def test_settings_that_are_not_plain(make_policy, settings):
    folder, _ = make_policy()
    (folder / "policy.json").write_text(replace(read_card(folder), settings=settings).text())
    with pytest.raises(InputError, match="settings: expected numbers, texts, true or false"):
        load(folder)


def altered(tensors, name, tensor):
    return {key: value for key, value in ({**tensors, name: tensor}).items() if value is not None}


@pytest.mark.parametrize(
    ("name", "tensor", "message"),
    [
        ("first.bias", None, r"weights 'first\.bias' are missing"),
        ("third", torch.zeros(1), "weights 'third' are not expected"),
        ("first.bias", torch.zeros(3, 1), r"found float32\[3, 1\], expected float32\[3\]"),
        ("first.bias", torch.zeros(3).double(), r"found float64\[3\], expected float32\[3\]"),
        ("first.bias", torch.tensor([0.0, torch.nan, 0.0]), "are not all finite numbers"),
        ("first.bias", torch.tensor([0.0, torch.inf, 0.0]), "are not all finite numbers"),
    ],
)
def test_weights_that_do_not_fit_the_network(make_policy, name, tensor, message):
    folder, policy = make_policy()
    forge(folder, safetensors.torch.save(altered(policy.state_dict(), name, tensor)))
    with pytest.raises(InputError, match=r"weights-\w{8}\.safetensors: " + ".*" + message):
        load(folder)


def test_weights_that_are_not_finite_are_not_saved(network, tmp_path):
    policy = network()
    with torch.no_grad():
        policy.second.weight[0, 1] = torch.nan
    with pytest.raises(InputError, match=r"weights 'second\.weight' are not all finite"):
        save_policy(
            tmp_path / "a",
            policy,
            problem="tsp",
            seed=0,
            data_hash="",
            config="",
            log="",
            figures={},
        )
    assert not (tmp_path / "a").exists()


def test_settings_that_do_not_make_the_network_again(make_policy, network, monkeypatch):
    monkeypatch.setattr(network, "settings", lambda self: {"width": 2})
    with pytest.raises(InputError, match=r"weights 'first\.bias': found float32\[3\]"):
        make_policy(width=3)


def test_figures_that_are_not_finite(network, tmp_path):
    with pytest.raises(InputError, match="cannot be written as JSON"):
        save_policy(
            tmp_path / "a",
            network(),
            problem="tsp",
            seed=0,
            data_hash="",
            config="",
            log="",
            figures={"gap": float("nan")},
        )


def test_every_byte_of_the_card_counts(make_policy):
    """A changed byte is refused, or it changed nothing (white space)."""
    folder, policy = make_policy()
    file = folder / "policy.json"
    data = file.read_bytes()
    refused = 0
    for place in range(len(data)):
        for bit in (0, 6) if place % 3 == 0 else (0,):
            file.write_bytes(data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :])
            try:
                loaded = load(folder)
            except InputError as error:
                assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right
                refused += 1
            else:
                assert same(policy, loaded)
    assert refused > 0.8 * len(data)


def test_every_part_of_the_weights_counts(make_policy):
    folder, _ = make_policy()
    file = weights_file(folder)
    data = file.read_bytes()
    for place in range(0, len(data), 3):
        file.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(InputError, match="differs from the checksum"):
            load(folder)


@pytest.mark.parametrize("name", ["policy.json", "weights"])
def test_truncated(make_policy, name):
    folder, _ = make_policy()
    file = folder / name if name == "policy.json" else weights_file(folder)
    data = file.read_bytes()
    for length in range(0, len(data) - 1, 7):
        file.write_bytes(data[:length])
        with pytest.raises(InputError):
            load(folder)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_weights_of_a_forger(make_policy, data):
    """Behind a right checksum too, whatever a file holds is refused or loaded, never run."""
    folder, policy = make_policy()
    good = safetensors.torch.save(policy.state_dict())
    bad = bytearray(good)
    header = 8 + int.from_bytes(good[:8], "little")
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, header + 8) | st.integers(0, len(bad) - 1))
        if data.draw(st.booleans()):
            bad[place] = data.draw(st.integers(0, 255))
        else:
            del bad[place : place + data.draw(st.integers(1, 20))]
    forge(folder, bytes(bad))
    try:
        loaded = load(folder)
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right
    else:
        assert all(torch.isfinite(tensor).all() for tensor in loaded.state_dict().values())


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text() | st.from_type(type(None)).map(lambda _: "[" * 100_000))
def test_cards_of_a_forger(make_policy, text):
    folder, _ = make_policy()
    (folder / "policy.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InputError, match=r"policy\.json: "):
        load(folder)


def test_a_pickle_is_not_loaded(make_policy, tmp_path):
    import pickle

    class Bomb:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "exploded",))

    folder, _ = make_policy()
    forge(folder, pickle.dumps(Bomb()))
    with pytest.raises(InputError, match="is not a safetensors file"):
        load(folder)
    assert not (tmp_path / "exploded").exists()
