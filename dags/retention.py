"""The DAG `retention`: wiring only. What each step does is in the package `pipeline`."""
# ruff: noqa: E501 - the rows of a Markdown table cannot be broken

from datetime import UTC, date, datetime, timedelta
from typing import Any

from airflow.sdk import Param, dag, task

from linkage.settings import Settings
from service.airflow_door import mapped_errors, note_failure

DOC = """
### Purpose
What a source has ended for longer than its contract allows is deleted: from the history, the quarantine and the
corrections by the retention of that source, whole closed runs by the longest, folders of runs by the shortest. Every
deletion leaves a proof (`resident-index deletions`). Data protection asks that it runs; data engineers see that it does.
Parameter `on` (YYYY-MM-DD) is the day that is reckoned from; today when empty.

### Triage
| failed task | what it means | who cares | where to look first |
|---|---|---|---|
| `delete_expired` | a publish was at work, the database did not answer, or a contract gives no retention | data engineering; the source's owner for a contract | the task's last line |
| `check_ledger` | resident ids given and ended are not those that are live | data engineering, before the next run | the task's last line; `resident-index ledger` |

Whatever fails, nothing is deleted by halves: the database does all of it or nothing, and folders are caches.

### Re-run safety
Clear a task, or run it again, at any time: what is deleted already is not deleted twice. The live run, the run that it
goes on from, and runs at work are never touched.
"""


@task
def delete_expired(params: dict[str, Any]) -> dict[str, int]:
    """Delete what is over, with proof."""
    from pipeline.retention import apply_retention

    with mapped_errors():
        given = params["on"]
        day = date.fromisoformat(given) if given else datetime.now(UTC).date()
        return apply_retention(Settings.load(), on=day).counts


@task
def check_ledger() -> dict[str, int]:
    """Add up the ledger of resident ids."""
    from pipeline.retention import check_ledger

    with mapped_errors():
        return check_ledger(Settings.load()).event_counts


@dag(
    schedule="0 3 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["residents-index", "daily"],
    doc_md=DOC,
    params={"on": Param(None, type=["null", "string"], description="YYYY-MM-DD; today when empty.")},
    default_args={
        "owner": "data-engineering",
        "retries": 2,
        "retry_delay": timedelta(minutes=15),
        "execution_timeout": timedelta(hours=2),
        "on_failure_callback": note_failure,
    },
)
def retention() -> None:
    """What contracts no longer allow to be held is deleted."""
    delete_expired() >> check_ledger()


retention()
