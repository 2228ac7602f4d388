"""Settings of fields that studies use, by name."""

from __future__ import annotations

from typing import Any

_COMMON: dict[str, Any] = {
    "nodes": 100,
    "field": "100,100",
    "base_station": "50,50",
    "layout": "uniform",
    "energy": 0.5,
}

SETTINGS: dict[str, dict[str, Any]] = {
    "centre": {},
    "edge": {"base_station": "50,100"},
    "far": {"base_station": "50,175"},
    "leach": {
        "field": "50,50",
        "base_station": "0,-100",
        "message_bits": 2000,
        "free_space": 100e-12,
        "multipath": 0.0,
    },
    "pegasis": {
        "field": "50,50",
        "base_station": "25,150",
        "message_bits": 2000,
        "free_space": 100e-12,
        "multipath": 0.0,
        "routing": "tree",
    },
    "sep": {"advanced": 0.2, "advanced_extra": 3.0, "headless": "silent"},
    "edeec": {
        "advanced": 0.5,
        "advanced_extra": 1.5,
        "super_share": 0.4,
        "super_extra": 3.0,
        "headless": "silent",
    },
    "teen": {"hard_threshold": 100.0, "soft_threshold": 2.0},
}
"""Name to what differs from 100 nodes of 0.5 J on 100 by 100 m, base station in the centre.

``centre``, ``edge`` and ``far`` are the three stations of most studies since LEACH-C. ``leach``: W.
Heinzelman, A. Chandrakasan, H. Balakrishnan, HICSS 2000. ``pegasis``: S. Lindsey and C. S.
Raghavendra, IEEE Aerospace Conference 2002. ``sep``: G. Smaragdakis, I. Matta, A. Bestavros, SANPA
2004. ``edeec``: P. Saini, A. K. Sharma, PDGC 2010. ``teen``: A. Manjeshwar, D. P. Agrawal, IPDPS
2001; it gives no positions or energies.
"""


def setting(name: str) -> dict[str, Any]:
    """Return all options of a setting.

    Examples
    --------
    >>> setting("far")["base_station"], setting("leach")["message_bits"]
    ('50,175', 2000)
    """
    return _COMMON | SETTINGS[name]
