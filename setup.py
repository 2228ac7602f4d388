"""Map the top-level rooms onto ``netroute.*``; everything else is in pyproject.toml."""

from setuptools import find_packages, setup

ROOTS = {
    "netroute": "netroute",
    "netroute.solvers": "solvers",
    "netroute.envs": "envs",
    "netroute.datasets": "datasets",
    "netroute.experiments": "experiments",
}

setup(
    package_dir=ROOTS,
    packages=[
        package
        for root, folder in ROOTS.items()
        for package in (root, *(f"{root}.{name}" for name in find_packages(folder)))
    ],
)
