"""The validation page: what it shows, and that it shows no cell and loads nothing."""

import re
from datetime import date
from html.parser import HTMLParser

import pytest

from expectations import validate_source
from expectations.page import summarise, validation_page

CANARY = "Zebedee Quillfeather"
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Outline(HTMLParser):
    """Tags with their attributes, and a check that they are nested."""

    def __init__(self):
        super().__init__()
        self.tags, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def page(contract_of, raw_of, context_of, rule_of):
    contract = contract_of(
        {
            "nino": [rule_of("nino")],
            "kind": [rule_of("in_set", "reject", values=["A"])],
            "postcode": [rule_of("postcode", "warn")],
        }
    )
    good = raw_of({"nino": ["ZZ123456A"] * 2, "kind": ["A", "A"], "postcode": ["NX1 1AA", CANARY]})
    bad = raw_of({"nino": [CANARY, None], "kind": [CANARY, "A"], "postcode": [CANARY, None]})
    summaries = [
        summarise("libraries", validate_source(good, contract, context_of())),
        summarise("parking_permits", validate_source(bad, contract, context_of())),
    ]
    return validation_page(summaries, run_id="2026-08-01-abc", snapshot_date=date(2026, 8, 1))


def test_the_page_shows_no_cell(page):
    assert CANARY not in page
    assert "Zebedee" not in page


def test_the_page_loads_nothing_and_runs_nothing(page):
    outline = Outline()
    outline.feed(page)
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in outline.tags}
    assert re.findall(r"https?://|url\(|@import|javascript:", page) == []


def test_the_page_is_well_formed_and_every_link_has_its_target(page):
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    ids = {attributes["id"] for _, attributes in outline.tags if "id" in attributes}
    links = {attributes["href"][1:] for tag, attributes in outline.tags if tag == "a"}
    assert links <= ids


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(page):
    outline = Outline()
    outline.feed(page)
    tags = [tag for tag, _ in outline.tags]
    assert tags.count("caption") == tags.count("table") == 3
    assert all("scope" in attributes for tag, attributes in outline.tags if tag == "th")
    assert dict(outline.tags)["html"]["lang"] == "en-GB"


def test_the_worst_source_and_the_worst_fault_come_first(page):
    headings = re.findall(r"<h2[^>]*>([^<]*)", page)
    assert headings == ["Parking permits", "Libraries"]
    section = page[page.index("<h2") :]
    assert section.index("Rejects the file") < section.index("Quarantines the row") < section.index("Warns")
    assert "The gate is closed" in page


def test_a_run_without_faults_says_so(contract_of, raw_of, context_of):
    summary = summarise("libraries", validate_source(raw_of({"ref": ["A"]}), contract_of({}), context_of()))
    text = validation_page([summary], run_id="r", snapshot_date=date(2026, 8, 1))
    assert "The gate is open" in text
    assert "No check found a fault" in text


def test_names_are_escaped():
    text = validation_page([], run_id="<b>&", snapshot_date=date(2026, 8, 1))
    assert "<b>" not in text
