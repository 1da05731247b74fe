"""A protection reaches every record that would lead to the person, and nobody else."""

from typing import Any

import pandas as pd

from linkage.protect.reach import declared_records, places_of_records, reach
from linkage.protect.secret import Secret


def records_of(*records: tuple[str, str, str], **given: list[Any]) -> pd.DataFrame:
    """Records by source, key and role, in clusters of their own unless told."""
    made = pd.DataFrame(
        [
            {
                "record_id": f"{source}:{key}:{role}:1", "source": source, "record_key": key, "person_key": pd.NA,
                "age_group": "adult", "is_live": True, "closed_date": pd.NaT, "cluster": f"{source}:{key}:{role}:1",
            }
            for source, key, role in records
        ]
    )  # fmt: skip
    return made.assign(**given)


def reached(records: pd.DataFrame, *people: str, contracts: dict | None = None) -> dict[str, str]:
    clusters = records[["record_id"]].assign(
        cluster_id=records.groupby("cluster")["record_id"].transform("min")
    )
    places = places_of_records(records, contracts or {})
    found = reach(records, clusters, pd.Index(people, dtype=object), places=places)
    return {
        record_id.split(":")[0] + record_id.split(":")[2][0]: how
        for record_id, how in found.itertuples(index=False)
    }


def test_all_records_of_the_person_are_reached() -> None:
    records = records_of(("a", "1", "m"), ("b", "2", "m"), ("c", "3", "m"), cluster=["x", "x", "y"])
    assert reached(records, "a:1:m:1") == {"am": "person", "bm": "person"}


def test_who_is_named_in_one_row_loses_that_address_and_no_other() -> None:
    records = records_of(
        ("a", "1", "lead"), ("a", "1", "other"), ("b", "2", "m"), cluster=["x", "husband", "husband"]
    )
    assert reached(records, "a:1:lead:1") == {"al": "person", "ao": "place"}


def test_a_child_with_a_protected_adult_is_protected_like_the_adult() -> None:
    records = records_of(
        ("a", "1", "parent"), ("a", "1", "child"), ("b", "2", "m"),
        cluster=["x", "child", "child"], age_group=["adult", "child", "child"],
    )  # fmt: skip
    assert reached(records, "a:1:parent:1") == {"ap": "person", "ac": "person", "bm": "person"}


def test_an_adult_with_a_protected_child_is_not() -> None:
    records = records_of(
        ("a", "1", "parent"), ("a", "1", "child"), ("b", "2", "m"),
        cluster=["parent", "x", "parent"], age_group=["adult", "child", "adult"],
    )  # fmt: skip
    assert reached(records, "a:1:child:1") == {"ap": "place", "ac": "person"}


def test_a_child_named_in_an_old_row_is_not() -> None:
    records = records_of(
        ("a", "1", "parent"), ("a", "1", "child"), age_group=["adult", "child"], is_live=[False, True]
    )
    assert reached(records, "a:1:parent:1") == {"ap": "person", "ac": "place"}


def test_a_tenancy_is_one_place(contract_of) -> None:
    records = records_of(("homes", "1/T1", "a"), ("homes", "2/T1", "b"), ("homes", "3/T2", "c"))
    found = reached(records, "homes:1/T1:a:1", contracts={"homes": contract_of()})
    assert found == {"homesa": "person", "homesb": "place"}


def test_a_key_that_holds_a_slash_is_its_own_place(contract_of) -> None:
    records = records_of(("homes", "1/2/T1", "a"), ("homes", "9/T1", "b"))
    assert reached(records, "homes:1/2/T1:a:1", contracts={"homes": contract_of()}) == {"homesa": "person"}


def test_nobody_protected_reaches_nobody() -> None:
    assert reached(records_of(("a", "1", "m"), ("b", "2", "m"))) == {}
    assert not Secret()


def test_records_are_declared_by_row_and_by_person() -> None:
    records = records_of(("a", "1", "m"), ("a", "2", "m"), ("b", "1", "m"), person_key=["p", "q", "p"])
    said = pd.DataFrame(
        {"source": "a", "kind": ["row_address", "person_address"], "subject": ["2", "p"], "other": ""}
    )
    assert declared_records(records, said).tolist() == ["a:1:m:1", "a:2:m:1"]
