"""Lower bounds on vehicle-routing costs, each with a certificate that `verify_bound` recomputes.

`ng` is the root node of a branch-cut-and-price method: `relaxation` (the integer problem that is
bounded), `pricing` (route generation), `master` (the linear programme), `capacity_cuts` (rows) and
`ng` (the loop). A search to optimality belongs beside it as ``branch_cut_price.py``: it needs arc
fixing by reduced costs in `pricing`, branching on edges as further changes of edge costs there,
limited-memory rank-1 cuts as further states of a label, and a tree around `ng`'s loop.
"""
