"""Solvers of every family: exact, heuristic and peers."""

if __name__ != "netroute.solvers":
    raise ImportError("import this package as netroute.solvers; install it with: pip install -e .")
