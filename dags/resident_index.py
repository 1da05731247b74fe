"""The DAG `resident_index`: wiring only. What each step does is in the package `pipeline`."""
# ruff: noqa: E501 - the rows of a Markdown table cannot be broken

from datetime import date, datetime, timedelta
from typing import Any

from airflow.sdk import Asset, Param, dag, task, task_group

from linkage.settings import Settings
from service.airflow_door import mapped_errors, note_failure, step_of

PUBLISHED_TABLES = (
    "address",
    "source_record",
    "record_alias",
    "source_state",
    "resident",
    "golden_value",
    "crosswalk",
    "residence",
    "residence_evidence",
    "household",
    "household_member",
    "household_link",
    "stated_relation",
    "judgement_conflict",
)
OUTCOMES = ("electors", "tenancies", "admissions", "children", "applications", "open_data", "data_register")
"""Outcomes of the index, as `linkage.outcomes` names them."""
PUBLISHED = [Asset(name=f"published_{t}", uri=f"residents-index://published/{t}") for t in PUBLISHED_TABLES]
Counts = dict[str, Any]
"""Counts of a step, as XComs may hold them: numbers and names of sources."""

REPORT = Asset(name="quality_report", uri="residents-index://report")

DOC = """
### Purpose
One snapshot's extracts become one published index of residents and households: ingest, validate, standardise,
remember, link, cluster, index, outcomes, products. It runs every morning and works on what has
changed since the run before; safeguarding teams and auditors read what it publishes.
Parameter `snapshot_date` (YYYY-MM-DD) names the month; the latest that has arrived when empty.

### Triage
| failed task | what it means | who cares | where to look first |
|---|---|---|---|
| `plan_run` | a source that the index does not know yet has not delivered | the source's owner, named in its contract | the extracts folder |
| `ingest.*` | a file is broken as a whole: nothing of it was loaded | the source's owner | the task's last line: file, column, row |
| `validate.check_gate` | a check that rejects a file failed | the source's owner | `validation.html` of the run |
| `standardise.*`, `remember.*`, `link.*`, `cluster.*`, `index.build_index` | a fault of ours, or too little memory | data engineering | the task's last line |
| `index.publish` | the audit refused, or another publish was at work | data engineering | the task's last line names the audit check |
| `outcomes.*` | the index is live, one of its outcomes is that of the run before | who works on that outcome | the task's last line |
| `products.*` | the index is live, its report is not | auditors | the task's last line |

Whatever fails, readers still see the index that was live before.

### Re-run safety
Clear a task, or run the same snapshot again, at any time: finished steps are not done twice, and publishing a run
that is live changes nothing. An older snapshot never replaces a newer one.
"""

BY_SOURCE = "{{ source }}"
"""Name of a mapped task in Airflow's pages: the source it is about."""


@task
def plan_run(params: dict[str, Any]) -> str:
    """Fix what the run reads, and name it."""
    from pipeline.run import plan_run

    with mapped_errors():
        given = params["snapshot_date"]
        settings = Settings.load(engine=params["engine"])
        return plan_run(settings, date.fromisoformat(given) if given else None).run_id


@task
def list_extracts(run: str) -> list[str]:
    """The gazetteer and every source of people."""
    with step_of(run) as planned:
        return planned.extracts


@task
def list_sources(run: str) -> list[str]:
    """Every source of people."""
    with step_of(run) as planned:
        return planned.sources


@task(map_index_template=BY_SOURCE)
def ingest_source(run: str, source: str) -> Counts:
    """Extract to raw table."""
    from pipeline import stages

    with step_of(run, source) as planned:
        return stages.ingest_source(planned, source).counts


@task(map_index_template=BY_SOURCE)
def validate_source(run: str, source: str) -> Counts:
    """Raw to valid and quarantined rows."""
    from pipeline import stages

    with step_of(run, source) as planned:
        return stages.validate_source(planned, source).counts


@task
def validation_report(run: str) -> Counts:
    """The page with every check."""
    from pipeline import stages

    with step_of(run) as planned:
        return stages.validation_report(planned).counts


@task
def check_gate(run: str) -> None:
    """Stop when a source must be rejected."""
    from pipeline import stages

    with step_of(run) as planned:
        stages.check_gate(planned)


@task
def standardise_gazetteer(run: str) -> Counts:
    """Gazetteer to addresses."""
    from pipeline import stages

    with step_of(run) as planned:
        return stages.standardise_gazetteer(planned).counts


@task(map_index_template=BY_SOURCE)
def standardise_source(run: str, source: str) -> Counts:
    """Valid rows to records."""
    from pipeline import stages

    with step_of(run, source) as planned:
        return stages.standardise_source(planned, source).counts


@task
def protect_records(run: str) -> Counts:
    """What sources forbid to hold, out of all that is known from earlier."""
    from pipeline import protection

    with step_of(run) as planned:
        return protection.protect_records(planned).counts


@task
def remember_records(run: str) -> Counts:
    """Records received, added to what is remembered."""
    from pipeline import memory

    with step_of(run) as planned:
        return memory.remember_records(planned).counts


@task
def link_records(run: str) -> Counts:
    """Records to scored pairs."""
    from pipeline import linking

    with step_of(run) as planned:
        return linking.link_records(planned).counts


@task
def cluster_records(run: str) -> Counts:
    """Pairs and judgements to clusters."""
    from pipeline import linking

    with step_of(run) as planned:
        return linking.cluster_records(planned).counts


@task
def seal_records(run: str) -> Counts:
    """Every record of protected people found, and hidden."""
    from pipeline import protection

    with step_of(run) as planned:
        return protection.seal_records(planned).counts


@task
def build_index(run: str) -> Counts:
    """Clusters to residents and households."""
    from pipeline import indexing

    with step_of(run) as planned:
        return indexing.index_records(planned).counts


@task(outlets=PUBLISHED)
def publish(run: str) -> Counts:
    """Staging, audit, and one transaction."""
    from pipeline.publish import publish_run

    with step_of(run) as planned:
        return publish_run(planned).counts


@task
def note_facts(run: str) -> Counts:
    """What outcomes need to know of rows."""
    from pipeline import outcomes

    with step_of(run) as planned:
        return outcomes.note_facts(planned).counts


@task
def make_outcome(run: str, name: str) -> Counts:
    """One outcome of the published index."""
    from pipeline import outcomes

    with step_of(run) as planned:
        return outcomes.make_outcome(planned, name).counts


@task(outlets=[REPORT])
def measure_run(run: str) -> Counts:
    """Quality figures, maturity, the report."""
    from pipeline.products import measure
    from pipeline.summary import keep_summary

    with step_of(run) as planned:
        counts = measure(planned).counts
        keep_summary(planned)
        return counts


@task
def measure_maturity(run: str) -> Counts:
    """All seven characteristics, with the survey."""
    from pipeline import maturity

    with step_of(run) as planned:
        return maturity.measure_maturity(planned).counts


@task_group
def ingest(run: str, extracts: list[str]) -> None:
    """Extracts to raw tables."""
    ingest_source.partial(run=run).expand(source=extracts)


@task_group
def validate(run: str, extracts: list[str]) -> None:
    """Raw to valid and quarantined rows, and the gate."""
    validate_source.partial(run=run).expand(source=extracts) >> validation_report(run) >> check_gate(run)


@task_group
def standardise(run: str, sources: list[str]) -> None:
    """Valid rows to records."""
    standardise_gazetteer(run) >> standardise_source.partial(run=run).expand(source=sources)


@task_group
def remember(run: str) -> None:
    """Records received to records remembered."""
    protect_records(run) >> remember_records(run)


@task_group
def link(run: str) -> None:
    """Records to pairs."""
    link_records(run)


@task_group
def cluster(run: str) -> None:
    """Pairs to clusters, and what protected people reach."""
    cluster_records(run) >> seal_records(run)


@task_group
def index(run: str) -> None:
    """Clusters to the published index."""
    build_index(run) >> publish(run)


@task_group
def outcomes(run: str) -> None:
    """The published index to what a council builds it for."""
    facts = note_facts(run)
    for name in OUTCOMES:
        facts >> make_outcome.override(task_id=name)(run, name)


@task_group
def products(run: str) -> None:
    """The published index, measured."""
    measure_run(run) >> measure_maturity(run)


@dag(
    schedule="0 5 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["residents-index", "daily"],
    doc_md=DOC,
    params={
        "snapshot_date": Param(
            None, type=["null", "string"], description="YYYY-MM-DD; the latest when empty."
        ),
        "engine": Param(
            None,
            enum=[None, "household", "recordlinkage"],
            description="Linkage engine; that of the settings when empty.",
        ),
    },
    default_args={
        "owner": "data-engineering",
        "retries": 2,
        "retry_delay": timedelta(seconds=15),
        "execution_timeout": timedelta(hours=2),
        "on_failure_callback": note_failure,
    },
)
def resident_index() -> None:
    """One month's extracts become one published index."""
    run = plan_run()
    extracts, sources = list_extracts(run), list_sources(run)
    (
        ingest(run, extracts)
        >> validate(run, extracts)
        >> standardise(run, sources)
        >> remember(run)
        >> link(run)
        >> cluster(run)
        >> index(run)
        >> outcomes(run)
        >> products(run)
    )


resident_index()
