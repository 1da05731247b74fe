"""Seconds by stage."""

from pipeline.run import PLAN, Run

STAGES = (
    "ingest", "validate", "standardise", "remember", "link", "cluster", "index", "publish", "outcomes", "products",
)  # fmt: skip
STAGE_OF_STEP = {
    "maturity": "products",
    "validation_report": "validate",
    "protect": "remember",
    "seal": "cluster",
}
"""Steps whose name is not their stage's."""


def stage_seconds(run: Run) -> dict[str, float]:
    """Seconds spent in each stage, all sources together, in the order of the flow."""
    seconds = dict.fromkeys(STAGES, 0.0)
    for manifest in run.folder.manifests():
        step = manifest.step.split("/")[0]
        if step != PLAN:
            seconds[STAGE_OF_STEP.get(step, step)] += manifest.seconds
    return {stage: round(value, 2) for stage, value in seconds.items()}
