"""How far a search is within its budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder


def spent_share(recorder: Recorder, *, round_length: int) -> float:
    """Share of the budget used up, from 0 to 1, by the tighter of seconds and iterations.

    A budget that has neither is worked in rounds of ``round_length`` iterations each.
    """
    budget = recorder.budget
    shares = []
    if budget.seconds is not None:
        shares.append(recorder.clock.elapsed() / budget.seconds)
    if budget.iterations is not None:
        shares.append(recorder.iterations / max(1, budget.iterations))
    if not shares:
        shares.append(recorder.iterations % round_length / round_length)
    return min(1.0, max(shares))
