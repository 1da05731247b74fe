"""What looks like a fraud and is not, and frauds that somebody could find out."""

import pandas as pd

TRAPS = (
    "lodger_in",
    "carer_in",
    "care_stay",
    "minder_in",
    "late_tenancy_end",
    "breakdown_untold",
    "family_move",
)


def homes_on(town, day: str) -> pd.Series:
    """UPRN where each person lives on a day."""
    spells = town.truth("person_household")
    there = (spells["start_date"] <= day) & ((spells["end_date"] == "") | (spells["end_date"] > day))
    return spells[there].drop_duplicates("person_id", keep="last").set_index("person_id")["uprn"]


def test_every_trap_occurs_and_never_to_the_canary(camden):
    persons = camden.truth("persons")
    canary = persons.loc[persons["surname"].str.upper() == "ZZYZXCANARY", "person_id"].item()
    events = camden.truth("events")
    assert set(TRAPS) <= set(events["kind"])
    assert canary not in set(events["person_id"])


def test_tenants_who_sublet_live_elsewhere_and_some_of_them_in_the_town(camden):
    frauds = camden.truth("frauds").query("kind == 'sublet_tenancy'")
    home = frauds["person_id"].map(homes_on(camden, "2026-09-01"))
    assert not (home == frauds["uprn"]).any()
    assert home.notna().any()


def test_somebody_else_lives_in_a_sublet_home_whenever_it_is_let(camden):
    frauds = camden.truth("frauds").query("kind == 'sublet_tenancy'")
    assert frauds["uprn"].isin(homes_on(camden, "2026-09-01")).mean() > 0.5


def test_housing_never_learns_of_a_sublet(camden):
    frauds = camden.truth("frauds").query("kind == 'sublet_tenancy'")
    rows = camden.read("housing_tenancies", "2026-09-01")
    rows = rows.assign(
        record_id="housing_tenancies:" + rows["PERSON_REF"] + "/" + rows["TENANCY_REF"] + ":member:1"
    )
    mine = rows[rows["record_id"].isin(frauds["record_id"])]
    assert len(mine) >= len(frauds) - 1
    assert (mine["TEN_END"] == "").all()
    assert (mine["PERSON_TYPE"] == "TENANT").all()


def test_a_tenant_in_care_keeps_the_tenancy_and_only_social_care_knows(camden):
    events = camden.truth("events")
    away = set(events.query("kind == 'care_stay'")["person_id"]) - set(
        events.query("kind == 'care_return'")["person_id"]
    )
    persons = camden.truth("persons").set_index("person_id")
    away = {p for p in away if persons.loc[p, "death_date"] == "" and persons.loc[p, "left_date"] == ""}
    truth = camden.truth("record_person")
    rows = camden.read("housing_tenancies", "2026-09-01")
    rows = rows.assign(
        record_id="housing_tenancies:" + rows["PERSON_REF"] + "/" + rows["TENANCY_REF"] + ":member:1"
    )
    mine = rows[rows["record_id"].isin(truth.loc[truth["person_id"].isin(away), "record_id"])]
    assert (mine["TEN_END"] == "").all()


def test_families_who_give_a_false_address_never_live_there(camden):
    frauds = camden.truth("frauds").query("kind == 'false_school_address'")
    spells = camden.truth("person_household")
    persons = camden.truth("persons").set_index("person_id")
    lived = set(zip(spells["person_id"], spells["uprn"], strict=True))
    assert len(frauds) >= 1
    for fraud in frauds.itertuples():
        child = persons.loc[fraud.person_id]
        for who in (fraud.person_id, child["mother_id"], child["father_id"]):
            assert (who, fraud.uprn) not in lived


def test_an_application_keeps_its_date(camden):
    first, second = (camden.read("school_admissions", day) for day in ("2026-08-01", "2026-09-01"))
    both = first.merge(second, on="ApplicationRef", suffixes=("", "_later"))
    same = both["ApplicationDate"] == both["ApplicationDate_later"]
    assert same.mean() > 0.95
    applied = pd.to_datetime(second["ApplicationDate"], format="%d/%m/%Y")
    assert applied.max() <= pd.Timestamp("2026-09-01")
