"""Gymnasium environments."""

if __name__ != "netroute.envs":
    raise ImportError("import this package as netroute.envs; install it with: pip install -e .")
