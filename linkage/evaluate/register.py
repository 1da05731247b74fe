"""How right the check of the electoral register is, against the truth of a simulated town."""

from typing import NamedTuple

import pandas as pd

from linkage.evaluate.town import Town

REGISTER = "electoral_register"


class Measured(NamedTuple):
    """One share against the truth: its name, part and whole, and what it says in one sentence."""

    measure: str
    part: int
    whole: int
    description: str


def measure_register(
    checked: pd.DataFrame, town: Town, persons: "pd.Series[str]", *, on: pd.Timestamp
) -> list[Measured]:
    """Measure the findings about entries and about residents without one.

    Args:
        checked: Frame conforming to `ELECTOR_CHECK`.
        town: The truth.
        persons: Person of each resident, by resident id.
        on: The snapshot.

    Returns:
        Shares against the truth on the snapshot's day; of validations also on the day that each states, since services
        hear weeks later of who has left.
    """
    entries = _judged(checked[checked["record_id"].notna()], town, on)
    return [*_validated(entries), *_others(entries), *_unregistered(checked, town, persons, on)]


def _validated(entries: pd.DataFrame) -> list[Measured]:
    validated, benefits = entries["finding"].eq("validated"), entries["benefits_agree"]
    lives, lived = entries["lives_there"], entries["lived_there"]
    return [
        _share("true_validated", validated, lives, "True entries that are validated."),
        _share("validated_true", lives, validated, "Validated entries of people who live there today."),
        _share("validated_true_then", lived, validated, "Validated entries that are true of the day stated."),
        _share("true_validated_by_benefits", benefits, lives, "True entries that benefits alone validate."),
        _share("validated_by_benefits_true", lives, benefits, "Entries benefits validate, of people there."),
    ]


def _others(entries: pd.DataFrame) -> list[Measured]:
    moved, dead, second = (
        entries["finding"].eq(name)
        for name in ("probably_moved", "probably_deceased", "duplicate_registration")
    )
    placed = moved & entries["evidenced_uprn"].notna()
    right = entries["evidenced_uprn"].eq(entries["home"]).fillna(False).astype(bool)
    shared = entries.duplicated("person_id", keep=False) & entries["person_id"].notna()
    spare = shared & ~entries["lives_there"]
    return [
        _share(
            "moved_true", ~entries["lives_there"], moved, "Told as moved, of people who do not live there."
        ),
        _share(
            "moved_to_true", right, placed, "Told as moved to an address, of people who live at that one."
        ),
        _share("deceased_true", entries["is_dead"], dead, "Told as dead, of people who have died."),
        _share("duplicate_true", shared, second, "Told as a second entry, of people who have two."),
        _share(
            "true_duplicate", second, spare, "Second entries, where the person does not live, that are told."
        ),
    ]


def _unregistered(
    checked: pd.DataFrame, town: Town, persons: "pd.Series[str]", on: pd.Timestamp
) -> list[Measured]:
    """Residents told to be missing from the register, who live where they are said to and have no entry."""
    told = checked[checked["finding"].isin(["missing_from_register", "attainer_due"])]
    person = told["resident_id"].map(persons)
    lives = person.map(town.home_of_person(on)).eq(told["uprn"]).fillna(False).astype(bool)
    named = town.records[town.records["record_id"].str.startswith(f"{REGISTER}:")]
    now = named.loc[(named["first_snapshot"] <= on) & (named["last_snapshot"] >= on), "person_id"]
    right = lives & ~person.isin(now)
    return [
        Measured(
            "missing_true", int(right.sum()), len(told), "Told as missing, who live there without an entry."
        )
    ]


def _judged(entries: pd.DataFrame, town: Town, on: pd.Timestamp) -> pd.DataFrame:
    person = entries["record_id"].map(town.person_of_record(on))
    home = person.map(town.home_of_person(on))
    died = person.map(town.persons.set_index("person_id")["death_date"])
    judged = entries.assign(person_id=person, home=home, is_dead=died <= on)
    there = home.eq(entries["uprn"]).fillna(False).astype(bool)
    return judged.assign(lives_there=there, lived_there=_lived(judged, town))


def _lived(entries: pd.DataFrame, town: Town) -> "pd.Series[bool]":
    """Whether each elector lived at the address on the day that its entry states."""
    stated = entries[["case_id", "person_id", "uprn", "latest_date"]]
    spells = stated.merge(town.spells, on=["person_id", "uprn"])
    then = (spells["start_date"] <= spells["latest_date"]) & ~(spells["end_date"] <= spells["latest_date"])
    return entries["case_id"].isin(spells.loc[then, "case_id"])


def _share(measure: str, part: "pd.Series[bool]", of: "pd.Series[bool]", description: str) -> Measured:
    return Measured(measure, int((part & of).sum()), int(of.sum()), description)
