"""Airflow's door to the pipeline: settings in, counts out, errors mapped to fail or retry."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from linkage.errors import ResidentsIndexError, StoreError
from linkage.settings import Settings
from service.faults import sentence

if TYPE_CHECKING:
    from pipeline.run import Run

FAILURE_FILE = "failure.txt"


class RetryableError(RuntimeError):
    """A fault that may pass by itself: Airflow tries the task again."""


@contextmanager
def step_of(run_id: str, source: str | None = None) -> Iterator["Run"]:
    """The run of a task, for the time of the task.

    Args:
        run_id: The run, as `plan_run` named it.
        source: Shown as the name of the mapped task.

    Yields:
        The run.

    Raises:
        AirflowFailException: A fault that another try cannot mend: data, settings, a closed gate.
        RetryableError: A fault that may pass by itself: the database, or anything not foreseen.
    """
    from airflow.sdk import get_current_context

    from pipeline.run import load_run

    if source is not None:
        get_current_context()["source"] = source  # type: ignore[typeddict-unknown-key]
    with mapped_errors():
        yield load_run(Settings.load(), run_id)


@contextmanager
def mapped_errors() -> Iterator[None]:
    """Turn an error into Airflow's fail or retry, with one plain sentence in the log and beside the run."""
    from airflow.sdk.exceptions import AirflowFailException

    try:
        yield
    except Exception as error:
        said = sentence(error)
        with suppress(OSError, ResidentsIndexError):
            (Settings.load().data_dir / FAILURE_FILE).write_text(said, encoding="utf-8")
        if isinstance(error, ResidentsIndexError) and not isinstance(error, StoreError):
            raise AirflowFailException(said) from None
        raise RetryableError(said) from None


def note_failure(context: Any) -> None:
    """Failure callback of every task: note in the run table that the run failed.

    Args:
        context: Airflow's task context.
    """
    from linkage.store import runs
    from linkage.store.database import connect

    run_id = context["ti"].xcom_pull(task_ids="plan_run")
    if not isinstance(run_id, str):
        return
    with suppress(ResidentsIndexError), connect(Settings.load()) as database:
        runs.fail_run(database, run_id)
