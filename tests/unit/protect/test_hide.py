"""What a source protects has left its extract before anything is written."""

import pytest

from linkage.contracts.model import Condition
from linkage.protect.declare import declare
from linkage.protect.hide import hide

LOCATING = ["street", "phone", "property_ref"]


def told(declared):
    return sorted(declared[["kind", "subject", "other"]].itertuples(index=False, name=None))


def test_a_row_that_must_not_be_held_leaves_no_gap(contract_of, raw_of, nothing_known, hides) -> None:
    raw = raw_of({}, {"flag": "Y", "tenancy": "T2"}, {"tenancy": "T3"})
    hidden = hide(raw, contract_of(withhold_row_when=hides), nothing_known)
    assert hidden.raw["person"].tolist() == ["1", "3"]
    assert hidden.raw["_row_number"].tolist() == [1, 2]
    assert hidden.withheld_count == 1
    assert told(hidden.declared) == [("row_withheld", "2/T2", "")]


def test_a_correction_of_renumbered_rows_falls_on_no_other(contract_of, raw_of, nothing_known, hides) -> None:
    raw = raw_of({}, {"flag": "Y"})
    hashes = {
        hide(raw, contract, nothing_known).raw["_file_sha256"].iloc[0]
        for contract in (
            contract_of(),
            contract_of(withhold_row_when=hides),
            contract_of(withhold_row_when=(Condition(column="kind", values=("VOID",)),)),
        )
    }
    assert len(hashes) == 3


def test_every_row_of_a_person_withheld_goes(contract_of, raw_of, nothing_known, hides) -> None:
    raw = raw_of({"flag": "Y", "tenancy": "T2"}, {"person": "1", "tenancy": "T3"}, {"person": "9"})
    hidden = hide(raw, contract_of(withhold_person_when=hides), nothing_known)
    assert hidden.raw["person"].tolist() == ["9"]
    assert ("person_withheld", "1", "") in told(hidden.declared)


def test_whose_address_is_withheld_has_no_cell_that_may_lead_to_it(
    contract_of, raw_of, nothing_known, hides
) -> None:
    raw = raw_of({"flag": "Y", "tenancy": "T2"}, {"person": "1", "tenancy": "T3"}, {"tenancy": "T4"})
    rows = hide(raw, contract_of(withhold_address_when=hides), nothing_known).raw
    assert rows.loc[:1, LOCATING].isna().all(axis=None)
    assert rows.loc[2, LOCATING].notna().all()
    assert rows[["person", "tenancy", "surname", "kind"]].notna().all(axis=None)


def test_who_shares_the_tenancy_has_no_address_in_it_either(
    contract_of, raw_of, nothing_known, hides
) -> None:
    raw = raw_of({"flag": "Y"}, {}, {"tenancy": "T2"})
    hidden = hide(raw, contract_of(withhold_address_when=hides), nothing_known)
    assert hidden.raw["street"].isna().tolist() == [True, True, False]
    assert told(hidden.declared) == [("person_address", "1", ""), ("row_address", "1/T1", "")]


def test_nobody_can_tell_by_the_flag(contract_of, raw_of, nothing_known, hides, adoption) -> None:
    contract = contract_of(withhold_address_when=hides, forbid_link_when=adoption)
    rows = hide(raw_of({"flag": "Y", "former": "7"}, {}), contract, nothing_known).raw
    assert rows[["flag", "former"]].isna().all(axis=None)


@pytest.mark.parametrize("flag", ["Y", "yes", "1", "?"])
def test_a_flag_spelt_in_a_new_way_protects(contract_of, raw_of, hides, flag: str) -> None:
    assert len(declare(raw_of({"flag": flag}), contract_of(withhold_address_when=hides)))


@pytest.mark.parametrize("flag", ["N", " n ", ""])
def test_a_flag_that_says_no_or_nothing_protects_nobody(contract_of, raw_of, hides, flag: str) -> None:
    assert declare(raw_of({"flag": flag}), contract_of(withhold_address_when=hides)).empty


def test_what_is_protected_from_earlier_is_hidden_without_a_flag(
    contract_of, raw_of, nothing_known, hides
) -> None:
    contract = contract_of(withhold_address_when=hides)
    known = declare(raw_of({"flag": "Y"}), contract)
    rows = hide(raw_of({"tenancy": "T8"}, {"tenancy": "T9"}), contract_of(), known).raw
    assert rows["street"].isna().tolist() == [True, False]


def test_an_adopted_child_has_two_identities_and_the_former_no_address(
    contract_of, raw_of, nothing_known, adoption
) -> None:
    raw = raw_of({"tenancy": "T1"}, {"flag": "Y", "former": "1", "tenancy": "T2"})
    hidden = hide(raw, contract_of(forbid_link_when=adoption), nothing_known)
    assert told(hidden.declared) == [("link", "2", "1"), ("person_address", "1", "")]
    assert hidden.raw["street"].isna().tolist() == [True, False]


def test_an_extract_without_the_flag_is_left_to_the_gate(contract_of, raw_of, nothing_known, hides) -> None:
    raw = raw_of({}).drop(columns="flag")
    hidden = hide(raw, contract_of(withhold_row_when=hides, withhold_address_when=hides), nothing_known)
    assert hidden.declared.empty
    assert len(hidden.raw) == 1
