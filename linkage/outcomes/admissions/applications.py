"""Applications for school places: who is in each family, and what services say of where they live."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd
import yaml

from linkage.outcomes.homes import homes, is_one_place
from linkage.outcomes.statements import one_voice, statements
from linkage.outcomes.view import View
from linkage.schema import CROSSWALK, RESIDENCE_EVIDENCE, SOURCE_RECORD

ADMISSIONS = "school_admissions"
PURPOSE = "crime_prevention"
CONTACTS = ("contact1", "contact2")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the check goes by; each with its reason in `admissions.yaml`.

    Attributes:
        elsewhere_probability: From which a family is held to be evidenced elsewhere.
        here_probability: From which it is held to be evidenced at the address.
        confirming_count: Services that must have the family elsewhere where nobody else is at the address.
        settled_days: Days after which services have heard of most moves.
        year_days: Days before an application that count as before it.
    """

    elsewhere_probability: float
    here_probability: float
    confirming_count: int
    settled_days: int
    year_days: int


@cache
def limits() -> Limits:
    """The limits in force."""
    return Limits(**yaml.safe_load(files("linkage.outcomes").joinpath("admissions.yaml").read_text("utf-8")))


@dataclass(frozen=True)
class Admissions:
    """What the admissions hold, and what services say: each read once, for every part of the check.

    Attributes:
        records: Live records of applications, of children and of contacts: `record_id`, `record_key`, `person_role`,
            `uprn`, `surname`, `start_date`, `resident_id`.
        said: What `statements` gives for the prevention of crime, of services other than the admissions'.
        addresses: What `homes` gives.
    """

    records: pd.DataFrame
    said: pd.DataFrame
    addresses: pd.DataFrame


def admissions(view: View) -> Admissions:
    """What the admissions and the services say now."""
    said = statements(view, PURPOSE)
    return Admissions(_live(view), said[said["source"] != ADMISSIONS], homes(view))


def applications(view: View, held: Admissions) -> pd.DataFrame:
    """Live applications.

    Args:
        view: The index.
        held: What `admissions` gave.

    Returns:
        One row a child's live record, in order of `record_id`: `record_key`, `uprn`, `resident_id`,
        `application_date`, `reference`, `stated_date` (first snapshot in which the address was stated, where an
        earlier one did not state it), `is_shared` (the address is a whole building, or communal).
    """
    child = held.records[held.records["person_role"].eq("child")].drop(columns=["person_role", "surname"])
    shared = held.addresses.index[held.addresses["is_shared"]]
    told = child.assign(
        application_date=child["start_date"],
        reference=child["record_id"].map(view.facts("application_reference")),
        is_shared=child["uprn"].isin(shared),
    )
    return told.merge(_stated(view), on=["record_id", "uprn"], how="left").reset_index(drop=True)


def _live(view: View) -> pd.DataFrame:
    names = ("source", "record_key", "person_role", "uprn", "surname", "is_live", "closed_date", "start_date")
    records = view.rows(SOURCE_RECORD, *names)
    live = records["is_live"] & records["closed_date"].isna() & records["source"].eq(ADMISSIONS)
    kept = records[live].drop(columns=["source", "is_live", "closed_date"])
    return kept.merge(view.rows(CROSSWALK, "resident_id"), on="record_id").reset_index(drop=True)


def _stated(view: View) -> pd.DataFrame:
    """Addresses that a record did not state in the first snapshot that had it, and since when it does."""
    said = view.rows(RESIDENCE_EVIDENCE, "source")
    mine = said[said["source"].eq(ADMISSIONS)]
    first = mine.groupby("record_id")["first_snapshot_date"].transform("min")
    later = mine[mine["first_snapshot_date"] > first]
    latest = later.groupby(["record_id", "uprn"])["first_snapshot_date"].max()
    return latest.rename("stated_date").reset_index()


def families(view: View, held: Admissions, applied: pd.DataFrame) -> pd.DataFrame:
    """The child of each application and the contacts who say that they live with the child.

    Args:
        view: The index.
        held: What `admissions` gave.
        applied: What `applications` gave.

    Returns:
        One row an application and person: `application` (the child's record), `resident_id`, `who` (child or
        parent), `surname`.
    """
    records = held.records
    contact = records[records["person_role"].isin(CONTACTS)]
    lives = (
        contact["record_id"]
        .map(_lives_with_child(view))
        .astype("string")
        .str.upper()
        .eq("Y")
        .fillna(value=False)
    )
    key = applied[["record_key", "record_id"]].rename(columns={"record_id": "application"})
    parents = contact[lives].merge(key, on="record_key").assign(who="parent")
    names = records[["record_id", "surname"]]
    child = applied[["record_id", "resident_id"]].merge(names, on="record_id").assign(who="child")
    together = pd.concat([child.rename(columns={"record_id": "application"}), parents], ignore_index=True)
    kept = together[["application", "resident_id", "who", "surname"]].drop_duplicates(
        ["application", "resident_id"]
    )
    return kept.sort_values(["application", "who", "resident_id"], ignore_index=True)


def _lives_with_child(view: View) -> "pd.Series[str]":
    """What the form says of each contact, by the contact's record: the fact that is named after its part in it."""
    told = []
    for role in CONTACTS:
        said = view.facts(f"{role}_lives_with_child")
        told.append(said[said.index.str.contains(f":{role}:", regex=False)])
    return pd.concat(told)


def family_statements(held: Admissions, applied: pd.DataFrame, family: pd.DataFrame) -> pd.DataFrame:
    """What services other than the admissions' say of each family.

    Args:
        held: What `admissions` gave.
        applied: What `applications` gave.
        family: What `families` gave.

    Returns:
        One row an application, person and statement: `application`, `who`, `home` (the address applied from),
        `application_date`, `is_home` (the statement is of it, or of a part or the whole of it), and the columns of
        `statements`.
    """
    about = applied[["record_id", "uprn", "application_date"]].rename(
        columns={"record_id": "application", "uprn": "home"}
    )
    rows = family.drop(columns="surname").merge(held.said, on="resident_id")
    named = rows.merge(about, on="application")
    return named.assign(is_home=is_one_place(named["uprn"], named["home"], held.addresses["parent_uprn"]))


def occupied(view: View, held: Admissions, applied: pd.DataFrame, family: pd.DataFrame) -> pd.DataFrame:
    """Addresses applied from where others, not of the family's surnames, have lived since before the application.

    Args:
        view: The index.
        held: What `admissions` gave.
        applied: What `applications` gave.
        family: What `families` gave.

    Returns:
        One row an application: `application`, `others_date`, since when the first of them is there.
    """
    live = held.said[held.said["is_live"] & (held.said["weight"] > 0) & held.said["since_date"].notna()]
    asked = applied.loc[~applied["is_shared"], ["record_id", "uprn", "application_date"]]
    at = asked.rename(columns={"record_id": "application"}).merge(
        live[["uprn", "resident_id", "record_id", "since_date"]], on="uprn"
    )
    at = at[at["since_date"] <= at["application_date"]]
    surnames = view.rows(SOURCE_RECORD, "surname").set_index("record_id")["surname"]
    named = at.assign(surname=at["record_id"].map(surnames))
    is_family = pd.MultiIndex.from_frame(named[["application", "resident_id"]]).isin(
        pd.MultiIndex.from_frame(family[["application", "resident_id"]])
    )
    kin = pd.MultiIndex.from_frame(named[["application", "surname"]]).isin(
        pd.MultiIndex.from_frame(family[["application", "surname"]].dropna())
    )
    others = named[~is_family & ~kin]
    return others.groupby("application")["since_date"].min().rename("others_date").reset_index()


def evidence_of(rows: pd.DataFrame, by: list[str], name: str) -> pd.DataFrame:
    """Odds, number of teams and earliest start of statements, by columns, named after what they are evidence of."""
    odds = one_voice(rows, by)
    since = rows.groupby(by)["since_date"].min().reset_index()
    names = {"odds": f"{name}_odds", "owner_count": f"{name}_count", "since_date": f"{name}_date"}
    return odds.merge(since, on=by).rename(columns=names)
