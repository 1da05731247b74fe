"""Going back to an earlier run, and forward again: for readers, for the ledger, and for the run that comes next."""

from datetime import date
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.index import UnknownResidentError, index_summary, resident_detail, roll_back, rollback
from linkage.schema import RESIDENT
from linkage.store import runs
from linkage.store.copy import read_table
from linkage.store.judgements import add_judgement
from linkage.store.ledger import list_publications
from linkage.store.transaction import reading
from tests.integration.worlds import AUGUST, SEPTEMBER, Said, a_world, put_world

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
FIRST = "council_tax:0:lead:1"


def one_person_less(surname: str = "OKAFOR") -> dict[str, Said]:
    """The world of eight people, of whom two have become one."""
    world = a_world(surname=surname)
    return {
        record: said._replace(person="0") if said.person == "4" else said for record, said in world.items()
    }


@pytest.fixture
def three_months(engine: sa.Engine) -> sa.Engine:
    """August's run, September's that joins two people, and October's."""
    put_world(engine, "august", a_world(), AUGUST)
    put_world(engine, "september", one_person_less(), SEPTEMBER)
    put_world(engine, "october", one_person_less(surname="MENSAH"), OCTOBER)
    return engine


def surnames(engine: sa.Engine) -> set[str]:
    return set(read_table(engine, RESIDENT, "published")["surname"])


def crosswalk(engine: sa.Engine, schema: str = "published") -> dict[str, str]:
    with reading(engine) as connection:
        rows = connection.execute(sa.text(f"SELECT record_id, resident_id FROM {schema}.crosswalk"))  # noqa: S608
        return {row.record_id: row.resident_id for row in rows}


def test_an_earlier_run_is_live_again_and_nothing_that_came_after_it_is_lost(three_months: sa.Engine) -> None:
    outcome = roll_back(three_months, "august")
    assert (outcome.status, outcome.message) == ("published", "Run august is live again.")
    assert runs.live_run(three_months) == "august"
    assert (index_summary(three_months).resident_count, surnames(three_months)) == (8, {"OKAFOR"})
    assert index_summary(three_months, as_of_run="october").resident_count == 7


def test_going_back_to_the_run_that_is_live_changes_nothing(three_months: sa.Engine) -> None:
    before = list_publications(three_months)
    assert roll_back(three_months, "october").status == "already_published"
    assert list_publications(three_months) == before


def test_readers_see_the_old_index_until_the_rollback_commits_and_the_earlier_one_after(
    three_months: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go_on = Event(), Event()

    def hold(connection: sa.Connection, run_id: str) -> None:
        make_live(connection, run_id)
        reached.set()
        assert go_on.wait(60)

    make_live = rollback.make_live
    monkeypatch.setattr(rollback, "make_live", hold)
    goes_back = Thread(target=roll_back, args=(three_months, "august"))
    with reading(three_months) as long_reader:
        count = sa.text("SELECT count(*), (SELECT run_id FROM operations.live_run) FROM published.resident")
        assert long_reader.execute(count).one() == (7, "october")
        goes_back.start()
        assert reached.wait(60)
        assert index_summary(three_months).live_run_id == "october"
        go_on.set()
        goes_back.join(60)
        assert long_reader.execute(count).one() == (7, "october")
    assert index_summary(three_months).live_run_id == "august"


@pytest.mark.parametrize("verdict", ["same_person", "different_person"])
def test_a_judgement_made_since_keeps_no_earlier_run_from_coming_back_and_is_told(
    three_months: sa.Engine, verdict: str
) -> None:
    with reading(three_months) as connection:
        held = connection.execute(
            sa.text(
                "SELECT resident_id, array_agg(record_id ORDER BY record_id) FROM published.crosswalk GROUP BY 1"
            )
        ).all()
    together = next(records for _, records in held if len(records) > 1)[:2]
    apart = sorted(records[0] for _, records in held[:2])
    pair = together if verdict == "different_person" else apart
    add_judgement(three_months, verdict, *pair, decided_by="officer", reason="seen both")
    outcome = roll_back(three_months, "august")
    assert outcome.status == "published"
    assert "1 judgements were made after it; it does not follow them, the next run does" in outcome.message


def test_the_next_run_goes_on_from_the_run_that_is_live(three_months: sa.Engine) -> None:
    roll_back(three_months, "august")
    assert [runs.base_run(three_months, day) for day in (OCTOBER, NOVEMBER)] == ["august", "august"]
    put_world(three_months, "october-anew", one_person_less(surname="LEE"), OCTOBER)
    assert runs.base_run(three_months, NOVEMBER) == "october-anew"


def test_going_forward_again_takes_back_in_what_that_run_was_made_from(three_months: sa.Engine) -> None:
    roll_back(three_months, "august")
    roll_back(three_months, "october")
    assert [runs.base_run(three_months, day) for day in (OCTOBER, NOVEMBER)] == ["september", "october"]
    roll_back(three_months, "august")
    assert [runs.base_run(three_months, day) for day in (OCTOBER, NOVEMBER)] == ["august", "august"]
    roll_back(three_months, "september")
    assert [runs.base_run(three_months, day) for day in (OCTOBER, NOVEMBER)] == ["september", "september"]


def test_a_run_that_was_rolled_back_is_told_how_to_come_back_and_does_not_come_by_itself(
    three_months: sa.Engine,
) -> None:
    roll_back(three_months, "august")
    outcome = put_world(three_months, "october", one_person_less(surname="MENSAH"), OCTOBER)
    assert (outcome.status, outcome.live_run_id) == ("superseded", "august")
    assert "`resident-index publish --run october`" in outcome.message
    assert surnames(three_months) == {"OKAFOR"}


def test_ids_that_a_rollback_brings_back_or_takes_are_in_the_ledger(three_months: sa.Engine) -> None:
    now, merged = crosswalk(three_months), crosswalk(three_months, "history")["council_tax:4:lead:1"]
    roll_back(three_months, "august")
    assert crosswalk(three_months)["council_tax:4:lead:1"] == merged
    (kept,) = {now[FIRST]} & {crosswalk(three_months)[FIRST]}
    told = resident_detail(three_months, merged)["ledger"]
    assert [(event["kind"], event["other_resident_id"]) for event in told] == [
        ("minted", None),
        ("merged", kept),
        ("restored", None),
    ]
    put_world(three_months, "september-anew", one_person_less(), SEPTEMBER)
    assert resident_detail(three_months, merged)["resident"]["resident_id"] == kept


def test_who_is_new_since_is_retired_by_a_rollback_and_is_the_same_when_found_again(
    engine: sa.Engine,
) -> None:
    put_world(engine, "august", a_world(7), AUGUST)
    put_world(engine, "september", a_world(8), SEPTEMBER)
    new = crosswalk(engine)["council_tax:7:lead:1"]
    roll_back(engine, "august")
    with pytest.raises(
        UnknownResidentError, match=r"retired by run august\. A rollback went back to before it"
    ):
        resident_detail(engine, new)
    put_world(engine, "september-anew", a_world(8), SEPTEMBER)
    assert crosswalk(engine)["council_tax:7:lead:1"] == new
    assert [e["kind"] for e in resident_detail(engine, new)["ledger"]] == ["minted", "retired", "restored"]


def test_an_id_that_has_merged_leads_to_its_successor_and_before_that_to_itself(
    three_months: sa.Engine,
) -> None:
    held = resident_detail(three_months, crosswalk(three_months)[FIRST])
    merged = crosswalk(three_months, "history")["council_tax:4:lead:1"]
    shown = resident_detail(three_months, merged)
    assert (shown["asked"], shown["resident"]) == (merged, held["resident"])
    before = resident_detail(three_months, merged, as_of_run="august")
    assert before["resident"]["resident_id"] == merged
    assert [event["kind"] for event in before["ledger"]] == ["minted"]


def test_an_id_of_nobody_any_more_is_one_clear_sentence(engine: sa.Engine) -> None:
    put_world(engine, "august", a_world(8), AUGUST)
    gone = crosswalk(engine)["council_tax:7:lead:1"]
    put_world(engine, "september", a_world(7), SEPTEMBER)
    with pytest.raises(UnknownResidentError) as caught:
        resident_detail(engine, gone)
    assert str(caught.value) == (
        "No resident has that identity in this index any more: retired by run september. "
        "None of its records is in the index any more."
    )
    assert resident_detail(engine, gone, as_of_run="august")["resident"]["resident_id"] == gone


def test_an_id_is_unknown_as_of_a_run_before_it(engine: sa.Engine) -> None:
    put_world(engine, "august", a_world(7), AUGUST)
    put_world(engine, "september", a_world(8), SEPTEMBER)
    new = crosswalk(engine)["council_tax:7:lead:1"]
    with pytest.raises(UnknownResidentError, match="No resident has that identity in the index"):
        resident_detail(engine, new, as_of_run="august")


def test_a_run_that_nobody_saw_cannot_go_live(engine: sa.Engine) -> None:
    put_world(engine, "august", a_world(), AUGUST)
    runs.open_run(engine, "other", SEPTEMBER, {})
    with pytest.raises(StoreError, match="Run other was never published"):
        roll_back(engine, "other")
    assert runs.live_run(engine) == "august"


def test_a_rollback_waits_for_no_publisher(three_months: sa.Engine) -> None:
    with three_months.begin() as other:
        other.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('residents_index.publish'))"))
        with pytest.raises(StoreError, match="Another publish is at work"):
            roll_back(three_months, "august")
    assert len(list_publications(three_months)) == 3
