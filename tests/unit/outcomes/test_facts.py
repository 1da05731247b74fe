import pandas as pd

from linkage.outcomes.facts import row_facts
from tests.unit.outcomes.views import CONTRACTS

HOUSING = CONTRACTS["housing_tenancies"]


def test_every_record_has_the_facts_of_its_row_and_a_missing_cell_is_none() -> None:
    valid = pd.DataFrame(
        {
            "_row_number": [1, 2],
            "PERSON_TYPE": ["TENANT", None],
            "TENANCY_REF": ["T1", "T2"],
            "TENURE_CODE": ["SEC", None],
        }
    )
    records = pd.DataFrame({"record_id": ["a", "b"], "row_number": [2, 1]})
    facts = row_facts(valid, records, HOUSING)
    assert facts[["record_id", "fact", "value"]].values.tolist() == [
        ["a", "tenancy_reference", "T2"],
        ["b", "tenancy_party", "TENANT"],
        ["b", "tenancy_reference", "T1"],
        ["b", "tenure", "SEC"],
    ]
    assert set(facts["source"]) == {"housing_tenancies"}


def test_a_source_without_facts_has_none() -> None:
    records = pd.DataFrame({"record_id": ["a"], "row_number": [1]})
    assert row_facts(pd.DataFrame({"_row_number": [1]}), records, CONTRACTS["libraries"]).empty
