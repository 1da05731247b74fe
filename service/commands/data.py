"""Verbs about sources: make sample data, list contracts."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from linkage.contracts import load_contracts
from service.commands.options import AsJson, answer, err, out, settings


def generate(
    out_dir: Annotated[Path, typer.Option("--out", help="Folder to write extracts and truth to.")],
    residents: Annotated[int, typer.Option(min=50, help="Residents at the start.")] = 2500,
    months: Annotated[int, typer.Option(min=1, max=60, help="Monthly snapshots.")] = 3,
    seed: Annotated[int, typer.Option(help="Same seed, same files.")] = 7,
    profile: Annotated[str, typer.Option(help="camden or vale.")] = "camden",
    as_json: AsJson = False,
) -> None:
    """Simulate a population and the extracts of eleven services, with the truth."""
    from sample_data.generator import generate as simulate

    if profile not in ("camden", "vale"):
        raise typer.BadParameter("expected camden or vale", param_hint="--profile")
    with err.status("Simulating") as status:
        made = simulate(
            residents=residents,
            months=months,
            seed=seed,
            profile=profile,  # type: ignore[arg-type]
            out=out_dir,
            progress=status.update,
        )
    answer(made.document, as_json=as_json, plain=f"Wrote {made.sentence} to {out_dir}.")


def sources(as_json: AsJson = False) -> None:
    """List the sources with a contract: owner, cadence, sensitivity, lawful basis."""
    contracts = load_contracts(settings().contracts_dir)
    fields = ("source", "title", "owner", "cadence", "sensitivity", "lawful_basis", "retention")
    rows = [{field: getattr(c, field) for field in fields} for c in contracts.values()]
    if as_json:
        answer(rows, as_json=True, plain="")
        return
    table = Table(title="Sources under contract", title_justify="left")
    for heading in ("Source", "What it is", "Owner", "Cadence", "Sensitivity", "Lawful basis", "Kept for"):
        table.add_column(heading)
    for row in rows:
        table.add_row(*(str(row[field]) for field in fields))
    out.print(table)


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(generate)
    app.command()(sources)
