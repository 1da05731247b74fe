"""The performance: one run of the DAG on a stack that is up, over Airflow's REST API."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from rehearsal.airflow_api import AirflowApi
from rehearsal.errors import RehearsalError
from rehearsal.places import HERE
from rehearsal.stack import Stack

API_SERVICE = "api-server"
INDEX_SERVICE = "scheduler"
SECONDS_TO_PARSE = 90
SECONDS_TO_RUN = 600
PAUSE = 1.0
ENDED = frozenset({"success", "failed"})


@dataclass(frozen=True)
class Performance:
    """How one run of the DAG went."""

    run_id: str
    seconds: float
    task_count: int


def perform(stack: Stack, dag_id: str, snapshot_date: str, tell: Callable[[str], None]) -> Performance:
    """Trigger the DAG and wait until its run has succeeded.

    Args:
        stack: All services healthy.
        dag_id: The DAG to run.
        snapshot_date: YYYY-MM-DD, its parameter.
        tell: Told one line whenever the count of tasks by state changes.

    Raises:
        RehearsalError: The DAG is not there, its run fails, or a service ends meanwhile.
    """
    environment = stack.environment(API_SERVICE)
    api = AirflowApi(f"http://{HERE}:{environment['AIRFLOW__API__PORT']}")
    try:
        api.log_in(environment["AIRFLOW_LOGIN_NAME"], environment["AIRFLOW_LOGIN_PASSWORD"])
        _wait_for_dag(stack, api, dag_id)
        api.unpause(dag_id)
        began = time.monotonic()
        run_id = api.trigger(dag_id, {"snapshot_date": snapshot_date})
        _wait_for_run(stack, api, (dag_id, run_id), tell)
        return Performance(run_id, time.monotonic() - began, len(api.task_states(dag_id, run_id)))
    finally:
        api.close()


def _wait_for_dag(stack: Stack, api: AirflowApi, dag_id: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_PARSE
    while not api.has_dag(dag_id):
        stack.check_alive()
        broken = api.import_errors()
        if broken:
            raise RehearsalError(
                f"Airflow cannot import {', '.join(broken)}. Run `airflow dags list-import-errors`."
            )
        if time.monotonic() > deadline:
            raise RehearsalError(f"The DAG {dag_id} was not parsed within {SECONDS_TO_PARSE} s.")
        time.sleep(PAUSE)


def _wait_for_run(stack: Stack, api: AirflowApi, run: tuple[str, str], tell: Callable[[str], None]) -> None:
    deadline = time.monotonic() + SECONDS_TO_RUN
    said = ""
    while (state := api.run_state(*run)) not in ENDED:
        stack.check_alive()
        if time.monotonic() > deadline:
            raise RehearsalError(
                f"The run was still {state} after {SECONDS_TO_RUN} s. Logs are in {stack.logs}."
            )
        progress = _progress(api, run)
        if progress != said:
            tell(progress)
            said = progress
        time.sleep(PAUSE)
    if state == "failed":
        failed = sorted({task for task, state in api.task_states(*run) if state == "failed"})
        raise RehearsalError(
            f"The run failed in {', '.join(failed) or 'no task of its own'}. Logs are in {stack.logs}."
        )


def _progress(api: AirflowApi, run: tuple[str, str]) -> str:
    states = api.task_states(*run)
    counts = Counter(state for _, state in states)
    now = sorted({task for task, state in states if state == "running"})
    return f"{counts['success']} of {len(states)} tasks done" + (f", running {', '.join(now)}" if now else "")


def count_residents(stack: Stack) -> int:
    """Residents that the index has published, read as its own role at the address that the scheduler has.

    Raises:
        RehearsalError: There are none.
    """
    address = stack.environment(INDEX_SERVICE)["RESIDENT_INDEX_DATABASE_URL"]
    engine = sa.create_engine(sa.make_url(address).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            count = connection.execute(sa.text("SELECT count(*) FROM published.resident")).scalar_one()
    except sa.exc.SQLAlchemyError as error:
        raise RehearsalError(f"The published residents cannot be counted ({type(error).__name__}).") from None
    finally:
        engine.dispose()
    if not count:
        raise RehearsalError("The run succeeded, but the index has no published resident.")
    return int(count)
