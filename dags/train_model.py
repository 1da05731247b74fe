"""The DAG `train_model`: wiring only. What each step does is in the package `pipeline`."""
# ruff: noqa: E501 - the rows of a Markdown table cannot be broken

from datetime import date, datetime, timedelta
from typing import Any

from airflow.sdk import Asset, Param, dag, task

from linkage.settings import Settings
from service.airflow_door import mapped_errors, note_failure, step_of

MODEL_IN_USE = Asset(name="model_in_use", uri="residents-index://model")

DOC = """
### Purpose
The records of one snapshot become a linkage model: trained, checked against the one in use, kept, and put in use when
the gate lets it pass. Data engineers run it when sources come or go, or once a year; every monthly run links with the
model in use. Parameter `snapshot_date` (YYYY-MM-DD) names the snapshot; the latest that has arrived when empty.

### Triage
| failed task | what it means | who cares | where to look first |
|---|---|---|---|
| `plan_run` | a source's extract has not arrived | the source's owner, named in its contract | the extracts folder |
| `make_records` | a file is broken, or a source must be rejected | the source's owner | the task's last line; `validation.html` of the run |
| `train` | too few records, or too little memory | data engineering | the task's last line |
| `put_in_use` | a check refused the model: it means something else than the one in use, or nothing | data engineering | the task's last line names the checks |

Whatever fails, the model that was in use stays in use.

### Re-run safety
Clear a task, or run the same snapshot again, at any time: the same records give the same model, and putting a model in
use that is in use already changes nothing.
"""


@task
def plan_run(params: dict[str, Any]) -> str:
    """Fix what is read, and name it."""
    from pipeline.run import plan_run

    with mapped_errors():
        given = params["snapshot_date"]
        return plan_run(Settings.load(), date.fromisoformat(given) if given else None).run_id


@task
def make_records(run: str) -> None:
    """Extracts to records: ingest, validate, the gate, standardise."""
    from pipeline import flow

    with step_of(run) as planned:
        flow.make_records(planned)


@task
def train(run: str) -> str:
    """Records to a model that is checked and kept; its version."""
    from pipeline import training

    with step_of(run) as planned:
        return training.train_on(planned).model.version


@task(outlets=[MODEL_IN_USE])
def put_in_use(version: str) -> None:
    """The gate, and one transaction."""
    from pipeline import training

    with mapped_errors():
        training.put_in_use(Settings.load(), version)


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["residents-index", "on-demand"],
    doc_md=DOC,
    params={
        "snapshot_date": Param(
            None, type=["null", "string"], description="YYYY-MM-DD; the latest when empty."
        )
    },
    default_args={
        "owner": "data-engineering",
        "retries": 2,
        "retry_delay": timedelta(seconds=15),
        "execution_timeout": timedelta(hours=2),
        "on_failure_callback": note_failure,
    },
)
def train_model() -> None:
    """The records of one snapshot become the model in use."""
    run = plan_run()
    version = train(run)
    make_records(run) >> version
    put_in_use(version)


train_model()
