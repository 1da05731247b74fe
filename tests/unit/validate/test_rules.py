"""Each rule of the vocabulary: what passes and what fails, through a whole validation."""

import pytest

from expectations import validate_source
from expectations.plan import plan_checks
from expectations.suite import suite_of
from linkage.contracts.load import load_contracts
from linkage.errors import ContractError
from linkage.settings import PACKAGED_CONTRACTS

COLUMN_RULES = [
    ("not_null", {}, ["A", " B"], [None, "  "]),
    (
        "nhs_number",
        {},
        ["999 000 0026", "9990000026", "999-000-0026", None],
        ["9990000027", "12345", "999000002X"],
    ),
    (
        "nino",
        {},
        ["ZZ123456A", "zz 12 34 56 d", "AB123456C", "NC123456A"],
        ["GB123456A", "QQ123456A", "AO123456A", "ZZ123456E", "ZZ12345A"],
    ),
    (
        "upn",
        {},
        ["P207000016049", "B801200005001", " p207000016049 "],
        ["B207000016049", "Q20700001604", "I207000016049"],
    ),
    ("uprn_format", {}, ["1", "000999900000001", "999900000001"], ["0", "1234567890123", "12A", "1.0"]),
    ("uprn_in_gazetteer", {}, ["999900000001", "0999900000001", " 999900000001"], ["999900000002", "X"]),
    (
        "postcode",
        {},
        ["NX1 1AA", "vg61ab", "EC1A 1BB", "W1A 0AX", "M1 1AE", "GIR 0AA"],
        ["NX1 1A", "1AA NX1", "NX1 1CA", "NX1  1AA", "NX"],
    ),
    (
        "date_format",
        {},
        ["31/03/1985", "1/1/1900", "31/12/9999", " 01/02/2003 "],
        ["1985-03-31", "31/02/1985", "03/31/1985", "unknown"],
    ),
    (
        "plausible_date",
        {"earliest": "1900-01-02", "latest": "snapshot"},
        ["02/01/1900", "01/08/2026", "01/01/1900", "31/12/9999", "no date"],
        ["31/12/1899", "02/08/2026", "01/01/0001"],
    ),
    ("plausible_date", {"latest": "snapshot+30d"}, ["31/08/2026"], ["01/09/2026"]),
    ("plausible_date", {"earliest": "snapshot-16y"}, ["01/08/2010"], ["31/07/2010"]),
    ("plausible_date", {"latest": "snapshot+9m"}, ["01/05/2027"], ["02/05/2027"]),
    ("in_set", {"values": ["Y", "N"]}, ["Y", "N", None], ["y", "Maybe"]),
    ("matches", {"pattern": "A|B[0-9]+"}, ["A", "B12"], ["AB12", "B12x", "B12\n", "xA"]),
    ("max_length", {"maximum": 3}, ["abc", "é€ö"], ["abcd"]),
]


@pytest.mark.parametrize(
    "case", COLUMN_RULES, ids=[f"{case[0]}-{at}" for at, case in enumerate(COLUMN_RULES)]
)
def test_a_rule_accepts_right_cells_and_holds_back_wrong_ones(case, contract_of, raw_of, context_of, rule_of):
    name, arguments, right, wrong = case
    contract = contract_of({"cell": [rule_of(name, **arguments)]})
    validation = validate_source(raw_of({"cell": right + wrong}), contract, context_of())
    assert validation.valid["cell"].fillna("missing").tolist() == [cell or "missing" for cell in right]
    assert validation.quarantined["row_number"].tolist() == list(
        range(len(right) + 1, len(right + wrong) + 1)
    )
    assert set(validation.quarantined["rules"]) == {f'["{name}"]'}


@pytest.mark.parametrize("name", sorted({rule[0] for rule in COLUMN_RULES} - {"not_null"}))
def test_missing_cells_break_no_rule_but_not_null(name, contract_of, raw_of, context_of, rule_of):
    arguments = next(rule[1] for rule in COLUMN_RULES if rule[0] == name)
    contract = contract_of({"cell": [rule_of(name, **arguments)]})
    validation = validate_source(raw_of({"cell": [None, "  "]}), contract, context_of())
    assert len(validation.valid) == 2
    assert validation.checks[-1].evaluated_count == 0


def test_dates_without_separators_need_all_their_digits(contract_of, raw_of, context_of, rule_of):
    contract = contract_of({"cell": [rule_of("date_format")]}, date_format="%Y%m%d")
    validation = validate_source(raw_of({"cell": ["20200111", "2020111", "202011"]}), contract, context_of())
    assert validation.valid["cell"].tolist() == ["20200111"]


def test_later_rows_that_repeat_a_key_are_held_back(contract_of, raw_of, context_of, rule_of):
    contract = contract_of({}, rule_of("unique_key"), key=("house", "member"))
    raw = raw_of({"house": ["1", "1", " 1", "1"], "member": ["1", "2", "1 ", "2/"]}, key=("house", "member"))
    validation = validate_source(raw, contract, context_of())
    assert validation.quarantined["row_number"].tolist() == [3]


def test_parts_of_a_key_that_read_alike_once_joined_repeat_it(contract_of, raw_of, context_of, rule_of):
    contract = contract_of({}, rule_of("unique_key"), key=("house", "member"))
    raw = raw_of({"house": ["1/2", "1"], "member": ["3", "2/3"]}, key=("house", "member"))
    assert validate_source(raw, contract, context_of()).quarantined["row_number"].tolist() == [2]


def test_keys_are_checked_even_when_the_contract_asks_for_nothing(contract_of, raw_of, context_of):
    raw = raw_of({"ref": ["A", None, "A", None]})
    validation = validate_source(raw, contract_of({}), context_of())
    assert validation.valid["ref"].tolist() == ["A"]
    assert validation.quarantined["rules"].tolist() == ['["not_null"]', '["unique_key"]', '["not_null"]']


def test_a_share_of_repeated_keys_rejects_the_file_only_above_the_limit(
    contract_of, raw_of, context_of, rule_of
):
    contract = contract_of({}, rule_of("unique_key", "reject", max_share=0.2))
    at_limit = validate_source(raw_of({"ref": ["A", "A", "B", "C", "D"]}), contract, context_of())
    above = validate_source(raw_of({"ref": ["A", "A", "A", "C", "D"]}), contract, context_of())
    assert (at_limit.is_rejected, above.is_rejected) == (False, True)
    assert len(above.quarantined) == 2
    file_faults = above.faults[above.faults["severity"] == "reject"]
    assert file_faults["row_number"].isna().tolist() == [True]


def test_a_blank_key_is_held_back_and_a_blank_cell_goes_on_as_it_is(contract_of, raw_of, context_of, rule_of):
    contract = contract_of({"cell": [rule_of("date_format")]})
    validation = validate_source(raw_of({"ref": ["A", "  "], "cell": [" ", " "]}), contract, context_of())
    assert validation.valid["cell"].tolist() == [" "]
    assert validation.quarantined["row_number"].tolist() == [2]


def test_every_shipped_contract_makes_a_suite(context_of):
    for contract in load_contracts(PACKAGED_CONTRACTS).values():
        suite = suite_of(plan_checks(contract, context_of()), contract.source, left_out=0)
        assert len(suite.expectations) >= len(contract.rules) + sum(len(c.rules) for c in contract.columns)


def test_an_end_before_the_start_is_a_fault_of_the_row(contract_of, raw_of, context_of, rule_of):
    contract = contract_of(
        {"since": [], "until": []}, rule_of("date_order", "warn", start="since", end="until")
    )
    raw = raw_of(
        {
            "since": ["01/01/2020", "01/01/2020", "02/01/2020", None, "x", "01/01/2020"],
            "until": ["01/01/2020", "31/12/2099", "01/01/2020", "01/01/2020", "01/01/2020", None],
        }
    )
    validation = validate_source(raw, contract, context_of())
    assert validation.faults["row_number"].tolist() == [3]
    assert validation.warned_count == 1
    assert len(validation.valid) == 6


@pytest.mark.parametrize(
    ("previous", "is_rejected"), [(None, False), (4, False), (8, False), (9, True), (3, False), (2, True)]
)
def test_the_row_count_is_compared_with_last_months(
    previous, is_rejected, contract_of, raw_of, context_of, rule_of
):
    contract = contract_of({}, rule_of("row_count_change", "reject", max_fall=0.5, max_rise=0.5))
    raw = raw_of({"ref": ["A", "B", "C", "D"]})
    validation = validate_source(raw, contract, context_of(previous_row_count=previous))
    assert validation.is_rejected is is_rejected
    assert len(validation.valid) == 4


def test_too_few_rows_reject_the_file(contract_of, raw_of, context_of, rule_of):
    contract = contract_of({}, rule_of("row_count_min", "reject", minimum=3))
    assert validate_source(raw_of({"ref": ["A", "B"]}), contract, context_of()).is_rejected
    assert not validate_source(raw_of({"ref": ["A", "B", "C"]}), contract, context_of()).is_rejected


def test_a_file_without_rows_is_rejected(contract_of, raw_of, context_of, rule_of):
    contract = contract_of({"cell": [rule_of("nhs_number"), rule_of("in_set", values=["A"])]})
    validation = validate_source(raw_of({"ref": ["1"], "cell": ["A"]}).iloc[:0], contract, context_of())
    assert validation.is_rejected
    assert validation.row_count == 0


def test_missing_and_extra_columns_reject_the_file_and_lose_no_row(contract_of, raw_of, context_of, rule_of):
    contract = contract_of({"here": [], "gone": [rule_of("not_null")]})
    validation = validate_source(raw_of({"here": ["A"], "new": ["B"]}), contract, context_of())
    assert validation.is_rejected
    assert len(validation.valid) == 1
    assert validation.faults["rule"].tolist() == ["columns_present"]


@pytest.mark.parametrize(
    "rules",
    [
        ({"cell": [("no_such_rule", "warn", {})]}, []),
        ({"cell": [("row_count_min", "reject", {"minimum": 1})]}, []),
        ({}, [("nhs_number", "warn", {})]),
        ({"cell": [("in_set", "warn", {})]}, []),
        ({"cell": [("in_set", "warn", {"values": ["A"], "colour": "red"})]}, []),
        ({"cell": [("plausible_date", "warn", {})]}, []),
        ({"cell": [("plausible_date", "warn", {"latest": "tomorrow"})]}, []),
        ({"cell": [("plausible_date", "warn", {"latest": "snapshot+99999y"})]}, []),
        ({}, [("date_order", "warn", {"start": "cell", "end": "nowhere"})]),
        ({}, [("row_count_min", "quarantine", {"minimum": 1})]),
        ({}, [("unique_key", "quarantine", {"max_share": 0.1})]),
        ({}, [("unique_key", "reject", {"max_share": 2})]),
    ],
)
def test_a_contract_whose_rules_make_no_sense_is_an_error(rules, contract_of, raw_of, context_of, rule_of):
    columns, file_rules = rules
    asked = {name: [rule_of(n, s, **a) for n, s, a in given] for name, given in columns.items()}
    contract = contract_of({"cell": [], **asked}, *(rule_of(n, s, **a) for n, s, a in file_rules))
    with pytest.raises(ContractError, match=r"permits|date bound"):
        validate_source(raw_of({"cell": ["A"]}), contract, context_of())
