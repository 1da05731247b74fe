"""Records of which little is known give a model that can be stored, and priors that follow what is known."""

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.people import simulate_people
from linkage.engine.linking import Linked, link_records
from linkage.engine.model import read_model, write_model
from linkage.engine.spec import parse_spec

COLUMNS = {k: k for k in ("forename", "surname", "birth_date", "sex", "address", "postcode")}
SPEC = parse_spec({"record_id": "record_id", "columns": COLUMNS}, "test")


def blanked(table: pa.Table, names: tuple[str, ...], known: int) -> pa.Table:
    """The table with some columns known in its first records only, in all of them together."""
    for name in names:
        column = table.column(name).to_pylist()[:known] + [None] * (table.num_rows - known)
        table = table.set_column(table.column_names.index(name), name, pa.array(column, pa.string()))
    return table


def linked(records: int, known: int, names: tuple[str, ...] = ("forename", "surname")) -> Linked:
    return link_records(blanked(simulate_people(records, seed=5).table, names, known), SPEC, threads=1)


@pytest.mark.parametrize(("records", "known"), [(2_000, 2), (2_000, 3), (2_000, 6), (12, 12), (300, 0)])
def test_a_model_of_names_hardly_known_is_a_model(records: int, known: int, tmp_path) -> None:
    model = linked(records, known).model
    write_model(model, tmp_path / "model.json")
    assert read_model(tmp_path / "model.json").version == model.version
    for mix in model.facts["mix_of_sets"].values():
        assert sum(mix.values()) == pytest.approx(1, abs=1e-4)


def test_matches_are_not_multiplied_where_names_are_missing_together() -> None:
    full, half = (linked(3_000, known).model for known in (3_000, 1_500))
    matches = [c.kind == "same person" for c in full.classes]
    assert half.per_record[matches].sum() < 1.3 * full.per_record[matches].sum()


def test_initials_do_not_pass_for_exact_agreement() -> None:
    people = simulate_people(3_000, seed=5).table
    names = people.column("forename").to_pylist()
    short = pa.array([name and (name[0] if n % 2 else name) for n, name in enumerate(names)], pa.string())
    initials = people.set_column(people.column_names.index("forename"), "forename", short)
    model = link_records(initials, SPEC, threads=1).model
    place = [a.name for a in model.attributes].index("forename")
    row = np.cumsum([len(a.levels) for a in model.attributes])[place] - 1
    assert model.table[row, -1] < 0.003


def test_households_are_counted_among_the_pairs_that_may_be_one_person() -> None:
    people = simulate_people(4_000, seed=6).table
    half = pa.array([f"s{n % 2}" for n in range(people.num_rows)])
    table = people.set_column(people.column_names.index("source"), "source", half)
    every = {"record_id": "record_id", "source": "source", "columns": COLUMNS}
    both = [
        link_records(table, parse_spec({**every, "compare": which}, "test"), threads=1).model
        for which in ("all", "between_sources")
    ]
    rates = [
        sum(r for r, c in zip(m.per_record, m.classes, strict=True) if c.kind == "household") for m in both
    ]
    assert rates[1] == pytest.approx(rates[0] / 2, rel=0.25)
