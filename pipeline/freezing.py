"""What weights were frozen with: taken over from the base run, from its artefacts or else from the database."""

from linkage.engine.frequencies import Frequencies
from linkage.engine.model import Model
from linkage.schema import FREQUENCY
from linkage.store import runs
from linkage.store.artefacts import RunFolder
from linkage.store.database import connect
from linkage.store.frozen import keep_frozen, read_frozen
from pipeline.run import Run

TABLE, NUMBERS = "frequency", "frequencies.json"


def keep(run: Run, frequencies: Frequencies, model_version: str) -> str:
    """Keep what a run weighed with in the database; gives its id."""
    with connect(run.settings) as database:
        return keep_frozen(database, frequencies.table, frequencies.numbers, model_version=model_version)


def frozen_before(run: Run, link_step: str, model: Model) -> Frequencies | None:
    """The frequencies by which the base run weighed with this model; nothing when it did not.

    Args:
        run: The run.
        link_step: Name of the step that froze them.
        model: The model that the run links with.
    """
    base = run.base_folder
    manifest = None if base is None else base.manifest(link_step)
    if base is not None and manifest is not None and f"{TABLE}.parquet" in manifest.outputs:
        is_same = manifest.counts.get("model_version") == model.version
        return frozen_in(base, link_step) if is_same else None
    with connect(run.settings) as database:
        left = runs.read_manifest(database, run.inputs.base_run_id) if run.inputs.base_run_id else None
        counts = (left or {}).get("steps", {}).get(link_step, {}).get("counts", {})
        kept = read_frozen(database, counts.get("frozen_id", ""), model_version=model.version)
    return None if kept is None else Frequencies.read(*kept)


def frozen_in(folder: RunFolder, link_step: str) -> Frequencies:
    """The frequencies that the link step of a run left."""
    return Frequencies.read(folder.read(link_step, TABLE, FREQUENCY), folder.read_json(link_step, NUMBERS))
