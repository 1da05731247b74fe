"""The reference pages say what the rules say."""

from pathlib import Path

import pytest

from linkage.products import reference_pages

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize(
    ("name", "written"),
    [("quality.md", reference_pages.quality_page), ("maturity.md", reference_pages.maturity_page)],
)
def test_the_reference_page_is_fresh(name, written) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == written()
