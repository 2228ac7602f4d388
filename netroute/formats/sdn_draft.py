"""A network on its way from a file of any format to an instance."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import InputError
from netroute.formats.sdn_flows import draw_flows, make_flows
from netroute.formats.sdn_places import fill, lengths
from netroute.problems.sdn.instance import SdnInstance
from netroute.problems.sdn.validate import LARGEST

if TYPE_CHECKING:
    from netroute.formats.sdn_options import SdnOptions


class Link(NamedTuple):
    """Ends, capacity (0: the file states none), modules, delay if stated, and place in the file."""

    tail: int
    head: int
    capacity: float
    modules: tuple[float, ...]
    delay: float | None
    place: str


class Demand(NamedTuple):
    """Name, ends, amount > 0 in the file's unit, limit of hops (0: none), and place in the file."""

    name: str | None
    source: int
    target: int
    amount: float
    hops: int
    place: str


class Draft:
    """Collects nodes, links and demands; every fault is told with its place in the file.

    Parameters
    ----------
    where : str
        The file.
    name : str
        Of the instance.
    directed : bool, optional
        Whether a link is one arc or two; without it links are directed if each one comes with one
        in the other direction.
    geographic : bool, optional
        Whether positions are degrees of longitude and latitude; without it they are if all of them
        could be.
    """

    def __init__(
        self,
        where: str,
        name: str,
        *,
        directed: bool | None = None,
        geographic: bool | None = None,
    ) -> None:
        self.where = where
        self.name = name
        self.directed = directed
        self.geographic = geographic
        self.nodes: list[str] = []
        self.positions: list[tuple[float, float] | None] = []
        self.links: list[Link] = []
        self.demands: list[Demand] = []
        self._numbers: dict[str, int] = {}
        self._names: set[tuple[str, str]] = set()

    def fail(self, place: str, message: str, hint: str | None = None) -> InputError:
        """Return the error for a place in the file."""
        return InputError(message, code="sdn.file", where=place, hint=hint)

    def add_node(
        self, key: str, position: tuple[float, float] | None, place: str, name: str | None = None
    ) -> None:
        """Add a node that links and demands call ``key``.

        A name that another node has already is made different by the key.
        """
        if key in self._numbers:
            raise self.fail(place, f"found node {key[:40]!r} a second time, expected another id")
        if position is not None and max(map(abs, position)) > LARGEST:
            expected = f"numbers from {-LARGEST} to {LARGEST}"
            raise self.fail(place, f"found position {position}, expected {expected}")
        own = name or key
        while ("node", own) in self._names:
            own = f"{own} ({key})"
        self._names.add(("node", own))
        self._numbers[key] = len(self.nodes)
        self.nodes.append(own)
        self.positions.append(position)

    def add_link(
        self,
        tail: str,
        head: str,
        place: str,
        *,
        capacity: float = 0.0,
        modules: tuple[float, ...] = (),
        delay: float | None = None,
        name: str | None = None,
    ) -> None:
        """Add a link; a name must be new among links."""
        self._new("link", name, place)
        ends = self._ends("link", tail, head, place)
        sizes = (capacity, *modules)
        for what, value in (("capacity", max(sizes)), ("capacity", min(sizes)), ("delay", delay)):
            if value is not None and not 0 <= value <= LARGEST:
                expected = f"a number from 0 to {LARGEST}"
                raise self.fail(place, f"found {what} {value:g}, expected {expected}")
        self.links.append(Link(*ends, capacity, modules, delay, place))

    def add_demand(
        self,
        source: str,
        target: str,
        amount: float,
        place: str,
        *,
        hops: int = 0,
        name: str | None = None,
    ) -> None:
        """Add a demand; one of nothing is left out. A name must be new among demands."""
        self._new("demand", name, place)
        ends = self._ends("demand", source, target, place)
        if not 0 <= amount <= LARGEST:
            expected = f"a number from 0 to {LARGEST}"
            raise self.fail(place, f"found a demand of {amount:g}, expected {expected}")
        if amount > 0:
            self.demands.append(Demand(name, *ends, amount, hops, place))

    def _new(self, what: str, name: str | None, place: str) -> None:
        if name is None:
            return
        if (what, name) in self._names:
            raise self.fail(place, f"found {what} {name[:40]!r} a second time, expected another id")
        self._names.add((what, name))

    def _ends(self, what: str, first: str, second: str, place: str) -> tuple[int, int]:
        found = []
        for key in (first, second):
            if key not in self._numbers:
                close = get_close_matches(key[:40], list(self._numbers)[:1000], n=1)
                raise self.fail(
                    place,
                    f"unknown node {key[:40]!r}, expected one of the {len(self.nodes)} nodes",
                    f"did you mean {close[0]!r}?" if close else None,
                )
            found.append(self._numbers[key])
        if found[0] == found[1]:
            raise self.fail(
                place, f"the {what} leads from node {first[:40]!r} to itself, expected two nodes"
            )
        return found[0], found[1]

    def instance(self, options: SdnOptions) -> SdnInstance:
        """Put everything together.

        Raises
        ------
        InputError
            A link without a capacity, or no demands and no ``flows``.
        """
        if not self.nodes:
            raise self.fail(self.where, "found no nodes, expected at least one")
        stated = [self._capacity(link, options) for link in self.links]
        both = not self._is_directed()
        tail, head = self._columns(both)
        units = np.floor(np.array(stated) / options.unit + 1e-9)
        wrong = (units < 1) | (units > LARGEST)
        if wrong.any():
            link = int(np.argmax(wrong))
            raise self.fail(
                self.links[link].place,
                f"found capacity {stated[link]:g}, expected 1 to {LARGEST} times the unit "
                f"{options.unit:g}",
            )
        capacity = units.astype(np.int64)
        position = fill(self.positions, tail, head)
        delay = self._delays(position)
        twice = 2 if both else 1
        if self.demands:
            flows = make_flows(self.demands, options, min(stated, default=1.0), self.where)
        else:
            flows = draw_flows(len(self.nodes), options, min(stated, default=1.0), self.where)
        try:
            instance = SdnInstance(
                name=self.name + options.suffix(),
                nodes=self.nodes,
                tail=tail,
                head=head,
                capacity=np.repeat(capacity, twice),
                delay=np.repeat(delay, twice),
                position=position,
                **flows,
            )
        except InputError as error:
            raise error.at(self.where) from None
        return options.apply(instance)

    def _is_directed(self) -> bool:
        if self.directed is not None:
            return self.directed
        ends = sorted((link.tail, link.head) for link in self.links)
        return bool(ends) and ends == sorted((head, tail) for tail, head in ends)

    def _columns(self, both: bool) -> tuple[np.ndarray, np.ndarray]:
        ends = np.array([(link.tail, link.head) for link in self.links], np.int64).reshape(-1, 2)
        if both:
            ends = np.stack([ends, ends[:, ::-1]], axis=1).reshape(-1, 2)
        return ends[:, 0], ends[:, 1]

    def _capacity(self, link: Link, options: SdnOptions) -> float:
        if link.capacity > 0:
            return link.capacity
        if not isinstance(options.capacity, str):
            return options.capacity
        if not link.modules:
            raise self.fail(
                link.place,
                "found no capacity of the link, expected one",
                "the read option capacity=NUMBER gives one to all such links",
            )
        return (max if options.capacity == "largest" else min)(link.modules)

    def _delays(self, position: np.ndarray | None) -> np.ndarray:
        """Delay of each link: as stated, else by its length."""
        stated = [link.delay for link in self.links]
        ends = np.array([(link.tail, link.head) for link in self.links], np.int64).reshape(-1, 2)
        if position is None or None not in stated:
            return np.array([delay or 0.0 for delay in stated])
        measured = lengths(position[ends[:, 0]], position[ends[:, 1]], self._is_geographic())
        pairs = zip(stated, measured.tolist(), strict=True)
        return np.array([length if delay is None else delay for delay, length in pairs])

    def _is_geographic(self) -> bool:
        if self.geographic is not None:
            return self.geographic
        known = [position for position in self.positions if position is not None]
        return all(abs(x) <= 180 and abs(y) <= 90 for x, y in known)
