"""Why a run weighed two records as it did."""

from dataclasses import replace

from linkage.engine.explain import Explanation, explain_records
from linkage.engine.residents import engine_table, spec_of_run
from linkage.errors import StoreError
from linkage.settings import Settings
from linkage.store import migrate, runs
from linkage.store.database import connect
from pipeline.linking import linked
from pipeline.memory import all_records
from pipeline.run import Run, load_run


def live_run(settings: Settings) -> Run:
    """The run whose index readers see.

    Raises:
        StoreError: No run has been published yet.
    """
    with connect(settings) as database:
        migrate(database)
        run_id = runs.live_run(database)
    if run_id is None:
        raise StoreError("No run has been published yet; `resident-index run` makes one.")
    return load_run(settings, run_id)


def explain_in_run(run: Run, one_id: str, other_id: str, *, show_values: bool = False) -> Explanation:
    """Explain the match weight of two records of a run, by the model that weighed them.

    Args:
        run: A run that has linked its records with the household-aware engine.
        one_id: Record id of one.
        other_id: Record id of the other.
        show_values: Whether to add what the two records hold. Personal data.

    Raises:
        SourceError: A record is not in the run, or the two are one; the message shows no id.
        StoreError: The run has not linked yet, or linked with the other engine.
    """
    if run.inputs.engine != "household":
        raise StoreError(
            f"Run {run.run_id} was linked by the engine {run.inputs.engine}, which explains no pairs."
        )
    frozen = linked(run.folder).frozen
    return explain_records(
        engine_table(all_records(run)),
        replace(frozen.model, spec=spec_of_run(frozen.model)),
        one_id,
        other_id,
        frequencies=frozen.frequencies,
        show_values=show_values,
    )
