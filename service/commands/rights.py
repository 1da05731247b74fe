"""Verbs of the rights of those whom records are about: access, erasure, and the proof of what was deleted."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.contracts import load_contracts
from linkage.errors import SettingsError
from linkage.rights.access_page import html_page, markdown_page
from linkage.store import migrate
from linkage.store.database import connect, current_user
from linkage.store.deletions import list_deletions
from pipeline import rights
from service.commands.options import AsJson, By, Reason, ResidentId, answer, settings
from service.listing import print_rows

ENDINGS = (".html", ".json", ".md")
DELETED = {
    "deletion_id": "Deletion",
    "kind": "Kind",
    "deleted_at": "When",
    "decided_by": "By",
    "reason": "Why",
    "what": "About",
    "total": "Rows and files",
}
COUNTED = {"what": "From", "count": "Rows or files"}


def subject_access(
    resident_id: ResidentId,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File to write, .html, .json or .md; it holds personal data."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give everything held about a resident, with its sources, for the person who asks. Personal data.

    Others are left out. An id that has merged leads to its successor; processing that is restricted hides nothing here.
    """
    chosen = settings()
    if out is not None and out.suffix not in ENDINGS:
        raise SettingsError(
            f"A file that ends in one of {', '.join(ENDINGS)} was expected; the ending says how it is written."
        )
    document = rights.subject_access(chosen, resident_id, on=_today())
    if out is None:
        suffix = ".json" if as_json else ".md"
        typer.echo(_written(document, suffix))
        return
    try:
        out.touch(mode=0o600)
        out.chmod(0o600)
        out.write_text(_written(document, out.suffix), encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"The file given with --out cannot be written ({type(error).__name__}). Give one in a folder that is there "
            "and that you may write to."
        ) from None
    plain = (
        f"Wrote everything held about the resident to {out}. Read it before it leaves: it is personal data."
    )
    answer({"path": str(out)}, as_json=as_json, plain=plain)


def erase(
    resident_id: ResidentId,
    reason: Reason,
    by: By = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a resident: every row and file about the person goes, and what sources still send is not held again.

    The id is retired and never given again. What is left is the proof. It cannot be undone.
    """
    chosen = settings()
    if not yes:
        count = rights.count_holdings(chosen, resident_id)
        typer.confirm(f"Erase this resident and {count} records, for good?", abort=True)
    proof = rights.erase(chosen, resident_id, decided_by=by or current_user(), reason=reason)
    if as_json:
        answer(asdict(proof), as_json=True, plain="")
        return
    rows = [{"what": what, "count": count} for what, count in sorted(proof.counts.items())]
    print_rows(f"Erased: proof {proof.deletion_id}", COUNTED, rows)
    if not proof.is_rewritten:
        plain = "The server would not write its own files anew: ask its administrator to, and to let old backups go."
        answer({}, as_json=False, plain=plain)


def deletions(as_json: AsJson = False) -> None:
    """List the proofs of what was deleted: by retention, erasure, forgetting a run or protection; newest first."""
    with connect(settings()) as database:
        migrate(database)
        rows = list_deletions(database)
    if as_json:
        answer(rows, as_json=True, plain="")
        return
    print_rows("Deletions", DELETED, [_readable(row) for row in rows])


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    about = row["run_id"] or row["resident_id"]
    return row | {
        "deleted_at": f"{row['deleted_at']:%Y-%m-%d %H:%M}",
        "what": about,
        "total": _total(row["counts"]),
    }


def _total(counts: dict[str, int | str]) -> str:
    """Rows and files; of what protects people only how many at the most may be told, in words."""
    exact = sum(count for count in counts.values() if isinstance(count, int))
    told = sorted({count for count in counts.values() if isinstance(count, str)})
    return "; ".join([*([str(exact)] if exact or not told else []), *told])


def _written(document: dict[str, Any], suffix: str) -> str:
    if suffix == ".json":
        return json.dumps(document, indent=1, default=str, ensure_ascii=False)
    page = html_page if suffix == ".html" else markdown_page
    return page(document, load_contracts(settings().contracts_dir))


def _today() -> date:
    return datetime.now(UTC).date()


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    for verb in (subject_access, erase, deletions):
        app.command()(verb)
