"""The registry's entry for one problem: where its parts are, imported on use."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from netroute.core.errors import InputError, NetrouteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def resolve(path: str) -> Any:
    """Import what a dotted path ``package.module:name`` names.

    Examples
    --------
    >>> resolve("math:floor")(2.5)
    2
    """
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem by name; all parts are dotted paths.

    Attributes
    ----------
    name, family, title : str
        Command-line name, room name, and a line for people.
    sense : str
        ``min`` or ``max``.
    instance, solution : str
        The family's types.
    check : str
        ``check(instance, solution) -> Evaluation``, the independent checker.
    verify_bound : str
        ``verify_bound(instance, certificate: dict) -> float``, recomputes a bound.
    solvers, bounds, generators, plots : mapping
        Name to dotted path.
    comparisons : mapping
        Plots of several results: name to dotted path of ``draw(instance, results, path)``.
    default_solver : str
        What ``--solver`` means when it is not given.
    default_bound : str
        ``rule(instance) -> str``: the bound method when ``--bound`` is not given.
    features : frozenset of str
        Instance features that belong to this problem; another one needs another problem name.
    describe : str or None
        ``describe(instance) -> dict``: figures for `netroute info`; ``brief`` is one line and
        ``costs`` the convention that is printed beside a cost.
    summary : str or None
        ``summary(metrics) -> dict``: what people want to know of a solution first, as texts.
    reasons : str or None
        ``reasons(instance, solution, certificate) -> dict``: why parts of the instance were left
        out of a solution, by their names; the certificate is a bound's, or None.
    environment : str or None
        Gymnasium id.
    warmup : str or None
        ``warmup()``: compiles the kernels of all solvers and bound methods.
    """

    name: str
    family: str
    title: str
    sense: Literal["min", "max"]
    instance: str
    solution: str
    check: str
    solvers: Mapping[str, str]
    default_solver: str
    features: frozenset[str]
    verify_bound: str | None = None
    bounds: Mapping[str, str] = field(default_factory=dict)
    default_bound: str | None = None
    generators: Mapping[str, str] = field(default_factory=dict)
    plots: Mapping[str, str] = field(default_factory=dict)
    comparisons: Mapping[str, str] = field(default_factory=dict)
    describe: str | None = None
    summary: str | None = None
    reasons: str | None = None
    environment: str | None = None
    warmup: str | None = None

    @property
    def noun(self) -> str:
        """What the objective is called: costs are to be low, values high."""
        return "cost" if self.sense == "min" else "value"

    def solver(self, name: str | None = None) -> Any:
        """Return the solver class called ``name`` (the default one without a name)."""
        from netroute.core.registry import plugin_solvers

        wanted = name or self.default_solver
        plugins = plugin_solvers(self.name)
        path = _pick("solver", wanted, {**plugins, **self.solvers}, self.name)
        try:
            return resolve(path)
        except (ImportError, AttributeError) as error:
            if wanted in self.solvers:
                raise
            raise NetrouteError(
                f"the installed plug-in solver {wanted!r} ({path}) cannot be loaded: {error}"
            ) from error

    def bound(self, name: str) -> Any:
        """Return the bound method class called ``name``."""
        return resolve(_pick("bound", name, self.bounds, self.name))

    def require_bound(self, name: str) -> None:
        """Raise `InputError` if no bound method is called ``name``; nothing is imported."""
        _pick("bound", name, self.bounds, self.name)

    def generator(self, name: str) -> Any:
        """Return the generator function called ``name``."""
        return resolve(_pick("generator", name, self.generators, self.name))

    def plot(self, name: str) -> Any:
        """Return the plot function called ``name``, be it of one result or of several."""
        return resolve(_pick("plot", name, {**self.plots, **self.comparisons}, self.name))


def _pick(what: str, name: str, known: Mapping[str, str], problem: str) -> str:
    if name not in known:
        raise unknown_name(what, name, known, where=problem)
    return known[name]


def unknown_name(
    what: str, name: str, known: Iterable[str], *, where: str | None = None
) -> InputError:
    """Return the error for a name that is not in a registry, with the closest one as a hint."""
    from difflib import get_close_matches

    names = list(known)
    close = get_close_matches(name, names, n=1)
    return InputError(
        f"unknown {what} {name!r}, expected one of: {', '.join(names) or 'none'}",
        code=f"registry.{what}",
        where=where,
        hint=f"did you mean {close[0]!r}?" if close else None,
    )
