"""Measure every outcome on simulated councils: `python -m benchmarks.outcomes --seed 31 --seed 32`; minutes each.

Nothing was chosen on these seeds: thresholds were set on seeds 1 to 9.
"""

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.outcomes.council import views
from linkage.evaluate import read_town
from linkage.outcomes import OUTCOMES, View
from pipeline.outcome_truth import true_figures
from sample_data.generator import generate
from service.outcomes_page import RESULTS

NATION = {"camden": "england", "vale": "wales"}


def measure(seed: int, *, residents: int, months: int, profile: str) -> dict[str, Any]:
    """Figures of every outcome in the last month of one council."""
    with tempfile.TemporaryDirectory(prefix="ri-outcomes-") as made:
        folder = Path(made)
        generate(residents=residents, months=months, seed=seed, profile=profile, out=folder)  # type: ignore[arg-type]
        view = list(views(folder / "extracts", NATION[profile]))[-1]
        town = read_town(folder / "truth")
        figures = {outcome.name: _figures(outcome.name, view, town) for outcome in OUTCOMES}
    return {
        "seed": seed,
        "profile": profile,
        "residents": residents,
        "snapshot_date": str(view.snapshot_date),
        "figures": figures,
    }


def _figures(name: str, view: View, town: Any) -> list[dict[str, Any]]:
    outcome = next(o for o in OUTCOMES if o.name == name)
    frame = outcome.make(view)
    told = [*outcome.figures(frame, view), *true_figures(name, frame, view, town)]
    return [{field: getattr(figure, field) for field in figure.__slots__} for figure in told]


def main(
    seed: Annotated[list[int], typer.Option(help="Councils.")],
    residents: Annotated[int, typer.Option(help="Residents of each.")] = 12_000,
    months: Annotated[int, typer.Option(help="Months; five end on 1 December.")] = 5,
    profile: Annotated[str, typer.Option(help="camden or vale.")] = "camden",
    keep: Annotated[
        bool, typer.Option("--keep", help="Record the results; `make reference` then writes the page.")
    ] = False,
) -> None:
    """Measure each council, and print or record what was found."""
    runs = [measure(n, residents=residents, months=months, profile=profile) for n in seed]
    for run in runs:
        for name, figures in run["figures"].items():
            for f in figures:
                part = (
                    "" if f["denominator"] is None else f" ({f['numerator']:.0f} of {f['denominator']:.0f})"
                )
                print(f"{run['seed']} {name}.{f['measure']} {f['value']:.4f}{part}", flush=True)
    if keep:
        RESULTS.write_text(json.dumps(runs, indent=1), encoding="utf-8")


typer.run(main)
