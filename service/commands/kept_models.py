"""Verbs about the models that training kept: what there is, and which one is in use."""

from typing import Annotated

import typer

from linkage.store import migrate
from linkage.store.database import connect
from linkage.store.models import list_models
from pipeline.training import put_in_use
from service.commands.options import AsJson, answer, settings
from service.listing import print_rows

SHOWN = {
    "version": "Version",
    "status": "Status",
    "trained_at": "Trained",
    "trained_on_run": "On run",
    "failed": "Checks failed",
}


def list_kept(as_json: AsJson = False) -> None:
    """List the models that were trained on runs, newest first: which is in use, which the checks refused."""
    with connect(settings()) as database:
        migrate(database)
        kept = list_models(database)
    if as_json:
        answer(kept, as_json=True, plain="")
        return
    rows = [
        {
            **model,
            "trained_at": f"{model['trained_at']:%Y-%m-%d %H:%M}",
            "failed": ", ".join(found["name"] for found in model["findings"] if not found["passed"]),
        }
        for model in kept
    ]
    print_rows("Models", SHOWN, rows)


def use(
    version: Annotated[str, typer.Argument(help="Version of a kept model, as `model list` shows it.")],
    as_json: AsJson = False,
) -> None:
    """Put a kept model in use, such as the one before; the gate judges it anew against the one in use now."""
    put_in_use(settings(), version)
    answer({"in_use": version}, as_json=as_json, plain=f"Model {version} is in use.")


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("list")(list_kept)
    app.command()(use)
