"""The open data as it is written: rounded, hidden where it must be, described, and safe to open."""

import csv
import io
import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from linkage.contracts import load_contracts
from linkage.outcomes.open_data import open_data
from linkage.outcomes.open_data.cells import count_cells
from linkage.outcomes.open_data.counted import counted_households, counted_residents
from linkage.outcomes.open_data.release import hidden_before, published, rounded
from linkage.outcomes.open_data.suppression import suppress
from linkage.outcomes.open_data.writing import COLUMNS, files_of, formula_safe
from linkage.outcomes.view import View
from linkage.schema import ADDRESS, CROSSWALK, HOUSEHOLD, RESIDENCE, RESIDENT, Table
from linkage.settings import PACKAGED_CONTRACTS
from tests.unit.outcomes.areas import RULES, THRESHOLD, a_council
from tests.unit.outcomes.views import a_view as an_index

DAY = date(2026, 10, 1)


def a_release(seed: int = 1, **sizes: int) -> pd.DataFrame:
    cells = a_council(seed, **sizes).cells()
    return published(cells, suppress(cells, THRESHOLD), RULES, run_id="r")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("base", [3, 5, 10])
def test_a_count_is_rounded_to_the_nearest(base: int) -> None:
    counts = pd.Series(range(200))
    found = rounded(counts, base)
    assert (found % base == 0).all()
    assert (found - counts).abs().max() <= base // 2


def test_every_shown_figure_is_rounded_and_none_is_small() -> None:
    release = a_release(homes=300)
    shown = release["value"].dropna()
    assert release["is_suppressed"].any()
    assert (shown % RULES.rounding.base == 0).all()
    assert shown.min() >= THRESHOLD
    assert release["value"].isna().eq(release["is_suppressed"]).all()


def test_an_index_of_nobody_hides_every_count_and_breaks_nothing() -> None:
    assert open_data(an_index())["is_suppressed"].all()


def test_what_a_release_hid_is_found_again_in_the_next() -> None:
    cells = a_council(1).cells()
    hidden = suppress(cells, THRESHOLD)
    release = published(cells, hidden, RULES, run_id="r")
    assert (hidden_before(cells, release, RULES) == (hidden & cells.frame["is_shown"].to_numpy())).all()
    assert not hidden_before(cells, release.iloc[:0], RULES).any()


def test_every_file_has_metadata_that_names_its_columns() -> None:
    files = files_of(a_release(), snapshot_date=DAY, rules=RULES)
    for name in RULES.datasets:
        rows, metadata = rows_of(files[f"{name}.csv"]), json.loads(files[f"{name}.csv-metadata.json"])
        assert metadata["@context"][0] == "http://www.w3.org/ns/csvw"
        assert metadata["url"] == f"{name}.csv"
        named = [column["name"] for column in metadata["tableSchema"]["columns"]]
        assert named == list(COLUMNS) == list(rows[0])
        keys = [tuple(row[column] for column in metadata["tableSchema"]["primaryKey"]) for row in rows]
        assert len(set(keys)) == len(keys)
        assert all((row["count"] == "") == (row["status"] == "hidden") for row in rows)


def test_the_catalogue_names_every_file_the_licence_and_the_publisher_and_says_what_was_done() -> None:
    files = files_of(a_release(), snapshot_date=DAY, rules=RULES)
    catalogue = json.loads(files["catalog.jsonld"])
    named = {dataset["dcat:distribution"]["dcat:downloadURL"]["@id"] for dataset in catalogue["dcat:dataset"]}
    assert named == {name for name in files if name.endswith(".csv")}
    assert catalogue["dct:publisher"]["foaf:name"] == "The council"
    assert "no figure is about fewer than 10 people" in catalogue["dct:description"]
    assert "Nobody" not in catalogue["dct:description"]
    assert "open-government-licence/version/3" in catalogue["dct:license"]["@id"]


def test_no_cell_is_a_formula() -> None:
    texts = pd.Series(["=1+1", "+44", "-2", "@x", "\tx", "Ward", "0 to 15"])
    assert formula_safe(texts).tolist() == ["'=1+1", "'+44", "'-2", "'@x", "'\tx", "Ward", "0 to 15"]


def a_view(**changed: pd.DataFrame) -> View:
    """Three residents of one home: one dead, one known to the benefits extract only, one counted."""
    ids = ["R1", "R2", "R3"]
    tables = {
        RESIDENCE.name: pd.DataFrame({"resident_id": ids, "uprn": "1", "stay": 1, "is_current": True}),
        RESIDENT.name: pd.DataFrame(
            {
                "resident_id": ids,
                "birth_date": pd.to_datetime(["2010-10-02", None, None]),
                "death_date": pd.to_datetime([None, "2026-01-01", None]),
            }
        ),
        CROSSWALK.name: pd.DataFrame(
            {
                "record_id": ["a", "b", "c", "d"],
                "resident_id": ["R1", "R1", "R2", "R3"],
                "source": ["libraries", "libraries", "council_tax", "national_benefits"],
            }
        ),
        ADDRESS.name: pd.DataFrame({"uprn": ["1"], "postcode": ["NX1 4AB"], "ward": ["Abbots"]}),
        HOUSEHOLD.name: pd.DataFrame({"household_id": ["H"], "uprn": ["1"], "kind": ["family"]}),
        **changed,
    }

    def read(table: Table) -> pd.DataFrame:
        return tables[table.name]

    return View("r", DAY, "england", load_contracts(PACKAGED_CONTRACTS), read)


def test_only_the_living_whom_a_source_for_statistics_knows_are_counted() -> None:
    view = a_view()
    residents = counted_residents(view, RULES)
    assert residents.to_dict("records") == [
        {
            "uprn": "1",
            "ward": "Abbots",
            "outward_postcode": "NX1",
            "age_band": "0 to 15",
            "services": "1 service",
        }
    ]
    (home,) = counted_households(view, residents, RULES).to_dict("records")
    assert (home["size_band"], home["kind"]) == ("1 person", "One person")


def test_somebody_without_a_current_address_is_in_no_count() -> None:
    hidden = pd.DataFrame({"resident_id": ["R1"], "uprn": ["1"], "stay": [1], "is_current": [False]})
    assert counted_residents(a_view(**{RESIDENCE.name: hidden}), RULES).empty


def test_an_index_of_nobody_is_published_as_hidden() -> None:
    view = a_view(**{RESIDENCE.name: a_view().read(RESIDENCE).iloc[:0]})
    residents = counted_residents(view, RULES)
    cells = count_cells(residents, counted_households(view, residents, RULES), RULES)
    release = published(cells, suppress(cells, THRESHOLD), RULES, run_id="r")
    assert release["is_suppressed"].all()
    assert np.isnan(release["value"].astype(float)).all()
