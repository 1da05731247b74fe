"""The outcome `children`: what changed around each child on a list, and what services contradict each other about."""

import pandas as pd

from linkage.outcomes.cases import anchors, as_cases, case_ids, evidence_lists
from linkage.outcomes.children.contradictions import contradictions, missing
from linkage.outcomes.children.findings import household_changes
from linkage.outcomes.children.listed import listed_children, minors
from linkage.outcomes.children.presence import presences
from linkage.outcomes.children.statements import statements
from linkage.outcomes.view import View
from linkage.schema import CHILD_CHANGE, HOUSEHOLD_MEMBER

LEAST = 0.5
"""How sure a change must be to be told."""


def watch_children(view: View) -> pd.DataFrame:
    """Everything within a year that somebody who works with a listed child must know.

    Only services that may be used to safeguard are asked, and nobody whose address is withheld is found anywhere, for
    the index holds no statement of theirs.

    Args:
        view: The live index.

    Returns:
        Frame conforming to `CHILD_CHANGE`.
    """
    listed = listed_children(view)["resident_id"]
    said = statements(view, listed)
    found = presences(view, said)
    told = pd.concat(
        [
            household_changes(view, found, listed, minors(view)),
            contradictions(view, said, found, listed),
            missing(view, said, listed),
        ],
        ignore_index=True,
    )
    told = told[told["sureness"] >= LEAST].reset_index(drop=True)
    first = anchors(view, pd.concat([told["child_id"], told["other_id"]]))
    homes = view.rows(HOUSEHOLD_MEMBER, "uprn").drop_duplicates("uprn").set_index("uprn")["household_id"]
    cases = told.assign(
        case_id=case_ids(
            "children",
            told["finding"],
            told["child_id"].map(first),
            told["other_id"].map(first),
            told["uprn"],
        ),
        household_id=told["uprn"].map(homes),
        change_date=told["day"],
        probability=told["sureness"].round(4),
    ).drop_duplicates("case_id")
    borne = evidence_lists(_borne(cases, said), "case_id")
    named = cases.rename(columns={"child_id": "resident_id", "other_id": "related_resident_id"})
    return as_cases(named.assign(evidence=named["case_id"].map(borne)), CHILD_CHANGE, view)


def _borne(cases: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """What services say of the child and the other at the address: the rows of evidence of each case."""
    here = ["resident_id", "uprn"]
    of_child = cases[["case_id", "child_id", "uprn"]].rename(columns={"child_id": "resident_id"})
    of_other = cases[["case_id", "other_id", "uprn"]].rename(columns={"other_id": "resident_id"})
    asked = pd.concat([of_child.assign(who="child"), of_other.dropna().assign(who="other")])
    rows = asked.merge(said, on=here)
    told = rows.assign(
        says=rows["is_live"]
        .map({True: "lives here", False: "has lived here"})
        .where(rows["over_date"].isna(), "has left"),
        since=rows["since"],
        until=rows["over_date"],
        heard=rows["first_snapshot_date"],
        how_sure=rows["sureness"],
    )
    names = ["case_id", "who", "source", "says", "since", "until", "heard", "how_sure", "record_id"]
    return told.sort_values(["case_id", "who", "source", "record_id", "heard"])[names]
