"""Children on a list: what is told of a child's household, and what never is."""

from typing import Any

import pandas as pd

from linkage.outcomes import View
from linkage.outcomes.children import watch_children
from linkage.schema import (
    ADDRESS,
    CROSSWALK,
    HOUSEHOLD_MEMBER,
    RESIDENCE,
    RESIDENCE_EVIDENCE,
    RESIDENT,
    ROW_FACT,
    SOURCE_RECORD,
    SOURCE_STATE,
    WATCHED_CHILD,
)
from tests.unit.outcomes.views import a_view, rows

HOME, AWAY = "100", "200"
CASE = "childrens_social_care:A1:person:1"
CHILD = {"resident_id": "R1", "birth_date": "2018-05-01", "surname": "OKAFOR", "uprn": HOME}
MOTHER = {"resident_id": "R2", "birth_date": "1984-06-02", "surname": "OKAFOR", "uprn": HOME}
STRANGER = {"resident_id": "R3", "birth_date": "1980-01-05", "surname": "BARROW", "uprn": HOME}


def said(
    source: str, resident: str, uprn: str = HOME, since: str = "2019-01-01", **more: Any
) -> dict[str, Any]:
    """A service says that somebody lives at an address since a day."""
    return {
        "record_id": f"{source}:{resident}{uprn}:x:1", "source": source, "resident_id": resident, "uprn": uprn,
        "is_live": True, "weight": 0.9, "from_date": since, "start_date": since,
        "first_snapshot_date": "2026-08-01", "snapshot_date": "2026-12-01",
    } | more  # fmt: skip


CASE_OPEN = said("childrens_social_care", "R1", record_id=CASE)
MOTHERS = (said("housing_benefit", "R2"), said("childrens_social_care", "R2"))
LATER = {"since": "2026-10-01", "first_snapshot_date": "2026-11-01"}
NEWCOMER = (said("housing_benefit", "R3", **LATER), said("childrens_social_care", "R3", **LATER))


def town(*statements: dict[str, Any], residents: tuple = (CHILD, MOTHER, STRANGER), **more: Any) -> View:
    told = [CASE_OPEN, *MOTHERS, *statements]
    members = [
        {"household_id": f"H{s['uprn']}", "resident_id": s["resident_id"], "stay": 1, "uprn": s["uprn"],
         "is_current": s["is_live"], "from_date": s["from_date"], "probability": 0.95} for s in told
    ]  # fmt: skip
    stays = [{**m, "standing": "current" if m["is_current"] else "former"} for m in members]
    fact = {"record_id": CASE, "fact": "case_status", "source": "childrens_social_care", "value": "OPEN"}
    sources = sorted({s["source"] for s in told})
    unique = ["household_id", "resident_id", "stay"]
    return a_view(
        (RESIDENT, rows(RESIDENT, *residents)),
        (SOURCE_RECORD, rows(SOURCE_RECORD, *told)),
        (CROSSWALK, rows(CROSSWALK, *told)),
        (RESIDENCE_EVIDENCE, rows(RESIDENCE_EVIDENCE, *told)),
        (
            RESIDENCE,
            rows(RESIDENCE, *pd.DataFrame(stays).drop_duplicates(["resident_id", "uprn"]).to_dict("records")),
        ),
        (
            HOUSEHOLD_MEMBER,
            rows(HOUSEHOLD_MEMBER, *pd.DataFrame(members).drop_duplicates(unique).to_dict("records")),
        ),
        (ADDRESS, rows(ADDRESS, *({"uprn": u, "is_residential": True} for u in (HOME, AWAY)))),
        (
            SOURCE_STATE,
            rows(SOURCE_STATE, *({"source": s, "first_snapshot_date": "2026-08-01"} for s in sources)),
        ),
        (ROW_FACT, rows(ROW_FACT, {**fact, **more})),
    )


def found(view: View) -> list[tuple[str, str | None]]:
    told = watch_children(view)
    return [
        (f, None if pd.isna(r) else r)
        for f, r in zip(told["finding"], told["related_resident_id"], strict=True)
    ]


def test_nothing_is_told_where_nothing_has_changed() -> None:
    assert found(town(residents=(CHILD, MOTHER))) == []


def test_an_adult_whom_two_services_have_come_to_know_there_is_new() -> None:
    assert found(town(*NEWCOMER)) == [("new_adult", "R3")]


def test_a_child_without_an_open_case_whom_nobody_watches_is_not_looked_at() -> None:
    assert found(town(*NEWCOMER, value="CLOSED")) == []


def test_a_child_whom_somebody_watches_is_looked_at() -> None:
    view = town(*NEWCOMER, value="CLOSED")
    watched = {
        "watch_id": "w",
        "record_id": CASE,
        "is_watched": True,
        "asked_at": pd.Timestamp("2026-11-01", tz="UTC"),
    }
    frame = pd.DataFrame([{name: watched.get(name, "x") for name in WATCHED_CHILD.names}])
    read = view.read

    def with_list(table: Any) -> pd.DataFrame:
        return frame[table.names].copy() if table.name == WATCHED_CHILD.name else read(table)

    asked = View(view.run_id, view.snapshot_date, view.nation, view.contracts, with_list)
    assert found(asked) == [("new_adult", "R3")]


def test_what_services_say_that_may_not_be_used_to_safeguard_is_not_told() -> None:
    register = (said("electoral_register", "R3", **LATER), said("national_benefits", "R3", **LATER))
    assert found(town(*register)) == []


def test_somebody_of_whom_no_address_is_stated_is_in_no_household() -> None:
    told = watch_children(town())
    assert "R3" not in told["related_resident_id"].tolist()


def test_no_reason_names_anybody_and_every_case_has_evidence() -> None:
    told = watch_children(town(*NEWCOMER))
    assert not told["reason"].str.contains("OKAFOR|BARROW|R3|100").any()
    assert told["evidence"].ne("[]").all()
