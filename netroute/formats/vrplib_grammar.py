"""Keywords and sections of VRPLIB files."""

from netroute.formats.tsplib_scan import Grammar
from netroute.formats.tsplib_weights import WEIGHT_KEYWORDS, WEIGHT_SECTIONS

GRAMMAR = Grammar(
    name="vrplib",
    title="VRPLIB",
    keywords=(
        "NAME",
        "COMMENT",
        "TYPE",
        "DIMENSION",
        "CAPACITY",
        "DISTANCE",
        "VEHICLES",
        "SERVICE_TIME",
        *WEIGHT_KEYWORDS,
    ),
    sections=(
        *WEIGHT_SECTIONS,
        "DEMAND_SECTION",
        "DEPOT_SECTION",
        "SERVICE_TIME_SECTION",
        "TIME_WINDOW_SECTION",
    ),
)
