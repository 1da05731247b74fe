import pandas as pd

from linkage.rights import bring_back, restored, restricted_records, set_aside
from linkage.schema import RESTRICTED_RECORD, check
from tests.unit.rights.judging import about_resident, log, remembered, stating

A, B, C, D = "a:1:x:1", "b:1:x:1", "c:1:x:1", "d:1:x:1"
ADA = {
    "forename": "ADA",
    "surname": "OKAFOR",
    "birth_date": "1984-06-02",
    "birth_date_precision": "day",
    "uprn": "100",
}
RESTRICT = log(about_resident(1, "restrict_processing", [A]))


def marked(records: pd.DataFrame, judgements: pd.DataFrame = RESTRICT, **given) -> list[str]:
    return restricted_records(records, judgements, **given)["record_id"].tolist()


def test_restricted_records_and_their_statements_are_taken_out() -> None:
    apart = set_aside(remembered(A, B), stating((A, "100"), (A, "200"), (B, "100")), RESTRICT)
    assert apart.records["record_id"].tolist() == [B]
    assert apart.statements["record_id"].tolist() == [B]
    check(apart.restricted, RESTRICTED_RECORD)
    assert apart.restricted[["record_id", "judgement_id"]].to_numpy().tolist() == [[A, "j1"]]


def test_what_is_set_aside_comes_back_as_it_was() -> None:
    records, statements = remembered(A, B, a1=ADA), stating((A, "100"), (A, "200"), (B, "100"))
    apart = set_aside(records, statements, RESTRICT)
    both, said = bring_back(apart.records, apart.statements, apart.restricted)
    same = [name for name in records if name not in ("snapshot_date", "row_number")]
    pd.testing.assert_frame_equal(both[same], records[same])
    pd.testing.assert_frame_equal(said, statements)


def test_nothing_set_aside_brings_nothing_back() -> None:
    records, statements = restored(set_aside(remembered(B), stating((B, "1")), RESTRICT).restricted)
    assert (len(records), len(statements)) == (0, 0)


def test_a_record_that_shares_a_number_is_of_the_same_person() -> None:
    numbers = {
        "a1": {"nhs_number": "9999999468"},
        "b1": {"nhs_number": "9999999468"},
        "c1": {"nhs_number": "9999999476"},
    }
    assert marked(remembered(A, B, C, **numbers)) == [A, B]


def test_a_record_that_its_source_says_is_of_the_same_person_is() -> None:
    keys = {"a1": {"person_key": "p"}, "a2": {"person_key": "p"}, "b1": {"person_key": "p"}}
    assert marked(remembered(A, "a:2:x:1", B, **keys)) == [A, "a:2:x:1"]


def test_a_record_of_one_name_birth_date_and_address_is_of_the_same_person() -> None:
    assert marked(remembered(A, B, a1=ADA, b1=ADA)) == [A, B]


def test_a_namesake_born_another_day_living_elsewhere_or_of_unknown_birth_date_is_not() -> None:
    others = {
        "b1": {**ADA, "birth_date": "1984-06-03"},
        "c1": {**ADA, "uprn": "200"},
        "d1": {**ADA, "birth_date": None, "birth_date_precision": None},
    }
    assert marked(remembered(A, B, C, D, a1=ADA, **others)) == [A]


def test_a_birth_date_that_stands_in_for_another_tells_nothing() -> None:
    weak = {**ADA, "birth_date": "1984-01-01", "is_birth_date_weak": True}
    assert marked(remembered(A, B, a1=weak, b1=weak)) == [A]


def test_a_record_restricted_before_stays_so_while_its_judgement_holds() -> None:
    before = pd.DataFrame({"record_id": [B], "judgement_id": ["j1"]})
    assert marked(remembered(A, B), before=before) == [A, B]
    assert marked(remembered(A, B), log(), before=before) == []


def test_a_judgement_of_another_kind_restricts_nobody() -> None:
    assert marked(remembered(A), log(about_resident(1, "not_this_address", [A], uprn="1"))) == []
