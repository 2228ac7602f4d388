"""Lets ``python -m netroute`` work like ``netroute``."""

import sys

from netroute.cli import main

if __name__ == "__main__":
    sys.exit(main())
