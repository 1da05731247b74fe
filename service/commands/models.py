"""Verbs about stored models: give one to Splink, take one from it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.parquet as pq
import typer

from linkage.engine.files import columns_of, read_records
from linkage.engine.interchange import from_splink, splink_table, term_tables, to_splink
from linkage.engine.model import Model, check_model_place, read_model, write_model
from linkage.engine.prepared import prepare
from linkage.engine.spec import read_spec
from linkage.errors import ModelError, StoreError
from service.commands.options import AsJson, answer

MOST_RECORDS = 10**12
app = typer.Typer(help="Stored models: give one to Splink, take one from it.", no_args_is_help=True)
Inputs = Annotated[
    list[Path] | None,
    typer.Argument(help="Files of records to make Splink's tables of, with --tables.", show_default=False),
]
Tables = Annotated[
    Path | None,
    typer.Option(
        "--tables",
        help="Folder for what Splink must read: records.parquet and tf_*.parquet; they hold personal data.",
    ),
]


@app.command()
def export(
    model_file: Annotated[Path, typer.Argument(metavar="MODEL", help="Stored model.json.")],
    splink: Annotated[Path, typer.Option("--splink", help="File for the settings of Splink 5.")],
    inputs: Inputs = None,
    tables: Tables = None,
    as_json: AsJson = False,
) -> None:
    """Write a model as settings of Splink 5; classes of households are counted among the pairs of two people."""
    if bool(inputs) != (tables is not None):
        raise typer.BadParameter("INPUT... and --tables go together: files of records, and a folder.")
    with _told_of(splink):
        check_model_place(splink)
    model = read_model(model_file)
    records = read_records(inputs, columns_of(model.spec)) if inputs else None
    settings = to_splink(model, record_count=None if records is None else len(records))
    written = [] if records is None or tables is None else _write_tables(model, records, tables)
    with _told_of(splink):
        splink.write_text(json.dumps(settings, indent=1), encoding="utf-8")
    told = {"settings": str(splink), "comparisons": len(settings["comparisons"]), "tables": written}
    beside = f", and {len(written)} tables to {tables}" if written else ""
    answer(told, as_json=as_json, plain=f"Wrote {told['comparisons']} comparisons to {splink.name}{beside}.")


@contextmanager
def _told_of(place: Path) -> Iterator[None]:
    """Tell a person where something could not be written.

    Raises:
        StoreError: It could not.
    """
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "unknown reason"
        raise StoreError(f"{place} cannot be written: {reason}.") from None


def _write_tables(model: Model, records: pa.Table, folder: Path) -> list[str]:
    with _told_of(folder):
        folder.mkdir(parents=True, exist_ok=True)
    prepared = prepare(records, model.spec, sources=model.sources)
    terms = {f"tf_{column}": table for column, table in term_tables(prepared, model).items()}
    written = []
    for name, table in {"records": splink_table(records, prepared), **terms}.items():
        path = folder / f"{name}.parquet"
        with _told_of(path):
            path.touch(mode=0o600)
            pq.write_table(table, path)
        written.append(path.name)
    return written


@app.command(name="import")
def take(
    settings_file: Annotated[
        Path, typer.Argument(metavar="SETTINGS", help="JSON that Splink's save_model_to_json wrote.")
    ],
    spec_file: Annotated[
        Path, typer.Option("--spec", help="Specification (YAML): record id, columns and their kinds.")
    ],
    record_count: Annotated[
        int,
        typer.Option(
            "--record-count", min=2, max=MOST_RECORDS, help="Records whose pairs Splink's prior speaks of."
        ),
    ],
    out_file: Annotated[Path, typer.Option("--out", help="File for the model.")],
    approximate: Annotated[
        bool,
        typer.Option("--approximate", help="Take what has a near counterpart only, and say what it is."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take a trained Splink 5 model as a model of two classes: matches, and all other pairs."""
    with _told_of(out_file):
        check_model_place(out_file)
    model = from_splink(
        _read_settings(settings_file),
        read_spec(spec_file),
        record_count=record_count,
        approximate=approximate,
    )
    write_model(model, out_file)
    warnings = model.facts["warnings"]
    plain = "\n".join(
        [f"Wrote {len(model.attributes)} attributes to {out_file.name}.", *(f"Note: {w}." for w in warnings)]
    )
    answer(
        {"model": str(out_file), "version": model.version, "warnings": warnings},
        as_json=as_json,
        plain=plain,
    )


def _read_settings(path: Path) -> dict[str, Any]:
    """Splink's settings.

    Raises:
        ModelError: The file is missing or is no JSON object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(
            f"The settings {path.name} cannot be read: {type(error).__name__}. Expected Splink's JSON."
        ) from None
    if not isinstance(content, dict):
        raise ModelError(f"The settings {path.name} are no JSON object. Expected Splink's.")
    return content
