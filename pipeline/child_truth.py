"""How right the outcome `children` is, where the truth is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from linkage.evaluate import Town, person_of_resident
from linkage.evaluate.children import (
    ENOUGH,
    LONG_AGO,
    YEAR,
    child_happenings,
    is_told,
    judge_children,
    judge_sayings,
    known_by,
    mixed_persons,
    what_services_say,
)
from linkage.outcomes import Figure, View, share
from linkage.outcomes.children.listed import CASES_OF, listed_children
from linkage.outcomes.children.statements import PURPOSE
from linkage.schema import ADDRESS, CROSSWALK, RESIDENCE_EVIDENCE, SOURCE_RECORD, SOURCE_STATE


@dataclass(frozen=True)
class ChildTruth:
    """What is told around children, and what truly happened.

    Attributes:
        told: Rows of `CHILD_CHANGE` with `child_id`, `person_id` and `is_right`.
        happened: What happened within the year, with `known_by` (teams that know of it), `stated_by` (teams that state
            what is so since, known as a change or not), `is_told`, and `is_mixed` (the index has joined or parted the
            records of one of the two wrongly).
    """

    told: pd.DataFrame
    happened: pd.DataFrame


def truth_of_children(frame: pd.DataFrame, view: View, town: Town) -> ChildTruth:
    """Hold what is told against the truth.

    Args:
        frame: Frame conforming to `CHILD_CHANGE`.
        view: The index that it was made from.
        town: The truth.
    """
    today, homes = view.today, town.home_of_person(view.today)
    persons = town.person_of_record(today)
    crosswalk = view.rows(CROSSWALK, "resident_id")
    named = person_of_resident(crosswalk, persons)
    children = _children(view, town, crosswalk, persons)
    addresses = view.rows(ADDRESS, "is_communal")
    communal = addresses.loc[addresses["is_communal"], "uprn"]
    happened, beside = (
        child_happenings(town, children, LONG_AGO, today, communal, of_address=also) for also in (False, True)
    )
    told = frame.assign(child_id=frame["resident_id"].map(named))
    told = told.assign(
        person_id=frame["related_resident_id"]
        .map(named)
        .where(frame["related_resident_id"].notna(), told["child_id"])
    )
    owners = {source: view.owners()[source] for source in view.may_use(PURPOSE)}
    records = view.rows(SOURCE_RECORD, "uprn", "is_live", "closed_date")
    said = what_services_say(view.rows(RESIDENCE_EVIDENCE), records, persons, owners)
    held = town.records[town.records["last_snapshot"] >= today]
    source = held["record_id"].str.split(":", n=1).str[0]
    seen = held.loc[source.isin([name for name in owners if name != CASES_OF]), "person_id"]
    is_right = judge_children(told, pd.concat([happened, beside]), homes, today)
    told = told.assign(is_right=is_right.fillna(judge_sayings(told, said, seen)))
    recent = happened[happened["day"] > today - YEAR]
    mixed = mixed_persons(crosswalk, persons)
    recent = recent.assign(
        known_by=known_by(recent, said, homes),
        stated_by=known_by(recent, said, homes, also_undated=True),
        is_told=is_told(recent, told),
        is_mixed=recent[["child_id", "person_id"]].isin(set(mixed)).any(axis=1),
    )
    return ChildTruth(told, recent)


def measure_children(frame: pd.DataFrame, view: View, town: Town) -> Sequence[Figure]:
    """Share of what is told that is right, and share of what two teams know that is told."""
    truth = truth_of_children(frame, view, town)
    judged = truth.told["is_right"].astype(bool)
    first = view.rows(SOURCE_STATE, "first_snapshot_date")["first_snapshot_date"].min()
    watched = truth.happened[truth.happened["day"] > first]
    known = watched[watched["known_by"] >= ENOUGH]
    return (
        share(
            "precision", int(judged.sum()), len(judged), "Of all that is told of listed children: what is true.",
            is_against_truth=True,
        ),
        share(
            "known_told", int(known["is_told"].sum()), len(known),
            "Changes since the first snapshot of which two teams know that are told.", is_against_truth=True,
        ),
        share(
            "all_told", int(watched["is_told"].sum()), len(watched),
            "Changes since the first snapshot that are told, whether or not a service knows.", is_against_truth=True,
        ),
    )  # fmt: skip


def _children(view: View, town: Town, crosswalk: pd.DataFrame, persons: "pd.Series[str]") -> list[str]:
    """Persons whom the records of listed residents are of, under 18 in truth."""
    listed = crosswalk[crosswalk["resident_id"].isin(listed_children(view)["resident_id"])]
    named = person_of_resident(listed, persons)
    born = town.persons.set_index("person_id")["birth_date"]
    young = born[born + pd.DateOffset(years=18) > view.today].index
    return sorted(set(named) & set(young))
