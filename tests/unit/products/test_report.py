"""The page stands alone, reads well without sight, and names nobody."""

import itertools
import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from linkage import products
from linkage.products.maturity_rules import load_rules

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Outline(HTMLParser):
    """Checks nesting and gathers what the tests ask about."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.table_parts: list[set[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.table_parts.append(set())
        if "table" in self.open:
            self.table_parts[-1].add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    parser = Outline()
    parser.feed(page)
    parser.close()
    return parser


def test_every_element_is_closed_in_order(outline) -> None:
    assert outline.open == []


def test_the_page_needs_no_other_file_and_no_script(page, outline) -> None:
    names = {tag for tag, _ in outline.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed"}
    assert not [attributes for _, attributes in outline.tags if "src" in attributes]
    assert "http" not in page
    assert "@import" not in page
    assert "url(" not in page
    assert not [name for _, attributes in outline.tags for name in attributes if name.startswith("on")]


def test_links_lead_inside_the_page_or_to_the_validation_page(outline) -> None:
    ids = {attributes["id"] for _, attributes in outline.tags if "id" in attributes}
    links = {attributes["href"] for attributes in outline.named("a")}
    assert "../validation_report/validation.html" in links
    assert {link[1:] for link in links if link.startswith("#")} <= ids


def test_no_id_is_used_twice_and_every_label_is_there(outline) -> None:
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labels = {
        attributes["aria-labelledby"] for _, attributes in outline.tags if "aria-labelledby" in attributes
    }
    assert labels <= set(ids)


def test_every_table_has_a_caption_and_headings_with_scope(outline) -> None:
    assert len(outline.table_parts) >= 10
    assert all({"caption", "thead", "th"} <= parts for parts in outline.table_parts)
    assert all(heading.get("scope") in {"col", "row"} for heading in outline.named("th"))


def test_bars_are_hidden_from_readers_that_have_the_number(outline) -> None:
    bars = [a for a in outline.named("div") if a.get("class") == "bar"]
    assert bars
    assert all(bar.get("aria-hidden") == "true" for bar in bars)


def test_headings_never_skip_a_level(outline) -> None:
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_page_names_nobody(page) -> None:
    assert "CANARY" not in page


def test_text_from_a_table_is_never_markup(figures, scores, run_header, council) -> None:
    reasons = council.quarantine.assign(reason="<script>x</script>")
    page = products.report_page(figures, scores, run=run_header, quarantine=reasons)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_page_shows_the_headline_figures_and_what_accuracy_means(page) -> None:
    for expected in ("2,388", "1,190", "97.1%", "93.0%", "Measured against known truth", "1 October 2026"):
        assert expected in page


def test_each_theme_has_exactly_one_level_reached(page) -> None:
    assert page.count('class="reached"') == len(load_rules().themes)


def test_without_truth_the_page_says_so(council, scores, run_header) -> None:
    page = products.report_page(council.figures(accuracy=None), scores, run=run_header)
    assert "Precision and recall were not measured" in page
    assert "97.1%" not in page


def test_a_page_of_figures_and_scores_alone_still_gives_rule_and_evidence(
    figures, scores, run_header
) -> None:
    page = products.report_page(figures, scores, run=run_header)
    assert "The lowest level of its parts." in page
    assert "self-declared by the" in page


def test_the_same_run_gives_the_same_page(council, figures, scores, run_header) -> None:
    shuffled = council.figures(
        records=council.records.sample(frac=1, random_state=1),
        clusters=council.clusters.sample(frac=1, random_state=2),
    )
    pages = [products.report_page(f, scores, run=run_header) for f in (figures, shuffled)]
    assert pages[0] == pages[1]


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_stands_out_from_its_background(page) -> None:
    """WCAG 2.2 AA: 4.5 to 1, for every style that sets both colours and for the inks on the papers."""
    variables = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", page))
    pairs = [
        (variables[ink], variables[paper])
        for ink in ("ink", "quiet", "blue", "dark")
        for paper in ("paper", "shade")
    ]
    css = re.sub(r"var\(--(\w+)\)", lambda match: variables[match[1]], page[: page.index("</style>")])
    for body in re.findall(r"\{([^{}]*)\}", css):
        ink = re.search(r"(?<![-\w])color: (#[0-9a-f]{6})", body)
        paper = re.search(r"background: (#[0-9a-f]{6})", body)
        if ink and paper:
            pairs.append((ink[1], paper[1]))
    assert len(pairs) > 12
    for ink, paper in pairs:
        light, dark = sorted((_luminance(ink), _luminance(paper)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)


def test_quality_json_survives_a_round_trip(council, figures, scores, run_header) -> None:
    document = products.quality_json(
        figures, scores, run=run_header, quarantine=council.quarantine, stage_seconds={"link": 1.5}
    )
    again = json.loads(json.dumps(document, allow_nan=False))
    assert again == document
    assert len(again["figures"]) == len(figures)
    assert [theme["theme"] for theme in again["maturity"]["themes"]] == list(load_rules().themes)
    assert again["maturity"]["overall"]["level"] in (1, 2, 3)
    assert again["run"]["snapshot_date"] == "2026-10-01"
    assert again["quarantine"][2]["column"] is None


def test_quality_json_of_figures_and_scores_alone_has_no_empty_places(figures, scores) -> None:
    assert set(products.quality_json(figures, scores)) == {"figures", "maturity"}


def test_the_json_names_nobody(figures, scores) -> None:
    assert "CANARY" not in json.dumps(products.quality_json(figures, scores))


def test_a_page_can_be_made_of_a_run_that_received_nothing(council, scores, run_header) -> None:
    nothing = council.figures(
        source_counts=council.source_counts.head(0),
        records=council.records.head(0),
        clusters=council.clusters.head(0),
        checks=council.checks.head(0),
        accuracy=None,
    )
    page = products.report_page(
        nothing, scores, run=run_header, quarantine=pd.DataFrame(council.quarantine).head(0)
    )
    assert "<h1>" in page
