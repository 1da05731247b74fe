"""FEBRL's data sets as text with their truth."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from benchmarks.febrl import load_febrl


@pytest.mark.parametrize(("number", "records", "people"), [(3, 5000, 2000), (4, 10_000, 5000)])
def test_a_data_set_has_its_records_and_people(number, records, people):
    loaded = load_febrl(number)
    assert loaded.table.num_rows == len(loaded.person_id) == records
    assert len(np.unique(loaded.person_id)) == people
    assert set(loaded.table.schema.types) == {pa.string()}
    assert pc.count_distinct(loaded.table["record_id"]).as_py() == records


def test_missing_values_are_null_and_nothing_has_spaces_around_it():
    table = load_febrl(3).table
    assert table["street_number"].null_count > 0
    for column in table.columns:
        known = column.drop_null()
        assert known.equals(pc.utf8_trim_whitespace(known))
        assert not pc.any(pc.equal(known, "")).as_py()


def test_leading_noughts_stay_and_each_file_of_data_set_4_has_everybody_once():
    loaded = load_febrl(4)
    assert pc.any(pc.starts_with(loaded.table["postcode"], "0")).as_py()
    sources = loaded.table["source"].to_numpy()
    for source in ("A", "B"):
        mine = loaded.person_id[sources == source]
        assert len(np.unique(mine)) == len(mine) == 5000


def test_there_is_no_other_data_set():
    with pytest.raises(ValueError, match="Data set 1"):
        load_febrl(1)
