"""The DAG `resident_index`: wiring only. What each step does is in the package `pipeline`."""

from datetime import date, datetime, timedelta
from typing import Any

from airflow.sdk import Asset, Param, dag, task, task_group

from linkage.settings import Settings
from service.airflow_door import mapped_errors, note_failure, step_of

PUBLISHED_TABLES = ("address", "resident", "golden_value", "crosswalk", "residence", "household")
PUBLISHED = [Asset(name=f"published_{t}", uri=f"residents-index://published/{t}") for t in PUBLISHED_TABLES]
REPORT = Asset(name="quality_report", uri="residents-index://report")

DOC = """
### Purpose
One month's extracts become one published index of residents and households: ingest, validate, standardise, link,
cluster, index, products. Data engineers run it monthly; safeguarding teams and auditors read what it publishes.
Parameter `snapshot_date` (YYYY-MM-DD) names the month; the latest that has arrived when empty.

### Triage
| failed task | what it means | who cares | where to look first |
|---|---|---|---|
| `plan_run` | a source's extract has not arrived | the source's owner, named in its contract | the extracts folder |
| `ingest.*` | a file is broken as a whole: nothing of it was loaded | the source's owner | the task's last line: file, column, row |
| `validate.check_gate` | a check that rejects a file failed | the source's owner | `validation.html` of the run |
| `standardise.*`, `link.*`, `cluster.*`, `index.build_index` | a fault of ours, or too little memory | data engineering | the task's last line |
| `index.publish` | the audit refused, or another publish was at work | data engineering | the task's last line names the audit check |
| `products.*` | the index is live, its report is not | auditors | the task's last line |

Whatever fails, readers still see the index that was live before.

### Re-run safety
Clear a task, or run the same snapshot again, at any time: finished steps are not done twice, and publishing a run
that is live changes nothing. An older snapshot never replaces a newer one.
"""

per_source = task(map_index_template="{{ source }}")


@dag(
    schedule="0 5 2 * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["residents-index", "monthly"],
    doc_md=DOC,
    params={"snapshot_date": Param(None, type=["null", "string"], description="YYYY-MM-DD; the latest when empty.")},
    default_args={
        "owner": "data-engineering",
        "retries": 2,
        "retry_delay": timedelta(seconds=15),
        "execution_timeout": timedelta(hours=2),
        "on_failure_callback": note_failure,
    },
)
def resident_index() -> None:
    """Wire the stages."""

    @task
    def plan_run(params: dict[str, Any]) -> str:
        from pipeline.run import plan_run

        with mapped_errors():
            given = params["snapshot_date"]
            return plan_run(Settings.load(), date.fromisoformat(given) if given else None).run_id

    @task
    def list_extracts(run_id: str) -> list[str]:
        with step_of(run_id) as run:
            return run.extracts

    @task
    def list_sources(run_id: str) -> list[str]:
        with step_of(run_id) as run:
            return run.sources

    @task_group
    def ingest(run_id: str, extracts: list[str]) -> None:
        @per_source
        def ingest_source(run_id: str, source: str) -> dict[str, Any]:
            from pipeline import stages

            with step_of(run_id, source) as run:
                return stages.ingest_source(run, source).counts

        ingest_source.partial(run_id=run_id).expand(source=extracts)

    @task_group
    def validate(run_id: str, extracts: list[str]) -> None:
        @per_source
        def validate_source(run_id: str, source: str) -> dict[str, Any]:
            from pipeline import stages

            with step_of(run_id, source) as run:
                return stages.validate_source(run, source).counts

        @task
        def validation_report(run_id: str) -> dict[str, Any]:
            from pipeline import stages

            with step_of(run_id) as run:
                return stages.validation_report(run).counts

        @task
        def check_gate(run_id: str) -> None:
            from pipeline import stages

            with step_of(run_id) as run:
                stages.check_gate(run)

        validated = validate_source.partial(run_id=run_id).expand(source=extracts)
        validated >> validation_report(run_id) >> check_gate(run_id)

    @task_group
    def standardise(run_id: str, sources: list[str]) -> None:
        @task
        def standardise_gazetteer(run_id: str) -> dict[str, Any]:
            from pipeline import stages

            with step_of(run_id) as run:
                return stages.standardise_gazetteer(run).counts

        @per_source
        def standardise_source(run_id: str, source: str) -> dict[str, Any]:
            from pipeline import stages

            with step_of(run_id, source) as run:
                return stages.standardise_source(run, source).counts

        standardise_gazetteer(run_id) >> standardise_source.partial(run_id=run_id).expand(source=sources)

    @task_group
    def link(run_id: str) -> None:
        @task
        def link_records(run_id: str) -> dict[str, Any]:
            from pipeline import stages

            with step_of(run_id) as run:
                return stages.link_records(run).counts

        link_records(run_id)

    @task_group
    def cluster(run_id: str) -> None:
        @task
        def cluster_records(run_id: str) -> dict[str, Any]:
            from pipeline import stages

            with step_of(run_id) as run:
                return stages.cluster_records(run).counts

        cluster_records(run_id)

    @task_group
    def index(run_id: str) -> None:
        @task
        def build_index(run_id: str) -> dict[str, Any]:
            from pipeline import stages

            with step_of(run_id) as run:
                return stages.index_records(run).counts

        @task(outlets=PUBLISHED)
        def publish(run_id: str) -> dict[str, Any]:
            from pipeline.publish import publish_run

            with step_of(run_id) as run:
                return publish_run(run).summary

        build_index(run_id) >> publish(run_id)

    @task_group
    def products(run_id: str) -> None:
        @task(outlets=[REPORT])
        def measure(run_id: str) -> dict[str, Any]:
            from pipeline.products import measure

            with step_of(run_id) as run:
                return measure(run).counts

        measure(run_id)

    run_id = plan_run()
    extracts, sources = list_extracts(run_id), list_sources(run_id)
    (
        ingest(run_id, extracts)
        >> validate(run_id, extracts)
        >> standardise(run_id, sources)
        >> link(run_id)
        >> cluster(run_id)
        >> index(run_id)
        >> products(run_id)
    )


resident_index()
