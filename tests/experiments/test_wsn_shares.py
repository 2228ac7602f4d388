"""Shares of the bound from a benchmark's table."""

from __future__ import annotations

import pytest

from netroute.core.errors import InputError
from netroute.experiments.wsn_shares import main

HEADER = "budget,instance,label,reference,origin,median_gap_percent\n"
ROWS = """1 s,far-n100-s1,leach,1000,proven bound,30
1 s,far-n100-s2,leach,1000,proven bound,40
1 s,far-n100-a20x3-s1,leach,1000,proven bound,50
1 s,far-n100-s1,dual-price,1000,proven bound,1.25
"""


def test_means_by_kind_of_field_best_first(tmp_path, capsys):
    (tmp_path / "instances.csv").write_text(HEADER + ROWS)
    main([str(tmp_path)])
    assert capsys.readouterr().out.splitlines() == [
        "| % of the bound | far-n100 | far-n100-a20x3 |",
        "| --- | --- | --- |",
        "| `dual-price` | 98.8 | – |",
        "| `leach` | 65.0 | 50.0 |",
    ]


@pytest.mark.parametrize("text", [None, "a,b\n1,2\n", HEADER + "1 s,x,leach,1,y,much\n"])
def test_other_folders(tmp_path, text):
    if text is not None:
        (tmp_path / "instances.csv").write_text(text)
    with pytest.raises(InputError, match=r"instances\.csv: (cannot be read|is no table)"):
        main([str(tmp_path)])
