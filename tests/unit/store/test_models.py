"""Models are kept with their findings; one at most is in use, and never one that was refused."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from benchmarks.people import simulate_people
from linkage.engine.finding import REJECT, WARN, Finding
from linkage.engine.linking import link_records
from linkage.engine.model import Model
from linkage.engine.spec import parse_spec
from linkage.errors import GateClosedError, ModelError, StoreError
from linkage.store import models

GOOD = [Finding("labels", True, REJECT, "Fine."), Finding("seen", False, WARN, "Some levels were not seen.")]
BAD = [Finding("labels", False, REJECT, "The classes changed places.")]
SPEC = parse_spec({"record_id": "record_id", "columns": {k: k for k in ("forename", "birth_date")}}, "test")


@pytest.fixture(scope="module")
def model() -> Model:
    return link_records(simulate_people(300, seed=1).table, SPEC, threads=1).model


@pytest.fixture(scope="module")
def other(model: Model) -> Model:
    return replace(model, per_record=model.per_record * 1.1)


def statuses(engine: sa.Engine) -> dict[str, str]:
    return {row["version"]: row["status"] for row in models.list_models(engine)}


def test_a_model_comes_back_as_it_was_stored(engine: sa.Engine, model: Model) -> None:
    assert models.read_model_in_use(engine) is None
    assert models.store_model(engine, model, GOOD, trained_on_run="r") == "kept"
    assert models.read_model_in_use(engine) is None
    models.put_in_use(engine, model.version)
    back = models.read_model_in_use(engine)
    assert back is not None
    assert back.version == model.version
    assert (back.table == model.table).all()
    assert (back.per_record == model.per_record).all()
    assert back.to_json() == model.to_json()
    row = models.list_models(engine)[0]
    assert (row["trained_on_run"], row["status"]) == ("r", "in_use")
    assert row["findings"] == [finding.to_json() for finding in GOOD]


def test_the_next_model_takes_the_place_of_the_one_before(
    engine: sa.Engine, model: Model, other: Model
) -> None:
    for trained in (model, other):
        models.store_model(engine, trained, GOOD)
        models.put_in_use(engine, trained.version)
    assert statuses(engine) == {model.version: "kept", other.version: "in_use"}
    models.put_in_use(engine, model.version)
    assert statuses(engine) == {model.version: "in_use", other.version: "kept"}


@pytest.mark.parametrize("findings", [BAD, []])
def test_a_refused_model_never_becomes_the_one_in_use(
    engine: sa.Engine, model: Model, other: Model, findings: list[Finding]
) -> None:
    models.store_model(engine, model, GOOD)
    models.put_in_use(engine, model.version)
    assert models.store_model(engine, other, findings) == "refused"
    with pytest.raises(GateClosedError):
        models.put_in_use(engine, other.version)
    assert statuses(engine) == {model.version: "in_use", other.version: "refused"}


def test_a_model_is_judged_anew_when_another_came_into_use_since(engine: sa.Engine, model: Model) -> None:
    far = replace(model, per_record=model.per_record * 5)
    models.store_model(engine, far, [*GOOD, Finding("drift", True, REJECT, "No model is in use yet.")])
    models.store_model(engine, model, GOOD)
    models.put_in_use(engine, model.version)
    with pytest.raises(GateClosedError, match="drift_of_match_rate"):
        models.put_in_use(engine, far.version)
    assert statuses(engine) == {model.version: "in_use", far.version: "kept"}


def test_it_is_the_findings_that_refuse_and_not_the_status_alone(engine: sa.Engine, model: Model) -> None:
    models.store_model(engine, model, BAD)
    with engine.begin() as connection:
        connection.execute(sa.update(models.MODEL).values(status="kept"))
    with pytest.raises(GateClosedError, match="labels"):
        models.put_in_use(engine, model.version)
    assert models.read_model_in_use(engine) is None


def test_storing_the_model_in_use_again_leaves_it_in_use(engine: sa.Engine, model: Model) -> None:
    models.store_model(engine, model, GOOD)
    models.put_in_use(engine, model.version)
    assert models.store_model(engine, model, BAD) == "in_use"
    assert models.list_models(engine)[0]["findings"] == [finding.to_json() for finding in GOOD]
    models.put_in_use(engine, model.version)
    assert statuses(engine) == {model.version: "in_use"}


def test_a_model_trained_again_is_judged_anew(engine: sa.Engine, model: Model) -> None:
    models.store_model(engine, model, BAD)
    assert models.store_model(engine, model, GOOD) == "kept"
    models.put_in_use(engine, model.version)
    assert statuses(engine) == {model.version: "in_use"}


def test_a_version_that_nobody_stored_cannot_be_put_in_use(engine: sa.Engine, model: Model) -> None:
    models.store_model(engine, model, GOOD)
    models.put_in_use(engine, model.version)
    with pytest.raises(StoreError, match="no stored model"):
        models.put_in_use(engine, "unknown")
    assert statuses(engine) == {model.version: "in_use"}


def test_a_change_cut_short_leaves_the_model_that_was_in_use(
    engine: sa.Engine, model: Model, other: Model
) -> None:
    """The database fails between the two updates, as when the program is killed there."""
    for trained in (model, other):
        models.store_model(engine, trained, GOOD)
    models.put_in_use(engine, model.version)
    with engine.begin() as connection:
        connection.execute(sa.text(
            "CREATE FUNCTION cut_short() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN IF NEW.status = 'in_use' THEN RAISE EXCEPTION 'cut'; END IF; RETURN NEW; END $$"
        ))  # fmt: skip
        connection.execute(sa.text(
            "CREATE TRIGGER cut BEFORE UPDATE ON operations.linkage_model FOR EACH ROW EXECUTE FUNCTION cut_short()"
        ))  # fmt: skip
    with pytest.raises(StoreError):
        models.put_in_use(engine, other.version)
    assert statuses(engine) == {model.version: "in_use", other.version: "kept"}
    assert models.read_model_in_use(engine).version == model.version


def test_two_programs_at_once_leave_one_model_in_use(engine: sa.Engine, model: Model, other: Model) -> None:
    for trained in (model, other):
        models.store_model(engine, trained, GOOD)
    versions = [model.version, other.version] * 4
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda version: models.put_in_use(engine, version), versions))
    assert sorted(statuses(engine).values()) == ["in_use", "kept"]


@pytest.mark.parametrize("status", ["in_use", "loved"])
def test_the_database_itself_refuses_two_in_use_or_a_status_that_is_none(
    engine: sa.Engine, model: Model, other: Model, status: str
) -> None:
    for trained in (model, other):
        models.store_model(engine, trained, GOOD)
    models.put_in_use(engine, model.version)
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(models._now(status).where(models.MODEL.c.version == other.version))


def test_a_model_that_another_hand_changed_is_refused(engine: sa.Engine, model: Model) -> None:
    models.store_model(engine, model, GOOD)
    with engine.begin() as connection:
        connection.execute(sa.text(
            "UPDATE operations.linkage_model "
            "SET model = jsonb_set(model, '{attributes,0,levels,0,probabilities,0}', '0.5')"
        ))  # fmt: skip
    with pytest.raises(ModelError, match="changed since"):
        models.put_in_use(engine, model.version)
    assert statuses(engine) == {model.version: "kept"}
