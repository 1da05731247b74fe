"""Verbs about what everybody may read: open data, and the register of data held."""

from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.errors import StoreError
from linkage.outcomes import View
from linkage.outcomes.data_register import register_document, register_page
from linkage.outcomes.open_data import open_data_files
from linkage.schema import DATA_HOLDING, OPEN_DATA_CELL, Table
from linkage.store import migrate
from linkage.store.database import connect
from linkage.store.outcomes import OF_ANOTHER_RUN
from linkage.store.transaction import reading
from pipeline.outcomes import view_of
from service.commands.options import AsJson, answer, settings
from service.commands.writing import write_file
from service.listing import print_rows

HELD = {
    "title": "What",
    "owner": "Who keeps it",
    "count": "Records",
    "last_refreshed_date": "Last came",
    "kept_for": "Kept for",
    "standing": "Protocol",
}


def open_data(
    out: Annotated[Path, typer.Option("--out", help="Folder to write the files to.")],
    as_json: AsJson = False,
) -> None:
    """Write the open data of the live index: a CSV a dataset, what its columns mean (CSVW), and a catalogue (DCAT)."""
    view, rows = _made(OPEN_DATA_CELL)
    files = open_data_files(rows, view)
    for name, text in files.items():
        write_file(out / name, text)
    hidden = int(rows["is_suppressed"].sum())
    told = {"folder": str(out), "files": sorted(files), "figures": len(rows), "hidden": hidden}
    answer(
        told,
        as_json=as_json,
        plain=f"Wrote {len(files)} files to {out}: {len(rows):,} figures, {hidden:,} hidden.",
    )


def data_register(
    page: Annotated[
        Path | None, typer.Option("--page", help="Write the public page, one HTML file, here.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show who holds what data, for what, under which protocol, for how long, and when it last came."""
    view, rows = _made(DATA_HOLDING)
    document = register_document(rows, snapshot_date=view.snapshot_date)
    if page is not None:
        write_file(page, register_page(document))
    if as_json:
        answer(document, as_json=True, plain="")
        return
    print_rows("Register of data held", HELD, [_shown(row) for row in document["holdings"]])
    if page is not None:
        answer({}, as_json=False, plain=f"Wrote {page}.")


def _made(table: Table) -> tuple[View, Any]:
    """The rows that the live run made, with the view they are read by."""
    chosen = settings()
    with connect(chosen) as database:
        migrate(database)
        with reading(database) as connection:
            view = view_of(connection, chosen)
            rows = view.rows(table)
    if rows.empty or not rows["run_id"].eq(view.run_id).all():
        raise StoreError(OF_ANOTHER_RUN)
    return view, rows


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    count = "few" if row["record_count"] is None else f"{row['record_count']:,}"
    standing = row["protocol_standing"].replace("_", " ")
    return {**row, "count": count, "standing": f"{row['protocol_id']}: {standing}"}


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(open_data)
    app.command()(data_register)
