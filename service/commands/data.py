"""Verbs about sources: make sample data, list contracts."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from linkage.contracts import load_contracts
from service.commands.options import AsJson, answer, err, settings
from service.listing import print_rows

SHOWN = {
    "source": "Source",
    "title": "What it is",
    "owner": "Owner",
    "cadence": "Cadence",
    "sensitivity": "Sensitivity",
    "lawful_basis": "Lawful basis",
    "retention": "Kept for",
}


def generate(
    out_dir: Annotated[Path, typer.Option("--out", help="Folder to write extracts and truth to.")],
    residents: Annotated[int, typer.Option(min=200, max=600_000, help="Residents at the start.")] = 2500,
    months: Annotated[int, typer.Option(min=1, max=60, help="Monthly snapshots.")] = 3,
    seed: Annotated[int, typer.Option(help="Same seed, same files.")] = 7,
    profile: Annotated[Literal["camden", "vale"], typer.Option(help="Kind of council.")] = "camden",
    as_json: AsJson = False,
) -> None:
    """Simulate a population and the extracts of eleven services, with the truth."""
    from sample_data.generator import generate as simulate

    with err.status("Simulating") as status:
        made = simulate(
            residents=residents,
            months=months,
            seed=seed,
            profile=profile,
            out=out_dir,
            progress=status.update,
        )
    rows = sum(made.rows.values())
    plain = f"Wrote {rows:,} rows about {made.persons:,} people in {len(made.snapshots)} monthly extracts to {out_dir}."
    answer({**asdict(made), "out": str(out_dir)}, as_json=as_json, plain=plain)


def sources(as_json: AsJson = False) -> None:
    """List the sources with a contract: owner, cadence, sensitivity, lawful basis."""
    contracts = load_contracts(settings().contracts_dir)
    rows = [{field: getattr(contract, field) for field in SHOWN} for contract in contracts.values()]
    if as_json:
        answer(rows, as_json=True, plain="")
    else:
        print_rows("Sources under contract", SHOWN, rows)


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(generate)
    app.command()(sources)
