"""How right applications are matched, where the truth is known."""

from collections.abc import Sequence

import pandas as pd

from linkage import evaluate
from linkage.evaluate import Town
from linkage.outcomes import Figure, View, share
from linkage.outcomes.applying.matching import PURPOSE
from linkage.schema import CROSSWALK, SOURCE_RECORD


def measure_applications(frame: pd.DataFrame, view: View, town: Town) -> Sequence[Figure]:
    """Repeat applications that needed no asking, and matches to somebody else.

    A repeat application is one whose person a service that may be asked has another record of.
    """
    persons = town.person_of_record(view.today)
    records = view.rows(SOURCE_RECORD, "source")
    asked = records[records["source"].isin(view.may_use(PURPOSE))]
    holders = asked.assign(person_id=asked["record_id"].map(persons)).dropna(subset="person_id")
    counts = holders.groupby("person_id").size()
    person = frame["record_id"].map(persons)
    is_repeat = person.map(counts).fillna(0) > 1
    one = frame["finding"].eq("one")
    matched = frame["record_id"].map(_person_without(view, persons, frame))
    # Whoever cannot be told, of the form or of the resident, is not shown to be right.
    wrong = one & ~matched.eq(person).fillna(False).astype(bool)
    spared = one & frame["is_address_confirmed"] & ~wrong
    there = frame["record_id"].map(persons).map(town.home_of_person(view.today))
    return [
        _share(
            "repeat_matched",
            one & is_repeat & ~wrong,
            is_repeat,
            "Repeat applications matched to the applicant.",
        ),
        _share(
            "repeat_not_asked", spared & is_repeat, is_repeat, "Repeat applications that need not have asked."
        ),
        _share("false_match", wrong, one, "Matches to somebody who is not the applicant."),
        _share(
            "address_true", spared & there.notna(), spared, "Not asked, of applicants who live in the town."
        ),
    ]


def _person_without(view: View, persons: "pd.Series[str]", frame: pd.DataFrame) -> "pd.Series[str]":
    """Person of the resident of each form, by the form's record, as every other record of that resident says."""
    forms = frame.dropna(subset="resident_id")[["record_id", "resident_id"]]
    both = forms.merge(view.rows(CROSSWALK, "resident_id"), on="resident_id", suffixes=("_form", ""))
    others = both[both["record_id"].ne(both["record_id_form"])]
    # By form and not by resident: two forms of one resident are each evidence about the other.
    return evaluate.person_of_resident(others.assign(resident_id=others["record_id_form"]), persons)


def _share(measure: str, part: "pd.Series[bool]", of: "pd.Series[bool]", description: str) -> Figure:
    return share(measure, int((part & of).sum()), int(of.sum()), description, is_against_truth=True)
