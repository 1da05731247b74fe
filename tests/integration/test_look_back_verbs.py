"""The verbs that look back and go back: what a person who types them is told."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from linkage.schema import CROSSWALK
from linkage.settings import Settings
from linkage.store import runs
from linkage.store.copy import read_table
from tests.integration.council import settings_for
from tests.integration.test_command_line import resident_index
from tests.integration.worlds import AUGUST, SEPTEMBER, World, a_world, put_world

GONE, KEPT, MERGED = (f"council_tax:{n}:lead:1" for n in (3, 0, 4))


def september() -> World:
    """Nobody is the person of number 3 any more; 0 and 4 are one; 1 has another name."""
    world = {record: said for record, said in a_world(surname="OKAFOR").items() if said.person != "3"}
    world |= {record: said._replace(person="0") for record, said in world.items() if said.person == "4"}
    return world | {r: said._replace(surname="MENSAH") for r, said in world.items() if said.person == "1"}


@pytest.fixture
def settings(engine: sa.Engine, tmp_path: Path) -> Settings:
    """An index of two months, in the database of `engine`."""
    put_world(engine, "august", a_world(surname="OKAFOR"), AUGUST)
    put_world(engine, "september", september(), SEPTEMBER)
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return settings_for(tmp_path, tmp_path, database_url=url).model_copy(update={"truth_dir": None})


@pytest.fixture
def ids(engine: sa.Engine, settings: Settings) -> dict[str, str]:
    """Resident of each record in August."""
    held = [read_table(engine, CROSSWALK, schema) for schema in ("published", "history")]
    return {
        record: who
        for frame in held
        for record, who in frame[["record_id", "resident_id"]].itertuples(index=False)
    }


def told(settings: Settings, *arguments: str) -> Any:
    return json.loads(resident_index(settings, *arguments, "--json").stdout)


def test_a_resident_who_has_merged_is_shown_under_the_successor_and_before_that_alone(
    settings: Settings, ids: dict[str, str]
) -> None:
    shown = resident_index(settings, "resident", ids[MERGED]).stdout
    assert f"{ids[MERGED]} has merged into {ids[KEPT]}." in shown
    assert f"Resident {ids[KEPT]}" in shown
    before = told(settings, "resident", ids[MERGED], "--as-of", "august")
    assert before["resident"]["resident_id"] == ids[MERGED]
    assert {record["record_id"] for record in before["records"]} == {MERGED, "libraries:4:lead:1"}


def test_a_resident_who_is_retired_is_one_plain_sentence(settings: Settings, ids: dict[str, str]) -> None:
    done = resident_index(settings, "resident", ids[GONE], expect=7)
    (line,) = done.stderr.strip().splitlines()
    assert "retired by run september" in line
    assert ids[GONE] not in line


def test_an_earlier_run_goes_live_again_by_one_verb(engine: sa.Engine, settings: Settings) -> None:
    assert "Run august is live again." in resident_index(settings, "publish", "--run", "august").stdout
    assert runs.live_run(engine) == "august"
    assert told(settings, "live")["resident_count"] == 8
    assert told(settings, "live", "--as-of", "september")["resident_count"] == 6
    assert told(settings, "publish", "--run", "august")["status"] == "already_published"


def test_a_run_that_nobody_saw_cannot_go_live(settings: Settings) -> None:
    done = resident_index(settings, "publish", "--run", "nowhere", expect=7)
    assert "was never published" in done.stderr


def test_a_difference_names_residents_and_attributes_and_no_value(
    settings: Settings, ids: dict[str, str]
) -> None:
    shown = resident_index(settings, "diff", "august", "september", "--residents").stdout
    assert "OKAFOR" not in shown
    assert "MENSAH" not in shown
    found = told(settings, "diff", "august", "september")
    assert found["tables"]["resident"] == {"added": 0, "removed": 2, "changed": 2}
    assert found["events"] == {"merged": 1, "retired": 1}
    changed = {
        row["resident_id"]: row["attributes"] for row in found["residents"] if row["what"] == "changed"
    }
    assert changed == {ids["council_tax:1:lead:1"]: ["surname"], ids[KEPT]: ["record_count"]}
    back = told(settings, "diff", "september", "august")
    assert back["tables"]["resident"] == {"added": 2, "removed": 0, "changed": 2}
