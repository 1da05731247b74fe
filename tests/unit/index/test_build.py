from datetime import date

import pandas as pd
import pytest

from linkage.errors import SchemaError
from linkage.index import IndexInputs, build_index
from linkage.index.identity import identities
from linkage.schema import (
    ADDRESS,
    CLUSTER,
    JUDGEMENT_CONFLICT,
    PAIR,
    PUBLISHED,
    RECORD_ALIAS,
    REMEMBERED,
    SOURCE_STATE,
    STATEMENT,
    check,
    conform,
    empty,
)


def build(records, clusters, pairs=None):
    ids = clusters["cluster_id"].drop_duplicates()
    return build_index(
        IndexInputs(
            records=records,
            statements=empty(STATEMENT),
            clusters=clusters,
            pairs=empty(PAIR) if pairs is None else pairs,
            addresses=empty(ADDRESS),
            resident_ids=pd.Series(identities("R", ids).to_numpy(), index=ids),
            aliases=empty(RECORD_ALIAS),
            source_state=empty(SOURCE_STATE),
            conflicts=empty(JUDGEMENT_CONFLICT),
        ),
        comparison_sources=frozenset(),
        snapshot_date=date(2026, 10, 1),
    )


@pytest.fixture
def two_records(a_record):
    return conform(pd.DataFrame([a_record(), a_record()]).drop(columns="cluster"), REMEMBERED)


def clusters_of(records, cluster_ids):
    return pd.DataFrame({"record_id": records["record_id"], "cluster_id": cluster_ids}).astype(
        "string[pyarrow]"
    )


def test_every_table_conforms_and_is_ordered_by_its_key(a_record, index_of) -> None:
    tables = index_of(
        *(a_record(surname="LEE", uprn=f"99990000000{n % 3}", cluster=f"c{n % 4}") for n in range(12))
    )
    for table in PUBLISHED:
        frame = getattr(tables, table.name)
        check(frame, table)
        assert frame.equals(frame.sort_values(list(table.key), ignore_index=True))


def test_nothing_in_gives_empty_tables() -> None:
    tables = build(empty(REMEMBERED), empty(CLUSTER))
    assert all(getattr(tables, table.name).empty for table in PUBLISHED)


def test_a_record_in_two_clusters_is_refused(two_records) -> None:
    ids = two_records["record_id"]
    doubled = pd.DataFrame({"record_id": [*ids, ids[0]], "cluster_id": [ids[0], ids[1], ids[1]]})
    with pytest.raises(SchemaError, match="Table cluster: 1 rows repeat the key"):
        build(two_records, doubled)


def test_a_record_in_no_cluster_is_refused(two_records) -> None:
    with pytest.raises(SchemaError, match="1 records are in none, 0 clustered"):
        build(two_records, clusters_of(two_records, two_records["record_id"]).iloc[:1])


def test_a_cluster_of_unknown_records_is_refused(two_records) -> None:
    clusters = clusters_of(two_records, two_records["record_id"])
    with pytest.raises(SchemaError, match="0 records are in none, 1 clustered"):
        build(two_records.iloc[:1], clusters)


def test_a_cluster_that_is_not_named_by_its_smallest_record_is_refused(two_records) -> None:
    clusters = clusters_of(two_records, two_records["record_id"].iloc[1])
    with pytest.raises(SchemaError, match="1 clusters are not named by their smallest record id"):
        build(two_records, clusters)


def test_repeated_records_are_refused(two_records) -> None:
    with pytest.raises(SchemaError, match="Table remembered_record: 2 rows repeat the key"):
        build(pd.concat([two_records, two_records]), clusters_of(two_records, two_records["record_id"]))


def test_pairs_that_do_not_conform_are_refused(two_records) -> None:
    with pytest.raises(SchemaError, match="Table pair lacks columns"):
        build(two_records, clusters_of(two_records, two_records["record_id"]), pd.DataFrame())


def test_a_resident_keeps_its_identity_when_others_come_and_go(a_record, index_of) -> None:
    one, other = a_record(cluster="one"), a_record(cluster="two")
    alone = index_of(one).crosswalk.set_index("record_id")["resident_id"]
    together = index_of(other, one).crosswalk.set_index("record_id")["resident_id"]
    assert alone[one["record_id"]] == together[one["record_id"]]
