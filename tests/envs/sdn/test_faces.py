"""The environment's faces beside play: pictures, what it refuses, what it loads."""

import subprocess
import sys

import numpy as np
import pytest

from netroute.core.errors import InputError, MissingExtraError, UnsupportedError
from netroute.datasets.sdn.priority_flows import generate_priority_flows
from netroute.envs.sdn.admission import SdnAdmissionEnv


def play(env):
    """Put each flow on the first path with room."""
    _, info = env.reset()
    done = False
    while not done:
        _, _, done, _, info = env.step(info["action_mask"].argmax())


def test_render(traffic):
    env = SdnAdmissionEnv(traffic, render_mode="rgb_array")
    env.reset()
    empty = env.render()
    assert empty.dtype == np.uint8
    assert empty.shape[2] == 3
    play(env)
    assert (env.render() != empty).any()
    assert SdnAdmissionEnv(traffic).render() is None


def test_render_without_matplotlib(traffic, monkeypatch):
    monkeypatch.setattr("netroute.viz.canvas.find_spec", lambda name: None)
    env = SdnAdmissionEnv(traffic, render_mode="rgb_array")
    env.reset()
    with pytest.raises(MissingExtraError, match="plot"):
        env.render()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"k": 0}, "k: found 0, expected an integer from 1 to 64"),
        ({"k": True}, "k: found True"),
        ({"order": "random"}, "order: found 'random', expected one of: file"),
        ({"holding": 0.0}, "holding: found 0.0, expected a number > 0"),
        ({"holding": "long"}, "holding: found 'long'"),
        ({"prices": [1.0]}, "finite numbers >= 0, one an arc"),
        ({"prices": "dear"}, "prices: "),
        ({"render_mode": "human"}, "render_mode: found 'human', expected 'rgb_array'"),
    ],
)
def test_bad_parameters(traffic, settings, words):
    with pytest.raises(InputError, match=words):
        SdnAdmissionEnv(traffic, **settings)


def test_bad_instances_and_calls(traffic):
    with pytest.raises(InputError, match="expected an instance of sdn"):
        SdnAdmissionEnv(3)
    with pytest.raises(UnsupportedError, match="does not support arc protection"):
        SdnAdmissionEnv(traffic.replace(protection="arc"))
    empty = traffic.replace(source=[], target=[], bandwidth=[], priority=[])
    with pytest.raises(InputError, match="an instance with flows"):
        SdnAdmissionEnv(empty)
    env = SdnAdmissionEnv(traffic)
    with pytest.raises(InputError, match="call reset"):
        env.step(0)
    with pytest.raises(InputError, match="seed: found -3"):
        env.reset(options={"order": -3})
    play(env)
    with pytest.raises(InputError, match="call reset"):
        env.step(0)
    sizes = iter([10, 11])
    drawn = SdnAdmissionEnv(lambda rng: generate_priority_flows(nodes=next(sizes), flows=20))
    with pytest.raises(InputError, match="found a network of 11 nodes"):
        drawn.reset()


def test_registering_loads_no_kernel():
    program = "import netroute.envs, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "gymnasium" in loaded
    assert not loaded & {"numba", "scipy", "matplotlib", "torch"}


def test_warmup_compiles_all_that_an_episode_needs(traffic):
    from netroute.envs.sdn._kernels import admission
    from netroute.envs.sdn.warmup import compile_environment

    compile_environment()
    kernels = admission.clear, admission.act, admission.observe
    before = [len(kernel.signatures) for kernel in kernels]
    assert min(before) >= 1
    for holding in (None, 5.0):
        play(SdnAdmissionEnv(traffic, k=3, holding=holding))
    assert [len(kernel.signatures) for kernel in kernels] == before
