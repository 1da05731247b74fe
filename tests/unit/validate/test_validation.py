"""What a validation keeps, holds back, says and never says."""

import json
import logging
import socket
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from expectations import BrokenCheckError, check_gate, validate_source
from expectations.plan import plan_checks
from expectations.suite import suite_of
from linkage import schema
from linkage.contracts.model import Condition
from linkage.errors import GateClosedError

CANARY = "Zebedee Quillfeather"


@pytest.fixture
def mixed(contract_of, raw_of, context_of, rule_of):
    """One contract with every severity, and rows that break each of its rules."""
    contract = contract_of(
        {
            "nino": [rule_of("nino", "quarantine")],
            "postcode": [rule_of("postcode", "warn")],
            "kind": [rule_of("in_set", "reject", values=["A", "B"])],
        }
    )
    raw = raw_of(
        {
            "nino": ["ZZ123456A", CANARY, "ZZ123456A", CANARY, None],
            "postcode": ["NX1 1AA", CANARY, CANARY, None, "NX1 1AA"],
            "kind": ["A", "B", "A", CANARY, "A"],
        }
    )
    return raw, contract, context_of()


def test_every_fault_is_a_row_with_its_column_rule_and_severity(mixed):
    faults = validate_source(*mixed).faults
    assert faults[["row_number", "column", "rule", "severity"]].to_numpy().tolist() == [
        [2, "nino", "nino", "quarantine"],
        [4, "nino", "nino", "quarantine"],
        [2, "postcode", "postcode", "warn"],
        [3, "postcode", "postcode", "warn"],
        [4, "kind", "in_set", "reject"],
    ]
    assert list(faults.columns) == schema.FAULT.names


def test_a_held_back_row_keeps_its_cells_and_all_its_reasons(mixed):
    quarantined = validate_source(*mixed).quarantined
    assert quarantined["row_number"].tolist() == [2, 4]
    assert json.loads(quarantined["rules"][1]) == ["nino", "in_set"]
    assert quarantined["reason"][1].count(";") == 1
    assert json.loads(quarantined["cells"][1]) == {
        "ref": "4",
        "nino": CANARY,
        "postcode": None,
        "kind": CANARY,
    }
    assert not quarantined["reason"].str.contains(CANARY).any()


def test_a_warned_row_goes_on_and_is_counted(mixed):
    validation = validate_source(*mixed)
    assert validation.valid["_row_number"].tolist() == [1, 3, 5]
    assert validation.warned_count == 1
    assert list(validation.valid.columns) == list(mixed[0].columns)


def test_a_failed_reject_closes_the_gate_and_names_source_and_rule(mixed):
    validation = validate_source(*mixed)
    assert validation.is_rejected
    with pytest.raises(
        GateClosedError, match=r"1 of 2 files.*permits \(in_set on kind: 1 of 5 rows\)"
    ) as closed:
        check_gate([("permits", validation.checks), ("libraries", [])])
    assert CANARY not in str(closed.value)


def test_the_gate_is_open_when_nothing_is_rejected(contract_of, raw_of, context_of, rule_of):
    contract = contract_of({"cell": [rule_of("nino", "quarantine"), rule_of("nhs_number", "warn")]})
    check_gate([("permits", validate_source(raw_of({"cell": ["x"]}), contract, context_of()).checks)])


def test_the_identity_of_a_quarantined_row_is_the_same_in_every_run(mixed):
    first, second = validate_source(*mixed).quarantined, validate_source(*mixed).quarantined
    assert first["quarantine_id"].tolist() == second["quarantine_id"].tolist()
    assert first["quarantine_id"].is_unique
    assert first["quarantine_id"].str.fullmatch("[0-9a-f]{16}").all()


def test_the_index_of_the_raw_frame_does_not_matter(mixed):
    raw, contract, context = mixed
    moved = raw.set_index(pd.Index([7, 7, 0, -1, 3]))
    assert validate_source(moved, contract, context).faults.equals(validate_source(*mixed).faults)


def test_the_raw_frame_is_left_as_it_was(mixed):
    before = mixed[0].copy(deep=True)
    validate_source(*mixed)
    pd.testing.assert_frame_equal(mixed[0], before)


def test_withheld_rows_leave_nothing_of_themselves_and_are_not_checked(
    contract_of, raw_of, context_of, rule_of
):
    contract = contract_of(
        {"marker": [], "name": [rule_of("not_null", "reject")]},
        rule_of("row_count_min", "reject", minimum=3),
        withhold=(Condition(column="marker", contains="N"),),
    )
    raw = raw_of({"ref": ["r1", CANARY, CANARY], "marker": ["G", "GN", " n"], "name": ["x", None, None]})
    validation = validate_source(raw, contract, context_of())
    assert not validation.is_rejected
    assert validation.withheld_count == 2
    assert validation.valid["ref"].tolist() == ["r1"]
    assert validation.quarantined["rules"].tolist() == ['["withheld"]'] * 2
    assert validation.quarantined["cells"].tolist() == ["{}"] * 2
    assert validation.faults["rule"].tolist() == ["withheld"] * 2
    assert CANARY not in validation.faults.to_csv() + validation.quarantined.to_csv()


def test_a_row_is_withheld_by_value_too(contract_of, raw_of, context_of):
    contract = contract_of({"flag": []}, withhold=(Condition(column="flag", values=("Y",)),))
    validation = validate_source(raw_of({"flag": ["Y", "N", None, "Yes"]}), contract, context_of())
    assert validation.quarantined["row_number"].tolist() == [1]


def test_a_check_that_breaks_is_an_error_and_never_a_pass(
    contract_of, raw_of, context_of, rule_of, monkeypatch
):
    def explode(texts, **_):
        raise ValueError(f"cannot read {texts.iloc[0]}")

    monkeypatch.setattr("expectations.custom.NinoMetric.passes", staticmethod(explode))
    contract = contract_of({"cell": [rule_of("nino", "warn")]})
    with pytest.raises(BrokenCheckError, match=r"permits.*nino.*column cell") as broken:
        validate_source(raw_of({"cell": [CANARY]}), contract, context_of())
    assert CANARY not in str(broken.value)
    assert broken.value.__cause__ is None


def test_a_pattern_that_is_no_pattern_is_an_error_and_never_a_pass(contract_of, raw_of, context_of, rule_of):
    contract = contract_of({"cell": [rule_of("matches", "warn", pattern="(")]})
    with pytest.raises(BrokenCheckError, match="matches"):
        validate_source(raw_of({"cell": ["A"]}), contract, context_of())


def test_the_suite_has_one_expectation_for_each_rule_with_its_severity(contract_of, context_of, rule_of):
    contract = contract_of({"cell": [rule_of("nino", "reject"), rule_of("nino", "warn")]})
    suite = suite_of(plan_checks(contract, context_of()), contract.source, left_out=0)
    rules = [expectation.meta["rule"] for expectation in suite.expectations]
    assert rules == ["columns_present", "row_count_min", "unique_key", "not_null", "nino", "nino"]
    assert [str(e.severity).split(".")[-1].lower() for e in suite.expectations[-2:]] == ["critical", "info"]


def test_two_hundred_thousand_failing_rows_are_all_listed(contract_of, raw_of, context_of, rule_of):
    count = 200_000
    contract = contract_of({"cell": [rule_of("nino")]})
    cells = np.where(np.arange(count) % 2 == 0, "wrong", "ZZ123456A").tolist()
    validation = validate_source(raw_of({"cell": cells}), contract, context_of())
    assert len(validation.quarantined) == len(validation.faults) == count // 2
    assert validation.quarantined["row_number"].iloc[-1] == count - 1


def test_a_validation_reaches_for_no_network(mixed, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a connection was attempted")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert validate_source(*mixed).row_count == 5


def test_a_validation_prints_and_logs_nothing(mixed, capfd, caplog):
    with caplog.at_level(logging.DEBUG):
        validate_source(*mixed)
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name.startswith("great_expectations")] == []


QUIET_PROGRAM = """
import logging, socket, sys, warnings
warnings.simplefilter("error")
logging.basicConfig(level=logging.DEBUG)
import expectations
assert "great_expectations" not in sys.modules
def refuse(*_, **__): raise SystemExit("a connection was attempted")
socket.socket.connect = refuse
import expectations.suite
assert "great_expectations" in sys.modules
"""


def test_great_expectations_is_loaded_late_and_without_a_sound():
    run = subprocess.run(
        [sys.executable, "-c", QUIET_PROGRAM], capture_output=True, text=True, check=False, timeout=120
    )
    noise = [line for line in run.stderr.splitlines() if "great_expectations" in line]
    assert (run.returncode, run.stdout, noise) == (0, "", []), run.stderr
