"""Trained linkage models: all are kept with what was found out about them, one at most is in use."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from linkage.engine.drift import check_drift, is_drift
from linkage.engine.finding import Finding, gate, rejections
from linkage.engine.model import Model, parse_model
from linkage.errors import StoreError
from linkage.schema.ddl import metadata
from linkage.store.transaction import reading, writing

MODEL = metadata().tables["operations.linkage_model"]
IN_USE, KEPT, REFUSED = "in_use", "kept", "refused"
LOCK_NAME = "residents_index.model_in_use"


def store_model(
    database: sa.Engine, model: Model, findings: Sequence[Finding], *, trained_on_run: str | None = None
) -> str:
    """Keep a trained model with its findings; it is not put in use.

    Args:
        database: The index's database.
        model: Trained model.
        findings: All findings of its checks.
        trained_on_run: Run on whose records it was trained.

    Returns:
        Status of the model: `kept`, or `refused` where the gate is closed to it; `in_use` where the very model is in
        use already, which then stays as it is.

    Raises:
        StoreError: The database refuses; nothing was changed.
    """
    values = {
        "version": model.version,
        "trained_at": sa.func.now(),
        "trained_on_run": trained_on_run,
        "model": {"version": model.version, **model.to_json()},
        "findings": [finding.to_json() for finding in findings],
        "status": REFUSED if rejections(findings) or not findings else KEPT,
    }
    added = insert(MODEL).values(**values)
    changed = {name: added.excluded[name] for name in values if name != "version"}
    again = added.on_conflict_do_update(
        index_elements=["version"], set_=changed, where=MODEL.c.status != IN_USE
    )
    with writing(database) as connection:
        connection.execute(again)
        return str(connection.scalar(sa.select(MODEL.c.status).where(MODEL.c.version == model.version)))


def put_in_use(database: sa.Engine, version: str) -> None:
    """Put a stored model in use in place of the one before, in one transaction: there is never none or two.

    Args:
        database: The index's database.
        version: Version of a stored model; one that is in use already stays so.

    Raises:
        GateClosedError: A check refused the model; the one in use stays.
        StoreError: There is no such model, or the database refuses; nothing was changed.
        ModelError: The stored model was changed by another hand.
    """
    with writing(database) as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": LOCK_NAME})
        row = connection.execute(sa.select(MODEL).where(MODEL.c.version == version)).mappings().first()
        if row is None:
            raise StoreError("There is no stored model of this version; `resident-index train` makes one.")
        model = parse_model(row["model"], f"of version {version}")
        stored = connection.scalar(
            sa.select(MODEL.c.model).where(MODEL.c.status == IN_USE, MODEL.c.version != version)
        )
        # Another model may have come into use since this one was judged: how far it is from it is asked anew.
        drift = check_drift(model, parse_model(stored, "in use") if stored else None)
        judged = [Finding(**finding) for finding in row["findings"]]
        gate([*(finding for finding in judged if not is_drift(finding)), *drift] if judged else [])
        connection.execute(_now(KEPT).where(MODEL.c.status == IN_USE, MODEL.c.version != version))
        connection.execute(_now(IN_USE).where(MODEL.c.version == version))


def read_model_in_use(database: sa.Engine) -> Model | None:
    """The model in use; nothing before the first.

    Raises:
        StoreError: The database does not answer.
        ModelError: The stored model was changed by another hand.
    """
    version = version_in_use(database)
    return read_model(database, version) if version else None


def version_in_use(database: sa.Engine) -> str:
    """Version of the model in use; empty before the first.

    Raises:
        StoreError: The database does not answer.
    """
    with reading(database) as connection:
        return connection.scalar(sa.select(MODEL.c.version).where(MODEL.c.status == IN_USE)) or ""


def read_model(database: sa.Engine, version: str) -> Model:
    """A stored model, in use or not.

    Raises:
        StoreError: There is no such model, or the database does not answer.
        ModelError: The stored model was changed by another hand.
    """
    with reading(database) as connection:
        content = connection.scalar(sa.select(MODEL.c.model).where(MODEL.c.version == version))
    if content is None:
        raise StoreError(f"There is no model {version} in the database; `resident-index train` makes one.")
    return parse_model(content, "in the database")


def list_models(database: sa.Engine) -> list[dict[str, Any]]:
    """All models, newest first: version, when and on which run it was trained, findings and status."""
    shown = [column for column in MODEL.c if column.name != "model"]
    with reading(database) as connection:
        rows = connection.execute(sa.select(*shown).order_by(MODEL.c.trained_at.desc(), MODEL.c.version))
        return [dict(row) for row in rows.mappings()]


def _now(status: str) -> sa.Update:
    return sa.update(MODEL).values(status=status)
