"""Many colours that are easy to tell apart where they meet."""

from __future__ import annotations

import math

GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)
_LIGHTNESS = (0.60, 0.48, 0.70)
_CHROMA = (0.16, 0.15, 0.14)


def distinct(count: int) -> list[tuple[float, float, float]]:
    """Return ``count`` colours (red, green, blue from 0 to 1); neighbours in the list differ most.

    Hues advance by the golden ratio and three levels of lightness alternate, in the OKLCH space
    (B. Ottosson, A perceptual color space for image processing, 2020), where equal steps look
    equally large.

    Examples
    --------
    >>> len(set(distinct(100)))
    100
    """
    return [
        _oklch(_LIGHTNESS[i % 3], _CHROMA[i % 3], 2.0 * math.pi * ((0.07 + i * GOLDEN) % 1.0))
        for i in range(count)
    ]


def _oklch(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _gamma(value: float) -> float:
    value = min(1.0, max(0.0, value))
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1.0 / 2.4) - 0.055
