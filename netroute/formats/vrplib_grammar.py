"""Keywords and sections of VRPLIB files."""

from netroute.formats.tsplib_scan import Grammar

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
        "EDGE_WEIGHT_TYPE",
        "EDGE_WEIGHT_FORMAT",
        "NODE_COORD_TYPE",
        "DISPLAY_DATA_TYPE",
        "ROUNDING",
    ),
    sections=(
        "NODE_COORD_SECTION",
        "DISPLAY_DATA_SECTION",
        "EDGE_WEIGHT_SECTION",
        "DEMAND_SECTION",
        "DEPOT_SECTION",
        "SERVICE_TIME_SECTION",
        "TIME_WINDOW_SECTION",
    ),
)
