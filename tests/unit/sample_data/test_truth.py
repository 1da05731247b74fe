"""Truth: it names every record, one person each, and the people in it make sense."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from linkage.contracts import load_contracts
from linkage.ingest import read_extract
from linkage.standardise import read_gazetteer, standardise
from sample_data.generator.sources import SOURCES

CONTRACTS = load_contracts(Path(__file__).parents[3] / "linkage" / "contracts")
PEOPLE = [source for source in SOURCES if source != "gazetteer"]


def raw(town, source):
    path = town.folder / "extracts" / source / "2026-08-01" / SOURCES[source][0].file_name
    return read_extract(path, CONTRACTS[source], snapshot_date=date(2026, 8, 1), largest_bytes=10**8)


@pytest.fixture(scope="module")
def gazetteers(camden, vale):
    return {town.folder: read_gazetteer(raw(town, "gazetteer")) for town in (camden, vale)}


@pytest.mark.parametrize("source", PEOPLE)
@pytest.mark.parametrize("name", ["camden", "vale"])
def test_truth_names_exactly_the_records_that_the_text_gives(request, gazetteers, name, source):
    town = request.getfixturevalue(name)
    rows = raw(town, source).drop_duplicates("_record_key")
    records = standardise(rows, CONTRACTS[source], gazetteers[town.folder], snapshot_date=date(2026, 8, 1))
    truth = town.truth("record_person")
    mine = truth[truth["record_id"].str.startswith(source + ":") & (truth["first_snapshot"] <= "2026-08-01")]
    assert set(records["record_id"]) == set(mine["record_id"])


def test_a_record_has_one_person_at_each_snapshot(camden):
    truth = camden.truth("record_person")
    for snapshot in ("2026-08-01", "2026-09-01"):
        now = truth[(truth["first_snapshot"] <= snapshot) & (truth["last_snapshot"] >= snapshot)]
        assert not now["record_id"].duplicated().any()


def test_every_id_in_the_truth_leads_to_a_person(camden):
    persons = set(camden.truth("persons")["person_id"])
    for name in ("record_person", "person_household", "events", "frauds"):
        assert set(camden.truth(name)["person_id"]) <= persons


def test_nobody_lives_in_two_places_at_once(camden):
    spells = camden.truth("person_household")
    spells["end_date"] = spells["end_date"].replace("", "9999-12-31")
    spells = spells.sort_values(["person_id", "start_date", "end_date"])
    following = spells.shift(-1)
    same = spells["person_id"] == following["person_id"]
    assert not (same & (following["start_date"] < spells["end_date"])).any()
    assert (spells["start_date"] <= spells["end_date"]).all()


def test_nobody_is_born_before_a_parent_is_grown(camden):
    persons = camden.truth("persons").set_index("person_id")
    born = pd.to_datetime(persons["birth_date"])
    for parent in ("mother_id", "father_id"):
        known = persons[persons[parent].isin(persons.index)]
        gap = born[known.index].to_numpy() - born[known[parent]].to_numpy()
        assert (gap > pd.Timedelta(days=365 * 14)).all()


def test_twins_namesakes_and_every_fraud_occur(camden):
    persons = camden.truth("persons")
    with_mother = persons[persons["mother_id"] != ""]
    assert with_mother.duplicated(["mother_id", "birth_date"]).sum() >= 2
    by_id = persons.set_index("person_id")["forename"]
    fathers = persons[persons["father_id"].isin(by_id.index)]
    assert (fathers["forename"].to_numpy() == by_id[fathers["father_id"]].to_numpy()).sum() >= 1
    kinds = {"false_single_person_discount", "false_school_address", "sublet_tenancy", "undeclared_partner"}
    assert set(camden.truth("frauds")["kind"]) == kinds


def test_every_fraud_leads_to_a_record_and_its_person(camden):
    frauds = camden.truth("frauds")
    pairs = set(map(tuple, camden.truth("record_person")[["record_id", "person_id"]].to_numpy()))
    assert set(map(tuple, frauds[["record_id", "person_id"]].to_numpy())) <= pairs


def test_the_months_go_on_with_the_same_people(camden):
    truth = camden.truth("record_person")
    both = truth[(truth["first_snapshot"] == "2026-08-01") & (truth["last_snapshot"] == "2026-09-01")]
    assert 0.9 < len(both) / len(truth) < 1


def test_records_of_one_person_mostly_agree_across_sources(camden):
    truth = camden.truth("record_person")
    persons = camden.truth("persons").set_index("person_id")["birth_date"]
    rows = camden.read("national_benefits", "2026-08-01").assign(
        record_id=lambda r: "national_benefits:" + r["RECORD_NO"] + ":claimant:1"
    )
    joined = rows.merge(truth, on="record_id")
    right = joined["DOB"] == joined["person_id"].map(persons).str.replace("-", "")
    assert 0.97 < right.mean() < 1


def test_the_canary_is_in_many_sources_in_all_months_and_one_row_is_malformed(camden):
    persons = camden.truth("persons")
    canary = persons.loc[persons["surname"].str.upper() == "ZZYZXCANARY", "person_id"].item()
    truth = camden.truth("record_person")
    mine = truth[truth["person_id"] == canary]
    assert mine["record_id"].str.split(":").str[0].nunique() >= 4
    assert (mine["first_snapshot"] == "2026-08-01").all()
    assert (mine["last_snapshot"] == "2026-09-01").all()
    for source, name, nino in (("housing_benefit", "NAME", "NINO"), ("national_benefits", "SURNAME", "NINO")):
        rows = camden.read(source, "2026-08-01")
        his = rows[rows[name].str.contains("ZZYZXCANARY")]
        assert len(his) == 1
        assert (his[nino].str.len() == 7).all()
