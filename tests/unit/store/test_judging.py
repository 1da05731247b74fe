"""Judgements about a resident, and their withdrawal, in the append-only log."""

import json

import pytest
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.rights import in_force
from linkage.store.judgements import (
    add_judgement,
    read_judgements,
    restrict_resident,
    rule_out_address,
    withdraw_judgement,
)
from tests.unit.store.small_index import publish_people

SIGNED = {"decided_by": "clerk", "reason": "seen both papers"}
PEOPLE = {"R1": {"b:1:x:1": {"uprn": "100"}, "a:1:x:1": {"uprn": "200"}}}


def test_a_judgement_about_a_resident_names_all_the_records_and_is_anchored_on_the_first(
    engine: sa.Engine,
) -> None:
    publish_people(engine, "one", PEOPLE)
    made = [rule_out_address(engine, "R1", "100", **SIGNED), restrict_resident(engine, "R1", **SIGNED)]
    log = read_judgements(engine)
    assert log["judgement_id"].tolist() == made
    assert log["verdict"].tolist() == ["not_this_address", "restrict_processing"]
    assert log["record_id_l"].tolist() == ["a:1:x:1"] * 2
    assert [json.loads(text) for text in log["record_ids"]] == [["a:1:x:1", "b:1:x:1"]] * 2
    assert log["uprn"].fillna("").tolist() == ["100", ""]


@pytest.mark.parametrize(("resident", "uprn"), [("R9", "100"), ("R1", "300")])
def test_who_is_not_in_the_index_or_not_at_the_address_cannot_be_judged(
    engine: sa.Engine, resident: str, uprn: str
) -> None:
    publish_people(engine, "one", PEOPLE)
    with pytest.raises(StoreError) as caught:
        rule_out_address(engine, resident, uprn, **SIGNED)
    assert resident not in str(caught.value)
    assert uprn not in str(caught.value)
    assert read_judgements(engine).empty


@pytest.mark.parametrize("lacking", [{"decided_by": " "}, {"reason": ""}])
def test_a_judgement_needs_who_and_why(engine: sa.Engine, lacking: dict) -> None:
    publish_people(engine, "one", PEOPLE)
    with pytest.raises(StoreError, match="who decided and why"):
        restrict_resident(engine, "R1", **{**SIGNED, **lacking})


def test_a_withdrawal_is_a_later_row_and_the_judgement_stays_in_the_log(engine: sa.Engine) -> None:
    made = add_judgement(engine, "same_person", "a:1:x:1", "b:1:x:1", **SIGNED)
    withdraw_judgement(engine, made, **SIGNED)
    log = read_judgements(engine)
    assert log["verdict"].tolist() == ["same_person", "withdrawn"]
    assert log["withdraws"].tolist()[1] == made
    assert in_force(log).empty


def test_what_cannot_be_withdrawn_is_refused(engine: sa.Engine) -> None:
    made = add_judgement(engine, "same_person", "a:1:x:1", "b:1:x:1", **SIGNED)
    with pytest.raises(StoreError, match="no judgement of that identity"):
        withdraw_judgement(engine, "another", **SIGNED)
    withdrawal = withdraw_judgement(engine, made, **SIGNED)
    with pytest.raises(StoreError, match="cannot be withdrawn"):
        withdraw_judgement(engine, withdrawal, **SIGNED)
    with pytest.raises(StoreError, match="withdrawn already"):
        withdraw_judgement(engine, made, **SIGNED)
    assert len(read_judgements(engine)) == 2
