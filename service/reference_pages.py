"""Reference pages written from the code, so that they cannot rot: `python -m service.reference_pages`."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from linkage import schema
from linkage.schema.column import Table
from linkage.settings import Settings
from service.outcomes_page import outcomes_page
from service.specification_page import schema_page, specification_page

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
NOTE = "<!-- Written by `make reference`; do not edit. -->\n\n"
ARTEFACTS = (
    schema.FAULT,
    schema.QUARANTINE,
    schema.ADDRESS,
    schema.RECORD,
    schema.PAIR,
    schema.FREQUENCY,
    schema.CLUSTER,
    schema.JUDGEMENT_CONFLICT,
    schema.RECORD_ORDER,
    schema.PAIR_ARRAY,
    schema.PAIR_KIND,
)
FIGURES = (schema.QUALITY_FIGURE, schema.MATURITY_SCORE)


def settings_page() -> str:
    """Every setting with its environment variable, default and meaning."""
    lines = [
        NOTE + "# Settings\n",
        "Read once from the environment.\n",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "contracts of the package" if name == "contracts_dir" else field.default
        lines.append(f"| `RESIDENT_INDEX_{name.upper()}` | {default or 'none'} | {field.description} |")
    return "\n".join(lines) + "\n"


def tables_page() -> str:
    """The data dictionary: every table with its grain, key and columns."""
    opening = "# Tables\n\nPersonal columns can identify a person; no log or error holds them.\n"
    parts = [NOTE + opening]
    groups = (
        ("Artefacts (Parquet, in a run's folder)", ARTEFACTS),
        ("Published (PostgreSQL schema `published`)", (*schema.PUBLISHED[1:], *FIGURES)),
        ("Operations (PostgreSQL schema `operations`)", schema.OPERATIONS),
        ("Outcomes (PostgreSQL schema `outcomes`)", schema.OUTCOMES),
    )
    for heading, tables in groups:
        parts.append(f"## {heading}\n")
        parts.extend(_table_section(table) for table in tables)
    return "\n".join(parts)


def _table_section(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key) or "none"
    lines = [
        f"### {table.name}\n",
        f"{table.grain} Key: {key}.\n",
        "| column | kind | required | personal | meaning |",
    ]
    lines.append("|---|---|---|---|---|")
    for c in table.columns:
        flags = ("yes" if c.required else "", "yes" if c.personal else "")
        lines.append(f"| `{c.name}` | {c.kind.value} | {flags[0]} | {flags[1]} | {c.description} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Every verb with its options."""
    asked = [sys.executable, "-m", "typer", "service.cli", "utils", "docs", "--name", "resident-index"]
    told = subprocess.run(asked, capture_output=True, check=True, text=True, cwd=FOLDER.parents[1])
    return NOTE + told.stdout.strip() + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "tables.md": tables_page,
    "commands.md": commands_page,
    "specification.md": lambda: NOTE + specification_page(),
    "specification.schema.json": schema_page,
    "outcomes.md": outcomes_page,
}

if __name__ == "__main__":
    for file_name, page in PAGES.items():
        (FOLDER / file_name).write_text(page(), encoding="utf-8")
