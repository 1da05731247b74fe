"""The register of data held: every source, on which terms, in words for everybody."""

import json
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from linkage.contracts import Protocol, load_contracts, load_protocols
from linkage.contracts.protection import telling_columns
from linkage.errors import ContractError
from linkage.outcomes.data_register import data_register, register_document, register_page
from linkage.outcomes.data_register.kinds import kinds_of_data
from linkage.outcomes.view import View
from linkage.schema import ADDRESS, SOURCE_RECORD, SOURCE_STATE, Table, empty
from linkage.settings import PACKAGED_CONTRACTS

DAY = date(2026, 10, 1)
CONTRACTS = load_contracts(PACKAGED_CONTRACTS)
PROTOCOLS = load_protocols(PACKAGED_CONTRACTS)


def a_view(protocols: dict[str, Protocol] = PROTOCOLS) -> View:
    records = pd.DataFrame(
        {
            "record_id": [f"r{n}" for n in range(46)],
            "source": ["libraries"] * 37 + ["council_tax"] * 9,
            "closed_date": pd.NaT,
        }
    )
    states = pd.DataFrame({"source": ["libraries"], "snapshot_date": [pd.Timestamp(DAY)], "is_stale": [True]})
    tables = {SOURCE_RECORD.name: records, SOURCE_STATE.name: states, ADDRESS.name: empty(ADDRESS)}

    def read(table: Table) -> pd.DataFrame:
        return tables[table.name]

    return View("r", DAY, "england", CONTRACTS, read, protocols)


def test_every_protocol_that_a_packaged_contract_names_is_in_the_register() -> None:
    assert {contract.sharing_protocol for contract in CONTRACTS.values()} == set(PROTOCOLS)


def test_every_source_is_told_and_small_counts_are_not() -> None:
    register = data_register(a_view()).set_index("source")
    assert sorted(register.index) == sorted(CONTRACTS)
    assert register.loc["libraries", "record_count"] == 35
    assert pd.isna(register.loc["council_tax", "record_count"])
    assert register.loc["libraries", "is_stale"]


@pytest.mark.parametrize(
    ("day", "standing"),
    [("2024-09-30", "not_begun"), ("2026-09-30", "in_force"), ("2026-10-01", "past_review")],
)
def test_a_protocol_is_in_force_from_its_first_day_to_its_review(day: str, standing: str) -> None:
    assert PROTOCOLS["isp-libraries"].standing(date.fromisoformat(day)) == standing


def test_a_protocol_past_its_review_or_unknown_is_told_in_words() -> None:
    page = register_page(register_document(data_register(a_view()), snapshot_date=DAY))
    assert "should have been looked at again by 30 September 2026. That is late." in page
    unknown = data_register(a_view({}))
    assert set(unknown["protocol_standing"]) == {"unknown"}
    assert "We have no written rules" in register_page(register_document(unknown, snapshot_date=DAY))


def test_contracts_without_a_register_of_protocols_have_none(tmp_path: Path) -> None:
    assert load_protocols(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("protocols: [", "not YAML"),
        ("protocols: {a: {title: A}}", "protocols.a"),
        ("[1, 2]", "not understood at top"),
        ("", "not understood at top"),
    ],
)
def test_a_register_at_fault_is_told_by_its_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "sharing_protocols").mkdir()
    (tmp_path / "sharing_protocols" / "register.yaml").write_text(text)
    with pytest.raises(ContractError, match=told):
        load_protocols(tmp_path)


@pytest.mark.parametrize("source", sorted(CONTRACTS))
def test_what_tells_who_is_protected_is_not_held_and_not_told(source: str) -> None:
    contract = CONTRACTS[source]
    flags = {c.description.rstrip(".") for c in contract.columns if c.name in telling_columns(contract)}
    told = {kind["what"] for kind in kinds_of_data(contract)}
    assert not {flag.lower().split(",")[0] for flag in flags} & {what.lower().split(",")[0] for what in told}


def test_the_gazetteer_came_with_the_run_and_what_never_came_has_no_day() -> None:
    days = data_register(a_view()).set_index("source")["last_refreshed_date"]
    assert days["gazetteer"] == pd.Timestamp(DAY)
    assert pd.isna(days["council_tax"])
    page = register_page(register_document(data_register(a_view()), snapshot_date=DAY))
    assert "Last came: 1 October 2026. Properties in it:" in page


def test_the_page_says_what_is_counted_and_what_is_done_to_published_numbers() -> None:
    page = register_page(register_document(data_register(a_view()), snapshot_date=DAY))
    assert "Records of people" in page
    assert "Rows in it" not in page
    assert "no number is about fewer than 10 people" in page
    assert "Nobody can find you" not in page


def test_only_sources_about_people_hold_personal_data() -> None:
    assert [name for name, contract in CONTRACTS.items() if not kinds_of_data(contract)] == ["gazetteer"]


def test_the_page_loads_nothing_and_answers_five_questions() -> None:
    page = register_page(register_document(data_register(a_view()), snapshot_date=DAY))
    assert not any(loads in page for loads in ("<script", "src=", "http://", "https://", "@import"))
    for question in (
        "What do you hold about me?",
        "Who can see it?",
        "How long do you keep it?",
        "What can I do?",
    ):
        assert question in page


def test_the_page_is_in_short_sentences() -> None:
    page = register_page(register_document(data_register(a_view()), snapshot_date=DAY))
    paragraphs = [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<p>(.*?)</p>", page, re.DOTALL)]
    sentences = [s.split() for text in paragraphs for s in re.split(r"[.?!:]\s", text) if s.strip()]
    assert sum(map(len, sentences)) / len(sentences) < 14


def test_the_document_can_be_written_as_json() -> None:
    document = register_document(data_register(a_view()), snapshot_date=DAY)
    (libraries,) = [
        row for row in json.loads(json.dumps(document))["holdings"] if row["source"] == "libraries"
    ]
    assert libraries["review_date"] == "2026-09-30"
    assert next(use["purpose"] for use in libraries["uses"]) == "electoral_registration"
