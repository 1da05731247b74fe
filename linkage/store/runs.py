"""The run table: what has run, how it ended, and which run's index readers see."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.schema.ddl import metadata
from linkage.store.transaction import reading, writing

RUN = metadata().tables["operations.run"]
PUBLICATION = metadata().tables["operations.publication"]
LIVE_RUN = metadata().tables["operations.live_run"]
ENDED = ("published", "superseded")


def open_run(engine: sa.Engine, run_id: str, snapshot_date: date, manifest: Mapping[str, Any]) -> None:
    """Note that a run has begun, or begun again; a run that was published stays as it is.

    Args:
        engine: The index's database.
        run_id: The run.
        snapshot_date: Snapshot it reads.
        manifest: Inputs with hashes and versions: names and numbers only.

    Raises:
        StoreError: The database refuses, or the run id belongs to another snapshot.
    """
    values = {"run_id": run_id, "snapshot_date": snapshot_date, "manifest": _plain(manifest)}
    added = sa.dialects.postgresql.insert(RUN).values(**values, status="running", started_at=sa.func.now())
    again = added.on_conflict_do_update(
        index_elements=["run_id"],
        set_={"status": "running", "finished_at": None, "manifest": added.excluded.manifest},
        where=RUN.c.status.not_in(ENDED),
    )
    with writing(engine) as connection:
        connection.execute(again)
        _check_snapshot(connection, run_id, snapshot_date)


def finish_run(engine: sa.Engine, run_id: str, manifest: Mapping[str, Any]) -> None:
    """Note when a published or superseded run ended, and its manifest; a second call changes nothing.

    Raises:
        StoreError: The database refuses, or the run has not been published or superseded.
    """
    with writing(engine) as connection:
        if status_of(connection, run_id) not in ENDED:
            raise StoreError(
                f"Run {run_id} cannot be finished: it has been neither published nor superseded."
            )
        connection.execute(
            sa.update(RUN)
            .where(RUN.c.run_id == run_id, RUN.c.finished_at.is_(None))
            .values(finished_at=sa.func.now(), manifest=_plain(manifest))
        )


def end_training(engine: sa.Engine, run_id: str) -> None:
    """Note that a run was only made to train a model; one that goes on later is running again.

    Raises:
        StoreError: The database refuses.
    """
    with writing(engine) as connection:
        connection.execute(
            sa.update(RUN)
            .where(RUN.c.run_id == run_id, RUN.c.status == "running")
            .values(status="trained", finished_at=sa.func.now())
        )


def fail_run(engine: sa.Engine, run_id: str) -> None:
    """Note that a run failed; a run that was published or superseded keeps that status.

    Raises:
        StoreError: The database refuses.
    """
    with writing(engine) as connection:
        connection.execute(
            sa.update(RUN)
            .where(RUN.c.run_id == run_id, RUN.c.status.not_in(ENDED))
            .values(status="failed", finished_at=sa.func.now())
        )


def status(engine: sa.Engine, run_id: str) -> str | None:
    """Status of a run; nothing when there is no such run."""
    with reading(engine) as connection:
        return status_of(connection, run_id)


def live_run(engine: sa.Engine) -> str | None:
    """Id of the run whose index readers see; nothing before the first publish."""
    with reading(engine) as connection:
        return connection.scalar(sa.select(LIVE_RUN.c.run_id))


def list_runs(engine: sa.Engine) -> list[dict[str, Any]]:
    """All runs, newest first, with the columns of `RUN` but the manifest."""
    shown = [column for column in RUN.c if column.name != "manifest"]
    with reading(engine) as connection:
        rows = connection.execute(sa.select(*shown).order_by(RUN.c.started_at.desc(), RUN.c.run_id))
        return [dict(row) for row in rows.mappings()]


def read_manifest(engine: sa.Engine, run_id: str) -> dict[str, Any] | None:
    """Manifest of a run; nothing when there is no such run."""
    with reading(engine) as connection:
        return connection.scalar(sa.select(RUN.c.manifest).where(RUN.c.run_id == run_id))


def base_run(engine: sa.Engine, snapshot_date: date) -> str | None:
    """The run whose memory a run over this snapshot goes on from.

    Args:
        engine: The index's database.
        snapshot_date: Snapshot of the run that is planned.

    Returns:
        The run last published for an earlier snapshot, among publications that no rollback has taken back; nothing
        when there is none.
    """
    asked = (
        sa.select(RUN.c.run_id)
        .join(PUBLICATION, PUBLICATION.c.run_id == RUN.c.run_id)
        .where(RUN.c.snapshot_date < snapshot_date, PUBLICATION.c.rolled_back_by.is_(None))
        .order_by(RUN.c.snapshot_date.desc(), PUBLICATION.c.publication_id.desc())
        .limit(1)
    )
    with reading(engine) as connection:
        return connection.scalar(asked)


def previous_row_counts(engine: sa.Engine, base: str | None) -> dict[str, int]:
    """Rows received by source as the base run counted them; of a source that was late then, those of the run before.

    Args:
        engine: The index's database.
        base: The base run, if any.

    Returns:
        Row count by source; empty when there is no base run.
    """
    manifest = (read_manifest(engine, base) if base else None) or {}
    counts = (
        step.get("counts", {})
        for name, step in manifest.get("steps", {}).items()
        if name.startswith("validate/")
    )
    known = manifest.get("inputs", {}).get("previous_row_counts", {})
    return {**known, **{str(count["source"]): int(count["raw"]) for count in counts}}


def model_of(engine: sa.Engine, run_id: str | None) -> str:
    """Version of the linkage model that a run linked with, where it is one that may be used again; else empty."""
    manifest = (read_manifest(engine, run_id) if run_id else None) or {}
    version = manifest.get("steps", {}).get("link", {}).get("counts", {}).get("model_version", "")
    model = metadata().tables["operations.linkage_model"]
    usable = sa.select(model.c.version).where(model.c.version == version, model.c.status != "refused")
    with reading(engine) as connection:
        return connection.scalar(usable) or ""


def status_of(connection: sa.Connection, run_id: str) -> str | None:
    """As `status`, inside a transaction."""
    return connection.scalar(sa.select(RUN.c.status).where(RUN.c.run_id == run_id))


def _check_snapshot(connection: sa.Connection, run_id: str, snapshot_date: date) -> None:
    held = connection.scalar(sa.select(RUN.c.snapshot_date).where(RUN.c.run_id == run_id))
    if held != snapshot_date:
        raise StoreError(
            f"Run {run_id} belongs to the snapshot of {held}, not of {snapshot_date}; name it anew."
        )


def _plain(manifest: Mapping[str, Any]) -> Any:
    """The manifest as JSON holds it: numpy numbers become numbers."""
    return json.loads(json.dumps(dict(manifest), default=int))
