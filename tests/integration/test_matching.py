"""One form, answered by look-ups in the index: the same answer as among everybody."""

from collections import Counter
from itertools import product
from random import Random
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from psycopg import sql

from benchmarks.plans import Asked, indexes_used, plan_of, read_whole
from linkage.outcomes import View
from linkage.outcomes.applying import as_forms, known_people, match_forms
from linkage.outcomes.applying.matching import answers
from linkage.schema import CROSSWALK, RESIDENT, SOURCE_RECORD, Table
from linkage.schema.column import integer
from linkage.schema.ddl import FROM
from linkage.store.copy import copy_frame
from linkage.store.database import connect
from linkage.store.transaction import reading
from pipeline.matching import Form, candidates_of, match_form, near
from pipeline.outcomes import view_of
from tests.integration.council import Council
from tests.unit.outcomes.views import a_view, rows

SURNAMES, ROOTS = ("OKAFOR", "SMITH", "JONES"), ("ADAEZE", "ADAEZEE", "NGOZI")
DAYS, UPRNS = ("1984-06-02", "1984-06-03", "1990-01-01", None), ("100", "200", "300", None)
SOURCES = ("libraries", "parking_permits", "council_tax", "adult_social_care")
TABLES = ("published.source_record", "published.crosswalk")
LOOK_UPS = {
    "source_record_birth_date_forename_root_idx",
    "source_record_birth_date_surname_idx",
    "source_record_uprn_surname_idx",
}


def a_record(number: int, resident: str, **said: Any) -> dict[str, Any]:
    usual = {
        "source": "libraries",
        "surname": "OKAFOR",
        "forename_root": "ADAEZE",
        "birth_date": "1984-06-02",
    }
    return {
        "record_id": f"{said.get('source', 'libraries')}:{number}:person:1", "resident_id": resident, "uprn": "100",
        "birth_date_precision": "day", "is_birth_date_weak": False, **usual, **said,
    }  # fmt: skip


def a_form(surname: str, root: str, day: str | None, uprn: str | None) -> pd.DataFrame:
    said = {"surname": surname, "forename": root, "forename_root": root, "birth_date": day, "uprn": uprn}
    frame = pd.DataFrame([{"form_id": "form", "record_id": None, **said}])
    return frame.assign(birth_date=pd.to_datetime(frame["birth_date"]).astype("datetime64[s]"))


def drawn(seed: int, count: int = 40) -> list[dict[str, Any]]:
    """Records of a few people who are easily confused, some of whose records contradict each other."""
    draws = Random(seed)
    return [
        a_record(
            number,
            f"R{draws.randrange(count // 2)}",
            source=draws.choice(SOURCES),
            surname=draws.choice(SURNAMES),
            surname_alias=draws.choice((*SURNAMES, None, None)),
            forename_root=draws.choice(ROOTS),
            birth_date=draws.choice(DAYS),
            birth_date_precision=draws.choice(("day", "day", "month")),
            is_birth_date_weak=draws.random() < 0.2,
            uprn=draws.choice(UPRNS),
        )
        for number in range(count)
    ]


def published(engine: sa.Engine, *records: dict[str, Any], golden: str | None = None) -> View:
    """Put records in the index, and give the view of them all; a resident's golden birth date is that given."""
    residents = [{"resident_id": r, "birth_date": golden} for r in {str(k["resident_id"]) for k in records}]
    held = [(SOURCE_RECORD, rows(SOURCE_RECORD, *records)), (CROSSWALK, rows(CROSSWALK, *records))]
    since = integer(FROM, "Publication.", required=True)
    with engine.begin() as connection:
        for table, frame in (*held, (RESIDENT, rows(RESIDENT, *residents))):
            kept = Table(table.name, table.grain, table.key, (*table.columns, since))
            copy_frame(connection, frame.assign(**{FROM: 1}), kept, "published")
    return a_view(*held)


def finding(engine: sa.Engine, view: View, form: pd.DataFrame) -> str:
    with engine.connect() as connection:
        return str(answers(form, candidates_of(connection, view, form))["finding"].iloc[0])


@pytest.mark.parametrize("seed", range(2))
def test_a_form_has_the_candidates_by_look_ups_that_it_has_among_everybody(
    engine: sa.Engine, seed: int
) -> None:
    view = published(engine, *drawn(seed))
    everybody, found = known_people(view), Counter[str]()
    with engine.connect() as connection:
        for said in product(SURNAMES, ROOTS, DAYS, UPRNS):
            form = a_form(*said)
            expected = match_forms(form, everybody)
            pd.testing.assert_frame_equal(candidates_of(connection, view, form), expected, obj=str(said))
            found.update(answers(form, expected)["finding"])
    assert set(found) == {"one", "several", "nobody"}


def test_a_record_of_the_form_s_birth_date_is_found_whatever_date_won_for_its_resident(
    engine: sa.Engine,
) -> None:
    view = published(engine, a_record(1, "R1"), golden="1984-02-06")
    assert finding(engine, view, a_form("OKAFOR", "ADAEZE", "1984-06-02", None)) == "one"


def test_a_second_person_who_may_be_the_applicant_is_never_missed(engine: sa.Engine) -> None:
    view = published(
        engine, a_record(1, "R1"), a_record(2, "R2", uprn="200", forename="ADA"), golden="1984-02-06"
    )
    assert finding(engine, view, a_form("OKAFOR", "ADAEZE", "1984-06-02", "100")) == "several"


def test_a_form_without_a_birth_date_is_never_one(engine: sa.Engine) -> None:
    view = published(engine, a_record(1, "R1"), a_record(2, "R2", surname="SMITH", birth_date=None))
    assert finding(engine, view, a_form("OKAFOR", "ADAEZE", "1984-06-02", "100")) == "one"
    assert finding(engine, view, a_form("OKAFOR", "ADAEZE", None, "100")) == "several"
    assert finding(engine, view, a_form("SMITH", "ADAEZE", None, "100")) == "several"


def test_each_look_up_of_a_form_has_its_index(engine: sa.Engine) -> None:
    many = (
        a_record(
            n, f"R{n}", surname=f"S{n % 41}", forename_root=f"F{n % 43}", uprn=str(n % 47), birth_date=day
        )
        for n, day in enumerate(pd.date_range("1984-06-01", periods=20).astype(str).to_list() * 200)
    )
    published(engine, *many)
    condition = near(a_form("S1", "F1", "1984-06-02", "1"))
    with engine.connect() as connection:
        connection.execute(sa.text("ANALYZE published.source_record, published.crosswalk"))
        # A table as small as this is else read whole, indexes or not.
        connection.execute(sa.text("SET LOCAL enable_seqscan TO off"))
        driver: Any = connection.connection.driver_connection
        for table in (SOURCE_RECORD, CROSSWALK):
            query = sql.SQL("SELECT * FROM published.{} AS rows WHERE {}").format(
                sql.Identifier(table.name), condition
            )
            plan = plan_of(connection, Asked(query.as_string(driver), None))
            assert set(indexes_used(plan)) >= LOOK_UPS
            assert read_whole(plan, dict.fromkeys(TABLES, 4000.0), largest=0) == []


def test_what_a_form_says_is_answered_as_a_record_that_says_it_would_be(council: Council) -> None:
    with connect(council.settings) as database, reading(database) as connection:
        view = view_of(connection, council.settings)
        known, records = known_people(view), view.rows(SOURCE_RECORD)
    asked = as_forms(records.sample(8, random_state=4).reset_index(drop=True))
    asked = asked.assign(form_id=asked["record_id"], record_id=None)
    expected = answers(asked, match_forms(asked, known)).set_index("form_id")["finding"]
    found = {}
    for said in asked.itertuples():
        born = None if pd.isna(said.birth_date) else str(said.birth_date.date())
        uprn = None if pd.isna(said.uprn) else said.uprn
        told = match_form(council.settings, Form(said.surname, said.forename, born, uprn=uprn))
        found[said.form_id] = told["finding"]
        year = None if born is None else born[:4]
        undated = match_form(council.settings, Form(said.surname, said.forename, year, uprn=uprn))
        assert undated["finding"] != "one"
    assert found == expected.to_dict()
    assert "one" in set(found.values())
