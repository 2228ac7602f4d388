"""Steps of a walk, and how long walks are."""

from netroute.core.jit import kernel
from netroute.solvers.neural.routing._kernels.tables import distance


@kernel(_nrt=False)
def advance(tables, states, rows, chosen, by_depot, step, order, via):
    """Go to the node ``chosen[at]`` in each state ``rows[at]``, and note it in ``order``.

    ``by_depot``, uint8, says whether the vehicle is emptied before; it is noted in ``via``.
    ``step``, int64 (S,), counts the steps of each state.
    """
    for at in range(len(rows)):
        s = rows[at]
        node = chosen[at]
        last = states.number[s] - 1
        place = last
        for q in range(last + 1):
            if states.left[s, q] == node:
                place = q
                break
        states.left[s, place] = states.left[s, last]
        states.number[s] = last
        states.here[s] = node
        demand = tables.demand[states.instance[s], node]
        states.mass[s] -= demand
        if by_depot[at]:
            states.room[s] = 1.0
        states.room[s] -= demand
        order[s, step[s]] = node
        via[s, step[s]] = by_depot[at]
        step[s] += 1


@kernel(_nrt=False)
def walk_lengths(tables, instance, here, goal, number, order, via, length):
    """Fill ``length`` with those of walks from ``here`` by ``order[s, : number[s]]`` to ``goal``.

    Steps with ``via`` lead over the goal.
    """
    for s in range(len(instance)):
        b = instance[s]
        at = here[s]
        total = 0.0
        for q in range(number[s]):
            node = order[s, q]
            if via[s, q]:
                total += distance(tables, b, at, goal[s])
                at = goal[s]
            total += distance(tables, b, at, node)
            at = node
        length[s] = total + distance(tables, b, at, goal[s])
