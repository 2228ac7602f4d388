"""Configuration, benchmark runner and result store."""

if __name__ != "netroute.experiments":
    raise ImportError(
        "import this package as netroute.experiments; install it with: pip install -e ."
    )
