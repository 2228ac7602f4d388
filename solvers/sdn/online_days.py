"""Other days of the same traffic: what online admission may learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from netroute.problems.sdn import SdnInstance


class Draw(NamedTuple):
    """A day made of the flows of another one.

    Attributes
    ----------
    ends, size : ndarray of int64, shape (F,)
        The flows from which each arrival has its ends and limits, and from which its bandwidth,
        priority and weight.
    """

    ends: np.ndarray
    size: np.ndarray


def draw_day(flows: int, rng: np.random.Generator, *, arrivals: int | None = None) -> Draw:
    """Draw arrivals, as many as flows unless told, ends and sizes apart, with replacement."""
    drawn = rng.integers(0, max(1, flows), (2, flows if arrivals is None else arrivals))
    return Draw(drawn[0], drawn[1])


def day_of(instance: SdnInstance, draw: Draw) -> SdnInstance:
    """Return the instance whose flows are the arrivals of a drawn day.

    Examples
    --------
    >>> import numpy as np
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0, 1], head=[1, 0], capacity=[5, 5],
    ...     source=[0, 1], target=[1, 0], bandwidth=[3, 4], priority=[2, 1],
    ... )
    >>> day = day_of(net, Draw(np.array([0, 0]), np.array([1, 0])))
    >>> day.source.tolist(), day.bandwidth.tolist(), day.priority.tolist()
    ([0, 0], [4, 3], [1, 2])
    """

    def pick(values: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
        return None if values is None else values[rows]

    return instance.replace(
        name=f"{instance.name}-resampled",
        source=instance.source[draw.ends],
        target=instance.target[draw.ends],
        max_delay=pick(instance.max_delay, draw.ends),
        max_hops=pick(instance.max_hops, draw.ends),
        bandwidth=instance.bandwidth[draw.size],
        priority=instance.priority[draw.size],
        weight=pick(instance.weight, draw.size),
        flows=None,
    )


def resampled_day(instance: SdnInstance, rng: np.random.Generator) -> SdnInstance:
    """Return another day of the same traffic: as many flows, drawn anew.

    The ends of each flow, with its limits, are those of a random flow of the instance; bandwidth,
    priority and weight are those of another random one. Nothing of the instance's own arrivals is
    left but how often each pair asks and how the sizes are distributed.
    """
    return day_of(instance, draw_day(instance.size, rng))
