"""The page that needs no other file."""

from __future__ import annotations

import base64
from html.parser import HTMLParser

import pytest

from netroute.experiments.html import to_html
from netroute.experiments.tables import markdown


class Outline(HTMLParser):
    """Collects texts by tag, and complains of tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.images: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.images.append(dict(attrs)["src"])
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip() and self.open:
            self.texts.setdefault(self.open[-1], []).append(data)


def read(page: str) -> Outline:
    outline = Outline()
    outline.feed(page)
    outline.close()
    assert outline.open == []
    return outline


def test_all_that_reports_are_made_of(tmp_path) -> None:
    (tmp_path / "plot.png").write_bytes(b"picture")
    table = markdown(["solver", "gap"], [["a|b <c>", "**1.5**"], ["two\nlines", "–"]])
    text = f"# A & B\n\nOne **two** `code`.\n\n## More\n\n{table}\n\n- x\n- y\n\n![plot](plot.png)"
    found = read(to_html(text, tmp_path))
    assert found.texts["h1"] == found.texts["title"] == ["A & B"]
    assert found.texts["h2"] == ["More"]
    assert found.texts["th"] == ["solver", "gap"]
    assert found.texts["td"] == ["a|b <c>", "two lines", "–"]
    assert found.texts["strong"] == ["two", "1.5"]
    assert found.texts["code"] == ["code"]
    assert found.texts["li"] == ["x", "y"]
    [image] = found.images
    assert base64.b64decode(image.partition(",")[2]) == b"picture"


def test_markup_in_names_stays_text(tmp_path) -> None:
    page = to_html('# <script>alert("x")</script>\n\na <b> & c', tmp_path)
    assert "<script" not in page
    assert read(page).texts["p"] == ["a <b> & c"]


def test_a_table_whose_rows_differ_is_a_defect(tmp_path) -> None:
    with pytest.raises(ValueError, match="zip"):
        to_html("| a | b |\n| :-- | --: |\n| 1 |", tmp_path)
