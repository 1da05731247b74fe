"""Docs that cannot rot."""

import re
from pathlib import Path

import pytest

from service.reference_pages import FOLDER, PAGES

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PLACE = re.compile(
    r"`((?:docs|linkage|tests|expectations|pipeline|service|dags|sample_data|rehearsal)/[\w./*-]+?)`"
)


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "sample_data").glob("*.md")]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [
        t.split("#")[0] for t in LINK.findall(page.read_text()) if not t.startswith(("http", "mailto", "#"))
    ]
    assert [t for t in targets if t and not (page.parent / t).exists()] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    named = [place for place in PLACE.findall(page.read_text()) if "*" not in place]
    assert [place for place in named if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("file_name", sorted(PAGES))
def test_reference_pages_are_fresh(file_name: str) -> None:
    assert (FOLDER / file_name).read_text() == PAGES[file_name](), "run `make reference`"


def test_every_decision_has_its_five_parts() -> None:
    parts = ("**Status:**", "**Decision.**", "**Considered and set aside.**")
    lacking = [
        p.name for p in (ROOT / "docs/adr").glob("*.md") if any(part not in p.read_text() for part in parts)
    ]
    assert lacking == []
