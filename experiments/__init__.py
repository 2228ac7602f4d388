"""Configuration, benchmark runner, result store and the training of policies."""

if __name__ != "netroute.experiments":
    raise ImportError(
        "import this package as netroute.experiments; install it with: pip install -e ."
    )
