"""Instance generators and the catalogue of public benchmark suites."""

if __name__ != "netroute.datasets":
    raise ImportError("import this package as netroute.datasets; install it with: pip install -e .")
