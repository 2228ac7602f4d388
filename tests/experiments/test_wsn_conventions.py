"""The table of conventions that the guide shows."""

from __future__ import annotations

import re

import pytest

from netroute.experiments.wsn_conventions import CONVENTIONS, main, table


def test_table_has_a_row_for_each_convention():
    lines = list(table("direct", fields=2, settings=("edge", "far")))
    assert lines[:2] == ["| direct | edge | far |", "| --- | --- | --- |"]
    assert len(lines) == 2 + len(CONVENTIONS)
    cells = [re.findall(r"(\d+) / (\d+) / (\d+)", line) for line in lines[2:]]
    assert {len(row) for row in cells} == {2}
    assert all(int(a) <= int(b) <= int(c) for row in cells for a, b, c in row)
    plain, silent, late = (cells[list(CONVENTIONS).index(name)] for name in (
        "none of these", "`headless`: silent", "`death_test`: end"
    ))  # fmt: skip
    assert plain == silent != late
    assert int(plain[1][0]) < int(plain[0][0])


def test_command(capsys):
    main(["direct", "--fields", "1"])
    assert capsys.readouterr().out.startswith("| direct | centre | edge | far |")
    with pytest.raises(SystemExit):
        main(["direct", "--fields", "few"])
