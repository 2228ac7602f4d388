"""What the tasks of tours and of routes have in common: whose labels they imitate, and the gap."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

import numpy as np
from pydantic import Field

from netroute.core.errors import InputError
from netroute.experiments.settings import Settings
from netroute.experiments.training.task import build_policy
from netroute.solvers.neural.policy_card import read_card
from netroute.solvers.neural.routing.construct import greedy_walks
from netroute.solvers.neural.shipped import policy_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.experiments.training.config import PolicySpec
    from netroute.experiments.training.labels import Labels, LabelStore
    from netroute.experiments.training.task import Report
    from netroute.solvers.neural.policy import Policy
    from netroute.solvers.neural.routing.instances import Instances

STATES = 8
"""States of a batch that share an instance, whose tables cost time."""

PLAIN = 0.1
"""Share of the states that are shown without directions: instances may be given by distances."""

FEWEST = 8
"""Nodes or clients of the smallest instance."""


class RoutingParameters(Settings):
    """What any policy of tours or routes learns from.

    Attributes
    ----------
    candidates : int
        Nearest nodes among which the policy chooses.
    improved : float
        Share of the labels that the policy ``improved_by`` makes alone, without a solver.
    improved_by : str or None
        That policy: the name of a shipped one, or a folder.
    rounds : int
        Effort for such a label: how often the policy builds parts of it again.
    """

    candidates: int = Field(default=16, ge=1)
    improved: float = Field(default=0.0, ge=0, le=1)
    improved_by: str | None = None
    rounds: int = Field(default=10, ge=0)

    def check(self) -> None:
        """Raise `InputError` if fields do not go together."""
        _require_both(self.improved, self.improved_by, "improved", "improved_by")


class MixedParameters(RoutingParameters):
    """The same in the plane, where a policy may also begin what a solver ends.

    Attributes
    ----------
    uniform : float
        Share of the labels whose instances are uniform, but for those of ``own``.
    own : float
        Share of the labels on what the policy ``begun_by`` has begun.
    begun_by : str or None
        That policy: the name of a shipped one, or a folder.
    """

    uniform: float = Field(default=0.5, ge=0, le=1)
    own: float = Field(default=0.0, ge=0, le=1)
    begun_by: str | None = None

    def check(self) -> None:
        """Raise `InputError` if fields do not go together."""
        super().check()
        _require_both(self.own, self.begun_by, "own", "begun_by")
        if self.own + self.improved > 1:
            raise InputError(
                f"found {self.improved:g} and {self.own:g} own, expected 1 or less together",
                where="task.improved",
            )


class Share(NamedTuple):
    """Labels of one kind.

    Attributes
    ----------
    maker : str
        A function of the task's module of makers.
    number, seed : int
        How many, and from which seed.
    parameters : dict
        Of the maker.
    text : str
        What they are, for people.
    """

    maker: str
    number: int
    seed: int
    parameters: dict[str, Any]
    text: str = ""


Given = TypeVar("Given", bound=RoutingParameters)


class RoutingTask(ABC, Generic[Given]):
    """Imitates good solutions, and is judged by those that the policy builds greedily.

    Attributes
    ----------
    size : str
        The field with the least and the largest number of nodes or clients.
    routes : bool
        Whether the network is one for routes.
    makers, version : str, int
        Module of the makers of labels, and their version.
    arrays : tuple of str
        What is learned from, of that which they make.
    """

    problem: str
    architectures: ClassVar[tuple[str, ...]] = ("tail-transformer",)
    size: ClassVar[str] = "nodes"
    routes: ClassVar[bool] = False
    makers: ClassVar[str]
    version: ClassVar[int] = 1
    arrays: ClassVar[tuple[str, ...]]

    def __init__(self, parameters: Given) -> None:
        least, most = self._range = getattr(parameters, self.size)
        if not FEWEST <= least <= most:
            raise InputError(
                f"found {self._range}, expected {FEWEST} or more", where=f"task.{self.size}"
            )
        parameters.check()
        self._given = parameters

    def make_policy(self, spec: PolicySpec) -> Policy:
        """Return a network for tours or routes."""
        return build_policy(spec, candidates=self._given.candidates, routes=self.routes)

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Solve all instances."""
        made = []
        for share in self._shares(labels.count):
            if share.text and share.number:
                report(share.text)
            made.append(self._make(labels, share))
        self._data = {
            name: np.concatenate([part.stacked(name) for part in made if part.chunks])
            for name in self.arrays
        }
        held_out = self._make(labels, self._held_out_share())
        self._held_out, self._best = self._hold_out(held_out)
        digests = [part.digest for part in (*made, held_out)]
        return hashlib.sha256("".join(digests).encode()).hexdigest()

    def _make(self, labels: LabelStore, share: Share) -> Labels:
        return labels.make(
            f"{self.makers}:{share.maker}",
            version=self.version,
            parameters=share.parameters,
            seed=share.seed,
            count=share.number,
        )

    def _sizes(self) -> dict[str, Any]:
        return {self.size: list(self._range)}

    def _improver(self) -> dict[str, Any]:
        """Return what makers of labels by a policy alone are told, but for the instances."""
        given = self._given
        return by_policy(str(given.improved_by)) | {"rounds": given.rounds} | self._sizes()

    @abstractmethod
    def _shares(self, count: int) -> Iterator[Share]:
        """Yield what the ``count`` labels consist of."""

    @abstractmethod
    def _held_out_share(self) -> Share:
        """Return what the policy is validated on."""

    @abstractmethod
    def _hold_out(self, labels: Labels) -> tuple[Instances, np.ndarray]:
        """Return instances, and the lengths (I,) of their good solutions."""

    def validate(self, policy: Policy) -> dict[str, float]:
        """Return the mean gap of greedy solutions to good ones, in percent."""
        walks = greedy_walks(policy, self._held_out)  # type: ignore[arg-type]  # its only architecture
        return {"gap": 100.0 * float((walks.length / self._best).mean() - 1.0)}


class Counts(NamedTuple):
    """How many labels there are of each kind; those in pairs are uniform ones and others."""

    solved: tuple[int, int]
    improved: tuple[int, int]
    own: int


def count_labels(given: MixedParameters, count: int) -> Counts:
    """Return what ``count`` labels consist of.

    Examples
    --------
    >>> given = MixedParameters(own=0.4, begun_by="tsp", improved=0.2, improved_by="tsp")
    >>> count_labels(given, 100)
    Counts(solved=(20, 20), improved=(10, 10), own=40)
    """
    own = round(given.own * count)
    # Both may have been rounded up.
    improved = min(round(given.improved * count), count - own)
    solved = count - own - improved
    uniform, improved_uniform = round(given.uniform * solved), round(given.uniform * improved)
    return Counts((uniform, solved - uniform), (improved_uniform, improved - improved_uniform), own)


def by_policy(name: str) -> dict[str, Any]:
    """Return how makers of labels are told a policy: its name, and the digest of its weights."""
    # The name would not tell when the weights change.
    return {"weights": name, "digest": read_card(policy_folder(name)).sha256}


def _require_both(share: float, policy: str | None, labels: str, field: str) -> None:
    if (share > 0) != (policy is not None):
        raise InputError(f"expected with {labels} labels, and only then", where=f"task.{field}")
