"""What weights were frozen with: taken over from the base run, from its artefacts or else from the database."""

from linkage.engine.frequencies import Frequencies
from linkage.engine.model import Model
from linkage.schema import FREQUENCY
from linkage.store import runs
from linkage.store.artefacts import RunFolder
from linkage.store.database import connect
from linkage.store.frozen import keep_frozen, read_frozen
from pipeline.run import Run

LINK, SEAL = "link", "seal"
TABLE, NUMBERS = "frequency", "frequencies.json"
FROZEN_ID = "frozen_id"


def keep(run: Run) -> dict[str, str]:
    """Keep in the database what a run weighed with, and under which id.

    Args:
        run: A run whose links are those of its index: nothing that is hidden was counted.

    Returns:
        The id, as a count of the step that keeps it; nothing of the engine recordlinkage.
    """
    manifest = run.folder.manifest(LINK)
    if manifest is None or f"{TABLE}.parquet" not in manifest.outputs:
        return {}
    frequencies, version = frozen_in(run.folder), str(manifest.counts["model_version"])
    with connect(run.settings) as database:
        kept = keep_frozen(database, frequencies.table, frequencies.numbers, model_version=version)
    return {FROZEN_ID: kept}


def frozen_before(run: Run, model: Model) -> Frequencies | None:
    """The frequencies by which the base run weighed with this model; nothing when it did not.

    Args:
        run: The run.
        model: The model that the run links with.
    """
    base = run.base_folder
    manifest = None if base is None else base.manifest(LINK)
    if base is not None and manifest is not None and f"{TABLE}.parquet" in manifest.outputs:
        is_same = manifest.counts.get("model_version") == model.version
        return frozen_in(base) if is_same else None
    with connect(run.settings) as database:
        left = runs.read_manifest(database, run.inputs.base_run_id) if run.inputs.base_run_id else None
        counts = (left or {}).get("steps", {}).get(SEAL, {}).get("counts", {})
        kept = read_frozen(database, counts.get(FROZEN_ID, ""), model_version=model.version)
    return None if kept is None else Frequencies.read(*kept)


def frozen_in(folder: RunFolder) -> Frequencies:
    """The frequencies that the link step of a run left."""
    return Frequencies.read(folder.read(LINK, TABLE, FREQUENCY), folder.read_json(LINK, NUMBERS))
