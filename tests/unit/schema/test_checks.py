"""A frame is brought to its declared table, or refused plainly."""

import pandas as pd
import pytest

from linkage.errors import SchemaError
from linkage.schema import CLUSTER, PUBLISHED, QUARANTINE_LOG, RECORD, Table, check, conform, empty
from linkage.schema.column import text
from linkage.schema.ddl import FROM, TO, metadata


def test_absent_optional_columns_become_missing_and_order_is_the_tables() -> None:
    frame = pd.DataFrame({"reason": ["r"], "rule": ["x"], "severity": ["warn"], "source": ["s"]})
    frame["snapshot_date"] = pd.Timestamp("2026-08-01")
    from linkage.schema import FAULT

    shaped = conform(frame, FAULT)
    assert list(shaped.columns) == FAULT.names
    assert shaped["row_number"].isna().all()


def test_a_required_column_with_missing_values_is_refused_with_a_count() -> None:
    frame = pd.DataFrame({"record_id": ["a", None], "cluster_id": ["a", "a"]})
    with pytest.raises(SchemaError, match="record_id: missing in 1 rows"):
        conform(frame, CLUSTER)


def test_an_absent_required_column_is_refused() -> None:
    with pytest.raises(SchemaError, match="cluster_id"):
        conform(pd.DataFrame({"record_id": ["a"]}), CLUSTER)


def test_a_repeated_key_is_refused() -> None:
    frame = pd.DataFrame({"record_id": ["a", "a"], "cluster_id": ["a", "b"]})
    with pytest.raises(SchemaError, match="1 rows repeat the key"):
        conform(frame, CLUSTER)


def test_an_undeclared_column_is_refused() -> None:
    with pytest.raises(SchemaError, match="not declared: colour"):
        conform(pd.DataFrame({"record_id": ["a"], "cluster_id": ["a"], "colour": ["red"]}), CLUSTER)


def test_a_value_that_is_not_of_the_kind_is_refused_and_not_shown() -> None:
    frame = empty(RECORD).reindex([0]).assign(row_number="Smith")
    with pytest.raises(SchemaError, match="row_number: values that are not integer") as caught:
        conform(frame, RECORD)
    assert "Smith" not in str(caught.value)


def test_columns_out_of_order_do_not_pass_the_check() -> None:
    with pytest.raises(SchemaError, match="order"):
        check(pd.DataFrame({"cluster_id": ["a"], "record_id": ["a"]}), CLUSTER)


def test_an_empty_table_conforms() -> None:
    for table in (RECORD, *PUBLISHED):
        pd.testing.assert_frame_equal(conform(empty(table), table), empty(table))


def test_a_key_must_name_required_columns() -> None:
    with pytest.raises(ValueError, match="key"):
        Table("t", "grain", ("a",), (text("a", "not required"),))


def test_the_database_has_every_declared_column_and_no_other() -> None:
    tables = metadata().tables
    for table in PUBLISHED:
        for schema, clock in (("published", [FROM]), ("staging", []), ("history", [FROM, TO])):
            assert list(tables[f"{schema}.{table.name}"].columns.keys()) == [*table.names, *clock]
    assert list(tables["operations.quarantine_log"].columns.keys()) == QUARANTINE_LOG.names
